// SPDX-License-Identifier: Apache-2.0
//
// In what state are the histories themselves? Emptied, or leading to /dev/null, they tell something
// too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// Files of shell histories.
struct HistoryFile {
  std::string path;
  int64_t uid = 0;
  std::string username;
  std::string type;
  std::optional<std::string> link_target;
  int64_t size = 0;
  int64_t commands = 0;
  std::optional<base::Timestamp> mtime;
  std::optional<base::Timestamp> ctime;
  std::optional<base::Timestamp> btime;
  int64_t times_back = 0;
  int64_t nul_bytes = 0;
};

template <>
struct TableOf<HistoryFile> {
  static constexpr ColumnInfo kColumns[] = {
      column<&HistoryFile::path>("path", "File."),
      column<&HistoryFile::uid>("uid", "Whose history."),
      column<&HistoryFile::username>("username", "Their name."),
      column<&HistoryFile::type>("type", "regular, symlink …"),
      column<&HistoryFile::link_target>("link_target", "Where a symbolic link leads."),
      column<&HistoryFile::size>("size", "Bytes."),
      column<&HistoryFile::commands>("commands", "Commands read."),
      column<&HistoryFile::mtime>("mtime", "Modification time."),
      column<&HistoryFile::ctime>("ctime", "Change time."),
      column<&HistoryFile::btime>("btime", "Birth time."),
      column<&HistoryFile::times_back>("times_back", "How often the times go back."),
      column<&HistoryFile::nul_bytes>("nul_bytes", "Bytes in runs of NULs."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<HistoryFile>(
        "history_files", "Files of shell histories.", TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& history_files() {
  return TableOf<HistoryFile>::info();
}
}  // namespace tables

}  // namespace genba::model
