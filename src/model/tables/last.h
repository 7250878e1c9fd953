// SPDX-License-Identifier: Apache-2.0
//
// Who was logged in, and when did the machine start? osquery's table from wtmp (and wtmpdb).
// Records that are all zero, as log cleaners leave them, show with type 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/packed_store.h"
#include "model/table.h"

namespace genba::model {

/// Logins, logouts and boots that wtmp and wtmpdb keep.
struct Last {
  std::optional<std::string> username;
  std::optional<std::string> tty;
  std::optional<int64_t> pid;
  int64_t type = 0;
  std::string type_name;
  std::optional<base::Timestamp> time;
  std::optional<base::Timestamp> logout_time;
  std::optional<std::string> host;
  std::optional<std::string> address;
  std::string source;
  std::string path;
  int64_t record = 0;
};

template <>
struct TableOf<Last> {
  static constexpr ColumnInfo kColumns[] = {
      column<&Last::username>("username", "Account."),
      column<&Last::tty>("tty", "Terminal."),
      column<&Last::pid>("pid", "Process id of the session leader."),
      column<&Last::type>("type", "Record type of utmp(5); 0 for a record that was wiped."),
      column<&Last::type_name>("type_name", "Its name: user-process, dead-process, boot-time …"),
      column<&Last::time>("time", "When; absent in a record without time."),
      column<&Last::logout_time>("logout_time",
                                 "When it ended, where the source keeps both (wtmpdb)."),
      column<&Last::host>("host", "Remote host as recorded."),
      column<&Last::address>("address", "Remote address as recorded."),
      column<&Last::source>("source", "The set of files, such as /var/log/wtmp."),
      column<&Last::path>("path", "File."),
      column<&Last::record>("record", "Its number in the file, from 1."),
  };
  static constexpr std::string_view kIndexed[] = {"time", "username"};
  static const TableInfo& info() {
    static const TableInfo kInfo =
        large_table<Last>("last", "Logins, logouts and boots that wtmp and wtmpdb keep.",
                          TableScope::kFiles, kColumns, kIndexed);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& last() {
  return TableOf<Last>::info();
}
}  // namespace tables

}  // namespace genba::model
