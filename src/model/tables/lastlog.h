// SPDX-License-Identifier: Apache-2.0
//
// When did each account log in last? From lastlog and lastlog2. Compared with wtmp and auth.log:
// what one of them does not know was removed there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// Last login of each account, as lastlog and lastlog2 keep it.
struct LastLogin {
  std::optional<int64_t> uid;
  std::optional<std::string> username;
  base::Timestamp time;
  std::optional<std::string> tty;
  std::optional<std::string> host;
  std::string path;
};

template <>
struct TableOf<LastLogin> {
  static constexpr ColumnInfo kColumns[] = {
      column<&LastLogin::uid>("uid", "Account number; absent in lastlog2."),
      column<&LastLogin::username>("username",
                                   "Account; absent when passwd does not know the number."),
      column<&LastLogin::time>("time", "Last login."),
      column<&LastLogin::tty>("tty", "Terminal."),
      column<&LastLogin::host>("host", "Remote host as recorded."),
      column<&LastLogin::path>("path", "File."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<LastLogin>(
        "lastlog", "Last login of each account, as lastlog and lastlog2 keep it.",
        TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& lastlog() {
  return TableOf<LastLogin>::info();
}
}  // namespace tables

}  // namespace genba::model
