// SPDX-License-Identifier: Apache-2.0
//
// Which accounts exist? Parsed from the file itself, never through NSS; LDAP and the like are not
// seen and are named in coverage. Source: passwd(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/table.h"

namespace genba::model {

/// Accounts from /etc/passwd.
struct User {
  int64_t uid = 0;
  int64_t gid = 0;
  std::string username;
  std::optional<std::string> description;
  std::string directory;
  std::string shell;
  std::string password_field;
  int64_t line = 0;
};

template <>
struct TableOf<User> {
  static constexpr ColumnInfo kColumns[] = {
      column<&User::uid>("uid", "User id."),
      column<&User::gid>("gid", "Primary group id."),
      column<&User::username>("username", "Name."),
      column<&User::description>("description", "GECOS field."),
      column<&User::directory>("directory", "Home directory."),
      column<&User::shell>("shell", "Login shell, exactly as written (trailing blanks kept)."),
      column<&User::password_field>(
          "password_field",
          "What stands in the password field: shadowed (x), empty, locked (* or !), or hash."),
      column<&User::line>("line", "Line number in /etc/passwd."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo =
        small_table<User>("users", "Accounts from /etc/passwd.", TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& users() {
  return TableOf<User>::info();
}
}  // namespace tables

}  // namespace genba::model
