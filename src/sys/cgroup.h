// SPDX-License-Identifier: Apache-2.0
//
// The few things that are done in a cgroup hierarchy: open a group, make one below it, remove it,
// read and write its small files. Everything goes through an open directory, so that a mount put on
// top of the path later cannot redirect a write; no link is followed. Sources: cgroups(7), kernel
// Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/freezer-subsystem.rst,
// include/uapi/linux/magic.h. Covered by sys/cgroup_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/fd.h"

namespace genba::sys {

enum class CgroupVersion : uint8_t { kV1, kV2 };

/// Opens the mount point of a hierarchy. kWrongType when the filesystem there is no cgroup of this
/// version (something is mounted over it).
base::Result<Fd> open_cgroup_mount(const std::string& mount_point, CgroupVersion version);
/// Opens a group below `root` by its path ("/" or "" for the root itself). kInvalid for "..",
/// kNotFound when a part is not there.
base::Result<Fd> open_cgroup(const Fd& root, std::string_view path);
/// mkdir and open; kInvalid when the name is taken.
base::Result<Fd> make_cgroup(const Fd& parent, const std::string& name);
/// rmdir. Fails while a process or a group is in it.
base::Result<void> remove_cgroup(const Fd& parent, const std::string& name);
/// Names of the groups directly below.
base::Result<std::vector<std::string>> child_cgroups(const Fd& cgroup);

/// A whole file of the group, at most `limit` bytes (kTooLarge beyond).
base::Result<std::string> read_cgroup_file(const Fd& cgroup, const char* name,
                                           size_t limit = size_t{4} << 20);
/// One write(2), as these files want it. kNotFound when this kernel has no such file; kGone when
/// the value is a process that has ended.
base::Result<void> write_cgroup_file(const Fd& cgroup, const char* name, std::string_view value);

}  // namespace genba::sys
