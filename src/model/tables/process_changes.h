// SPDX-License-Identifier: Apache-2.0
//
// Which processes came and went while we looked? Malware that replaces itself under another name
// shows here. Compares two listings of /proc some hundred milliseconds to seconds apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// Processes that started or ended between the two readings of one run.
struct ProcessChange {
  int64_t pid = 0;
  int64_t parent = 0;
  std::string change;
  std::string name;
  std::optional<std::string> path;
  std::optional<int64_t> exe_device;
  std::optional<int64_t> exe_inode;
  int64_t uid = 0;
  base::Timestamp start_time;
  base::Timestamp seen_at;
};

template <>
struct TableOf<ProcessChange> {
  static constexpr ColumnInfo kColumns[] = {
      column<&ProcessChange::pid>("pid", "Process id."),
      column<&ProcessChange::parent>("parent", "Parent process id."),
      column<&ProcessChange::change>("change", "started or ended."),
      column<&ProcessChange::name>("name", "The command name."),
      column<&ProcessChange::path>("path", "The executable, as in processes.path."),
      column<&ProcessChange::exe_device>("exe_device", "Device number of the executable."),
      column<&ProcessChange::exe_inode>("exe_inode", "Inode number of the executable."),
      column<&ProcessChange::uid>("uid", "Real user id."),
      column<&ProcessChange::start_time>("start_time", "When the process started."),
      column<&ProcessChange::seen_at>("seen_at", "When the change was noticed."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<ProcessChange>(
        "process_changes", "Processes that started or ended between the two readings of one run.",
        TableScope::kLiveOnly, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& process_changes() {
  return TableOf<ProcessChange>::info();
}
}  // namespace tables

}  // namespace genba::model
