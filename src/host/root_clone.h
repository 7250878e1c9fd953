// SPDX-License-Identifier: Apache-2.0
//
// What a host stands on: a copy of the mount tree in which access times stand still, and a procfs
// of our own. Both are detached: no path leads to them and they end with us. The clone is made of
// everything mounted below, so it is not used when some mount is unbindable and would be missing.
// The procfs is a clone of the mount at /proc without what is mounted on top of it (a directory
// bound over /proc/PID hides a process from ps, not from here); when /proc is no procfs, a new one.
// Sources: open_tree(2), mount_setattr(2), fsmount(2). Covered by host/live_host_test.cc.
#pragma once

#include "base/result.h"
#include "sys/fd.h"

namespace genba::host {

/// The procfs to read processes and our own descriptors through. kUnsupported when there is none to
/// be had.
base::Result<sys::Fd> open_own_procfs();

/// A detached, recursive clone of the mount tree at `path` below `dirfd` (empty: at `dirfd`
/// itself).
base::Result<sys::Fd> clone_without_access_times(int dirfd, const char* path);

}  // namespace genba::host
