// SPDX-License-Identifier: Apache-2.0
//
// What is mounted where, and what does it cover? One row a mount and namespace, from
// /proc/PID/mountinfo, read once a namespace. Source: proc(5), kernel
// Documentation/filesystems/proc.rst 3.5.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/table.h"

namespace genba::model {

/// Mounts of every mount namespace that a process lives in.
struct Mount {
  std::string device;
  std::string path;
  std::string type;
  std::string flags;
  std::optional<std::string> super_options;
  int64_t mount_id = 0;
  int64_t parent_id = 0;
  std::string root;
  std::string device_number;
  int64_t mnt_namespace = 0;
  int64_t pid = 0;
};

template <>
struct TableOf<Mount> {
  static constexpr ColumnInfo kColumns[] = {
      column<&Mount::device>("device", "Mount source."),
      column<&Mount::path>("path", "Mount point, as seen from the root of that namespace."),
      column<&Mount::type>("type", "Filesystem type."),
      column<&Mount::flags>("flags", "Per-mount options."),
      column<&Mount::super_options>("super_options", "Per-superblock options."),
      column<&Mount::mount_id>("mount_id", "Mount id."),
      column<&Mount::parent_id>("parent_id", "Id of the parent mount."),
      column<&Mount::root>("root", "Directory of the filesystem that is mounted here."),
      column<&Mount::device_number>("device_number", "MAJOR:MINOR."),
      column<&Mount::mnt_namespace>("mnt_namespace", "Inode of the mount namespace."),
      column<&Mount::pid>("pid", "A process that lives in this namespace."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo =
        small_table<Mount>("mounts", "Mounts of every mount namespace that a process lives in.",
                           TableScope::kLiveOnly, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& mounts() {
  return TableOf<Mount>::info();
}
}  // namespace tables

}  // namespace genba::model
