// SPDX-License-Identifier: Apache-2.0
//
// The other side of helper_pool.h: what the spawner and each helper do after the fork. Neither
// returns. Covered by host/helper_pool_test.cc.
#pragma once

#include <sys/types.h>

#include <string_view>

#include "host/rooted_tree.h"
#include "sys/fd.h"

namespace genba::host {

/// The message that asks the spawner for a helper; any other ends it.
inline constexpr std::string_view kHelperPlease = "helper";

/// First tells its own number in the tree's procfs. Then forks a helper for every kHelperPlease on
/// `control`, and answers with the main process's end of the helper's socket and, where the kernel
/// has them, its pidfd. Ends when `control` is closed.
[[noreturn]] void run_spawner(RootedTree& tree, sys::Fd control, pid_t main_process);

}  // namespace genba::host
