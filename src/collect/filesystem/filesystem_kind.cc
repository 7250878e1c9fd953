// SPDX-License-Identifier: Apache-2.0
#include "collect/filesystem/filesystem_kind.h"

#include <algorithm>
#include <array>

#include "host/filesystem_names.h"

namespace genba::collect::filesystem {

namespace {

// mqueue stands here because a program makes its files: /dev/mqueue is a place to hide things.
constexpr std::array<std::string_view, 31> kLocal = {
    "ext2",    "ext3",     "ext4",     "xfs",   "btrfs",    "zfs",      "f2fs",  "tmpfs",
    "ramfs",   "devtmpfs", "rootfs",   "jfs",   "reiserfs", "nilfs2",   "nilfs", "bcachefs",
    "ubifs",   "jffs2",    "minix",    "vfat",  "msdos",    "exfat",    "ntfs",  "ntfs3",
    "iso9660", "udf",      "squashfs", "erofs", "cramfs",   "ecryptfs", "mqueue"};

constexpr std::array<std::string_view, 23> kKernelView = {
    "proc",    "sysfs",     "cgroup",   "cgroup2",      "devpts",    "debugfs",
    "tracefs", "bpf",       "nsfs",     "securityfs",   "selinuxfs", "smackfs",
    "pstore",  "hugetlbfs", "efivarfs", "binfmt_misc",  "configfs",  "pipefs",
    "fusectl", "nfsd",      "sockfs",   "anon_inodefs", "rpc_pipefs"};

template <size_t kSize>
bool holds(const std::array<std::string_view, kSize>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

FilesystemKind filesystem_kind(std::string_view type) {
  if (holds(kLocal, type)) {
    return FilesystemKind::kLocal;
  }
  if (type == "overlay" || type == "overlayfs" || type == "aufs") {
    return FilesystemKind::kContainer;
  }
  if (holds(kKernelView, type)) {
    return FilesystemKind::kKernelView;
  }
  return host::is_remote_filesystem(type) ? FilesystemKind::kRemote : FilesystemKind::kUnknown;
}

std::string_view why_not_entered(FilesystemKind kind) {
  switch (kind) {
    case FilesystemKind::kLocal: return "";
    case FilesystemKind::kRemote: return "a network, FUSE or automount filesystem is not entered";
    case FilesystemKind::kKernelView: return "a view of the kernel holds no files";
    case FilesystemKind::kContainer: return "the root of a container is not entered";
    case FilesystemKind::kUnknown: return "a filesystem of unknown type is not entered";
  }
  return "";
}

}  // namespace genba::collect::filesystem
