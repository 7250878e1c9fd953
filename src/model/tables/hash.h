// SPDX-License-Identifier: Apache-2.0
//
// What exactly runs there? Read through /proc/PID/exe, so deleted and memory files are hashed too.
// osquery's table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/table.h"

namespace genba::model {

/// SHA-256 of files that deserve a name: executables of running programs that no package owns.
struct Hash {
  std::string path;
  std::optional<int64_t> pid;
  std::optional<int64_t> size;
  std::string sha256;
  std::optional<std::string> md5;
  std::optional<std::string> content;
};

template <>
struct TableOf<Hash> {
  static constexpr ColumnInfo kColumns[] = {
      column<&Hash::path>("path", "Path, as in processes.path."),
      column<&Hash::pid>("pid", "A process that runs it; absent when read from disk."),
      column<&Hash::size>("size", "Size in bytes."),
      column<&Hash::sha256>("sha256", "SHA-256 in hexadecimal."),
      column<&Hash::md5>("md5", "MD5 in hexadecimal."),
      column<&Hash::content>("content", "elf, script or other."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo =
        small_table<Hash>("hash",
                          "SHA-256 of files that deserve a name: executables of running programs "
                          "that no package owns.",
                          TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& hash() {
  return TableOf<Hash>::info();
}
}  // namespace tables

}  // namespace genba::model
