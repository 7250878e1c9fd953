// SPDX-License-Identifier: Apache-2.0
//
// The other side of helper_pool.h: what the spawner and each helper do after the fork. Neither
// returns. Covered by host/helper_pool_test.cc.
#pragma once

#include <sys/types.h>

#include "host/rooted_tree.h"
#include "sys/fd.h"

namespace genba::host {

/// Forks a helper for every message on `control`, and answers with the main process's end of the
/// helper's socket and, where the kernel has them, its pidfd. Ends when `control` is closed.
[[noreturn]] void run_spawner(RootedTree& tree, sys::Fd control, pid_t main_process);

}  // namespace genba::host
