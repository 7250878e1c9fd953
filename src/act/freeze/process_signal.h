// SPDX-License-Identifier: Apache-2.0
//
// A signal to the very process that a key names: the number is turned into a pidfd, and only then
// is the start time compared, so that a number that was given out again is never hit. Before Linux
// 5.3 the time between the comparison and kill(2) remains. Covered by freezer_test.cc.
#pragma once

#include "act/freeze/process_scan.h"
#include "base/result.h"
#include "host/host.h"
#include "sys/signal.h"

namespace genba::act {

/// kGone when that process has ended, also when its number belongs to another one now.
base::Result<void> send_signal(const host::Host& host, const ProcessKey& key, sys::Signal signal);

}  // namespace genba::act
