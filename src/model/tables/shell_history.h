// SPDX-License-Identifier: Apache-2.0
//
// What was typed? osquery's table from bash, zsh and fish. Times are there only where the shell was
// told to keep them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/packed_store.h"
#include "model/table.h"

namespace genba::model {

/// Commands in the histories of shells.
struct ShellHistory {
  int64_t uid = 0;
  std::string username;
  std::optional<base::Timestamp> time;
  std::string command;
  std::optional<std::string> trick;
  std::string history_file;
  int64_t line = 0;
};

template <>
struct TableOf<ShellHistory> {
  static constexpr ColumnInfo kColumns[] = {
      column<&ShellHistory::uid>("uid", "Whose history."),
      column<&ShellHistory::username>("username", "Their name."),
      column<&ShellHistory::time>("time", "When, where the shell keeps it."),
      column<&ShellHistory::command>("command", "Command as typed."),
      column<&ShellHistory::trick>(
          "trick", "How it hides what was typed: a stable word, such as histfile_null."),
      column<&ShellHistory::history_file>("history_file", "File."),
      column<&ShellHistory::line>("line", "Line."),
  };
  static constexpr std::string_view kIndexed[] = {"uid", "history_file"};
  static const TableInfo& info() {
    static const TableInfo kInfo =
        large_table<ShellHistory>("shell_history", "Commands in the histories of shells.",
                                  TableScope::kFiles, kColumns, kIndexed);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& shell_history() {
  return TableOf<ShellHistory>::info();
}
}  // namespace tables

}  // namespace genba::model
