// SPDX-License-Identifier: Apache-2.0
//
// What a filesystem is called, and which ones may make a reader wait for a server or a daemon.
// Source: include/uapi/linux/magic.h, fs/*/ and statfs(2). Covered by
// host/filesystem_names_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace genba::host {

inline constexpr uint64_t kProcMagic = 0x9fa0;  // PROC_SUPER_MAGIC

/// The name for statfs(2)'s magic; "unknown-0x…" when it has none here.
std::string filesystem_name(uint64_t magic);

/// True for types, as /proc/PID/mountinfo spells them, whose reads are answered over the network,
/// by a user's process, or by starting a mount: nfs4, cifs, fuse.sshfs, autofs …
bool is_remote_filesystem(std::string_view type);

/// True for kernel views whose access times mean nothing: proc, sysfs, cgroup …
bool is_pseudo_filesystem(uint64_t magic);

}  // namespace genba::host
