// SPDX-License-Identifier: Apache-2.0
//
// Which code does each process have mapped? Only mappings with the x bit, from /proc/PID/maps.
// Source: proc(5), kernel fs/proc/task_mmu.c.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/packed_store.h"
#include "model/table.h"

namespace genba::model {

/// Executable memory of processes.
struct ProcessMemoryMap {
  int64_t pid = 0;
  std::string start;
  std::string end;
  std::string permissions;
  int64_t offset = 0;
  std::string device;
  int64_t inode = 0;
  std::optional<std::string> path;
  bool pseudo = false;
  bool deleted = false;
};

template <>
struct TableOf<ProcessMemoryMap> {
  static constexpr ColumnInfo kColumns[] = {
      column<&ProcessMemoryMap::pid>("pid", "Process id."),
      column<&ProcessMemoryMap::start>("start", "Start address, hexadecimal with 0x."),
      column<&ProcessMemoryMap::end>("end", "End address, hexadecimal with 0x."),
      column<&ProcessMemoryMap::permissions>("permissions", "As in maps: r-xp, rwxp …"),
      column<&ProcessMemoryMap::offset>("offset", "Offset into the file in bytes."),
      column<&ProcessMemoryMap::device>("device", "Device, MAJOR:MINOR in hexadecimal."),
      column<&ProcessMemoryMap::inode>("inode", "Inode of the file; 0 when anonymous."),
      column<&ProcessMemoryMap::path>("path",
                                      "File or pseudo path ([vdso], /memfd:x), without the \" "
                                      "(deleted)\" ending; absent when anonymous."),
      column<&ProcessMemoryMap::pseudo>(
          "pseudo", "Whether the path names no file ([vdso], [stack], anonymous)."),
      column<&ProcessMemoryMap::deleted>("deleted", "Whether the mapped file is deleted."),
  };
  static constexpr std::string_view kIndexed[] = {"pid", "path"};
  static const TableInfo& info() {
    static const TableInfo kInfo =
        large_table<ProcessMemoryMap>("process_memory_map", "Executable memory of processes.",
                                      TableScope::kLiveOnly, kColumns, kIndexed);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& process_memory_map() {
  return TableOf<ProcessMemoryMap>::info();
}
}  // namespace tables

}  // namespace genba::model
