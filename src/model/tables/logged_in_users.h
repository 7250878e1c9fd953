// SPDX-License-Identifier: Apache-2.0
//
// Who is on this machine now? osquery's table from utmp(5), checked against processes: an entry
// whose process is gone, and a session with a terminal that utmp does not list, both show.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// Who is logged in, as utmp says and as live processes show.
struct LoggedInUser {
  std::string type;
  std::optional<std::string> user;
  std::optional<std::string> tty;
  std::optional<std::string> host;
  std::optional<base::Timestamp> time;
  std::optional<int64_t> pid;
  std::optional<bool> process_alive;
  std::string source;
};

template <>
struct TableOf<LoggedInUser> {
  static constexpr ColumnInfo kColumns[] = {
      column<&LoggedInUser::type>("type",
                                  "user, login, init, dead, boot, runlevel, or session for one "
                                  "known only from its processes."),
      column<&LoggedInUser::user>("user", "User name."),
      column<&LoggedInUser::tty>("tty", "Terminal."),
      column<&LoggedInUser::host>("host", "Remote host as recorded."),
      column<&LoggedInUser::time>("time", "Login time."),
      column<&LoggedInUser::pid>("pid", "Process id of the session leader."),
      column<&LoggedInUser::process_alive>("process_alive",
                                           "Whether that process exists; absent in a tree."),
      column<&LoggedInUser::source>("source", "utmp or processes."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<LoggedInUser>(
        "logged_in_users", "Who is logged in, as utmp says and as live processes show.",
        TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& logged_in_users() {
  return TableOf<LoggedInUser>::info();
}
}  // namespace tables

}  // namespace genba::model
