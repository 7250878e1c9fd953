// SPDX-License-Identifier: Apache-2.0
//
// The only place where threads are made. A machine under attack may be out of processes (a fork
// bomb, a cgroup's pids.max, RLIMIT_NPROC): then the work is done by the threads there are, at
// least by the one that asked. Covered by side_by_side_test.cc and tests/whole/limits_test.cc.
#pragma once

#include <functional>

namespace genba::collect {

/// Runs `work` on up to `threads` threads at once, the calling one included, and returns when all
/// have come back. `work` must get everything done even when only one thread runs it.
void run_side_by_side(int threads, const std::function<void()>& work);

}  // namespace genba::collect
