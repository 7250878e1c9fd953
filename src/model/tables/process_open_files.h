// SPDX-License-Identifier: Apache-2.0
//
// What does each process hold open? One row a descriptor, from the links in /proc/PID/fd; sockets
// are in process_open_sockets. Source: proc(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/packed_store.h"
#include "model/table.h"

namespace genba::model {

/// File descriptors of processes that are not sockets.
struct ProcessOpenFile {
  int64_t pid = 0;
  int64_t fd = 0;
  std::string path;
  std::string kind;
  std::optional<int64_t> inode;
  bool deleted = false;
};

template <>
struct TableOf<ProcessOpenFile> {
  static constexpr ColumnInfo kColumns[] = {
      column<&ProcessOpenFile::pid>("pid", "Process id."),
      column<&ProcessOpenFile::fd>("fd", "Descriptor number."),
      column<&ProcessOpenFile::path>("path",
                                     "What the link says, without the \" (deleted)\" ending."),
      column<&ProcessOpenFile::kind>("kind", "file, pipe, anon, memfd or device."),
      column<&ProcessOpenFile::inode>("inode", "Inode of a pipe; absent otherwise."),
      column<&ProcessOpenFile::deleted>("deleted", "Whether the link ends in \" (deleted)\"."),
  };
  static constexpr std::string_view kIndexed[] = {"pid", "path"};
  static const TableInfo& info() {
    static const TableInfo kInfo = large_table<ProcessOpenFile>(
        "process_open_files", "File descriptors of processes that are not sockets.",
        TableScope::kLiveOnly, kColumns, kIndexed);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& process_open_files() {
  return TableOf<ProcessOpenFile>::info();
}
}  // namespace tables

}  // namespace genba::model
