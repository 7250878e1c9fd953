// SPDX-License-Identifier: Apache-2.0
//
// What lies where programs, configuration and droppings lie? One walk of /tmp, /var/tmp, /dev/shm,
// /run, /etc, homes and the bin and lib directories; network, FUSE and automount filesystems are
// not entered. osquery's columns. Source: statx(2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/packed_store.h"
#include "model/table.h"

namespace genba::model {

/// Files of the places that matter, from one walk.
struct File {
  std::string path;
  std::string directory;
  std::string filename;
  int64_t inode = 0;
  int64_t uid = 0;
  int64_t gid = 0;
  std::string mode;
  int64_t device = 0;
  int64_t size = 0;
  std::optional<base::Timestamp> atime;
  std::optional<base::Timestamp> mtime;
  std::optional<base::Timestamp> ctime;
  std::optional<base::Timestamp> btime;
  int64_t hard_links = 0;
  std::optional<std::string> symlink_target_path;
  std::string type;
  std::optional<std::string> attributes;
  std::optional<std::string> content;
};

template <>
struct TableOf<File> {
  static constexpr ColumnInfo kColumns[] = {
      column<&File::path>("path", "Full path."),
      column<&File::directory>("directory", "Directory."),
      column<&File::filename>("filename", "Name."),
      column<&File::inode>("inode", "Inode."),
      column<&File::uid>("uid", "Owner."),
      column<&File::gid>("gid", "Group."),
      column<&File::mode>("mode", "Permission bits, four octal digits."),
      column<&File::device>("device", "Device number."),
      column<&File::size>("size", "Size in bytes."),
      column<&File::atime>("atime", "Access time."),
      column<&File::mtime>("mtime", "Modification time."),
      column<&File::ctime>("ctime", "Change time."),
      column<&File::btime>("btime", "Birth time, where the filesystem keeps it."),
      column<&File::hard_links>("hard_links", "Number of names."),
      column<&File::symlink_target_path>("symlink_target_path",
                                         "Target of a symbolic link, as written."),
      column<&File::type>("type", "regular, directory, symlink, fifo, socket, character, block."),
      column<&File::attributes>("attributes", "i immutable, a append-only; absent when none."),
      column<&File::content>("content",
                             "elf, script or other for regular files in volatile directories and "
                             "for executables that no package owns; absent when not looked at."),
  };
  static constexpr std::string_view kIndexed[] = {"path", "directory", "ctime", "mtime"};
  static const TableInfo& info() {
    static const TableInfo kInfo =
        large_table<File>("file", "Files of the places that matter, from one walk.",
                          TableScope::kFiles, kColumns, kIndexed);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& file() {
  return TableOf<File>::info();
}
}  // namespace tables

}  // namespace genba::model
