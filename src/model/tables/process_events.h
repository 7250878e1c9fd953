// SPDX-License-Identifier: Apache-2.0
//
// What was executed? From audit, sudo and cron: osquery's table, without a daemon of our own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/packed_store.h"
#include "model/table.h"

namespace genba::model {

/// Commands that were executed, as audit, sudo and cron tell.
struct ProcessEvent {
  base::Timestamp time;
  std::string certainty;
  std::optional<int64_t> pid;
  std::optional<int64_t> parent;
  std::optional<int64_t> uid;
  std::optional<int64_t> auid;
  std::optional<std::string> username;
  std::optional<std::string> path;
  std::string cmdline;
  std::optional<std::string> cwd;
  std::optional<std::string> comm;
  std::optional<std::string> syscall;
  std::optional<bool> success;
  std::optional<std::string> key;
  int64_t count = 0;
  base::Timestamp last_time;
  std::string source;
  std::string file;
  std::optional<int64_t> line;
};

template <>
struct TableOf<ProcessEvent> {
  static constexpr ColumnInfo kColumns[] = {
      column<&ProcessEvent::time>("time", "When."),
      column<&ProcessEvent::certainty>(
          "certainty", "How sure the time is: exact, anchored, assumed_zone, inferred_year."),
      column<&ProcessEvent::pid>("pid", "Process id."),
      column<&ProcessEvent::parent>("parent", "Parent."),
      column<&ProcessEvent::uid>("uid", "User."),
      column<&ProcessEvent::auid>("auid", "Login user."),
      column<&ProcessEvent::username>("username", "Account, where the log has a name."),
      column<&ProcessEvent::path>("path", "Program."),
      column<&ProcessEvent::cmdline>("cmdline", "Command line."),
      column<&ProcessEvent::cwd>("cwd", "Working directory."),
      column<&ProcessEvent::comm>("comm", "Name."),
      column<&ProcessEvent::syscall>("syscall", "System call."),
      column<&ProcessEvent::success>("success", "Whether it succeeded."),
      column<&ProcessEvent::key>("key", "Audit key."),
      column<&ProcessEvent::count>("count", "How many times; the same command of cron is one row."),
      column<&ProcessEvent::last_time>("last_time", "The last of them."),
      column<&ProcessEvent::source>("source", "The log."),
      column<&ProcessEvent::file>("file", "File."),
      column<&ProcessEvent::line>("line", "Line."),
  };
  static constexpr std::string_view kIndexed[] = {"time"};
  static const TableInfo& info() {
    static const TableInfo kInfo = large_table<ProcessEvent>(
        "process_events", "Commands that were executed, as audit, sudo and cron tell.",
        TableScope::kFiles, kColumns, kIndexed);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& process_events() {
  return TableOf<ProcessEvent>::info();
}
}  // namespace tables

}  // namespace genba::model
