// SPDX-License-Identifier: Apache-2.0
//
// The watch after a kill, as a person sees it: each one that comes back is told at once, a
// progress line says how long it goes on, and Ctrl-C ends it with what was seen. The journal is
// not held meanwhile: others may act. Covered by tests/live/contain_stop_test.cc.
#pragma once

#include <functional>
#include <vector>

#include "act/freeze/watch.h"
#include "app/contain_stop.h"
#include "base/result.h"
#include "model/stopping.h"

namespace genba::app {

/// `seen` is called for each; false ends the watch. A look that fails ends it too, and is told in
/// the answer.
model::WatchTold watch_for_comebacks(const host::Host& host, std::vector<act::Remembered> dead,
                                     const StopOptions& options, Progress& progress,
                                     const std::function<bool(const model::ComebackTold&)>& seen);

}  // namespace genba::app
