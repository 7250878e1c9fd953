// SPDX-License-Identifier: Apache-2.0
//
// Twins of the system calls that look at files, with the kernel's names and arguments. Each tries
// again on EINTR and turns errno into an Error whose words are the call's name; host puts the path
// before it. Nothing here decides anything. Covered by sys/file_test.cc.
#pragma once

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/fd.h"

namespace genba::sys {

using base::Result;

Result<Fd> openat(int dirfd, const char* path, int flags, unsigned mode = 0);
/// openat2(2), Linux 5.6. `resolve` is a set of RESOLVE_ flags.
Result<Fd> openat2(int dirfd, const char* path, int flags, uint64_t resolve);
/// statx(2); before Linux 4.11 fstatat(2) in its place, which says less (see stx_mask).
Result<struct ::statx> statx(int dirfd, const char* path, int flags, unsigned mask);
/// The text of a symbolic link, however long. An empty `path` reads the link that `dirfd` is.
Result<std::string> readlinkat(int dirfd, const char* path);
/// The filesystem's magic number from fstatfs(2).
Result<uint64_t> filesystem_magic(int fd);
/// The same by statfs(2), which follows links: for /proc/self/fd/N on old kernels.
Result<uint64_t> filesystem_magic_at(const char* path);
/// Whether the mount keeps access times still (ST_NOATIME or read-only).
bool has_noatime(int fd);
/// makedev(3).
uint64_t make_device(uint32_t major, uint32_t minor);
/// Up to `buffer.size()` bytes; 0 at the end.
Result<size_t> read(int fd, std::span<char> buffer);
/// pread(2): from `offset`, without moving the position; kInvalid for an offset past INT64_MAX.
Result<size_t> pread(int fd, std::span<char> buffer, uint64_t offset);

/// Calls `each` with name, d_type and inode of every entry but "." and "..", until it returns
/// false. `directory` must be open for reading.
Result<void> read_directory(
    int directory,
    const std::function<bool(std::string_view name, uint8_t type, uint64_t inode)>& each);

enum class Submounts : uint8_t { kLeaveOut, kTakeAlong };
/// open_tree(2) with OPEN_TREE_CLONE, Linux 5.2: a detached copy of the mount at `path` (empty: at
/// `dirfd` itself) that no path leads to.
Result<Fd> clone_mount(int dirfd, const char* path, Submounts submounts);
/// mount_setattr(2), Linux 5.12, on the mount tree that `tree` holds: access times stand still, and
/// changes of mounts travel into it but not out of it.
Result<void> freeze_access_times(int tree);
/// A new, detached procfs of our PID namespace (fsopen, fsmount; Linux 5.2).
Result<Fd> mount_detached_procfs();

enum class MemoryPages : uint8_t { kPlain, kHuge };
/// memfd_create(2), Linux 3.17: an empty file in memory that nobody may execute.
Result<Fd> memfd_create(const char* name, MemoryPages pages);

/// Closes every descriptor from `first` up, those in `keep` excepted.
void close_from(int first, std::span<const int> keep = {});

}  // namespace genba::sys
