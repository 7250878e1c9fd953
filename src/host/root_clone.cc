// SPDX-License-Identifier: Apache-2.0
#include "host/root_clone.h"

#include <utility>

#include "host/filesystem_names.h"
#include "sys/file.h"

namespace genba::host {

using base::fail;

namespace {

bool is_procfs(const sys::Fd& fd) {
  const auto magic = sys::filesystem_magic(fd.get());
  return magic && *magic == kProcMagic;
}

}  // namespace

base::Result<sys::Fd> open_own_procfs() {
  // Opened for reading, not O_PATH: old kernels refuse fstatfs(2) on the latter.
  auto plain = sys::openat(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY | O_NONBLOCK);
  const bool mounted = plain && is_procfs(*plain);
  if (mounted) {
    auto clone = sys::clone_mount(AT_FDCWD, "/proc", sys::Submounts::kLeaveOut);
    if (clone && is_procfs(*clone)) {
      return clone;
    }
  }
  if (auto fresh = sys::mount_detached_procfs()) {
    return fresh;
  }
  if (mounted) {
    return plain;
  }
  return fail(base::ErrorCode::kUnsupported, "no procfs at /proc, and none could be made");
}

base::Result<sys::Fd> clone_without_access_times(int dirfd, const char* path) {
  GENBA_TRY(sys::Fd clone, sys::clone_mount(dirfd, path, sys::Submounts::kTakeAlong));
  if (auto frozen = sys::freeze_access_times(clone.get()); !frozen) {
    return fail(frozen.error());
  }
  return clone;
}

}  // namespace genba::host
