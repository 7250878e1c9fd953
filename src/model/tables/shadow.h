// SPDX-License-Identifier: Apache-2.0
//
// Who can log in with a password? Only the state and the scheme of each hash are kept. Source:
// shadow(5), crypt(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// State of passwords from /etc/shadow; never the hash itself.
struct Shadow {
  std::string username;
  std::string password_status;
  std::optional<std::string> hash_alg;
  std::optional<base::Timestamp> last_change;
  std::optional<int64_t> min;
  std::optional<int64_t> max;
  std::optional<int64_t> warning;
  std::optional<int64_t> inactive;
  std::optional<base::Timestamp> expire;
  int64_t line = 0;
};

template <>
struct TableOf<Shadow> {
  static constexpr ColumnInfo kColumns[] = {
      column<&Shadow::username>("username", "Name."),
      column<&Shadow::password_status>("password_status",
                                       "empty, locked (starts with ! or *), active or invalid."),
      column<&Shadow::hash_alg>("hash_alg",
                                "The scheme id between dollar signs (y, 6, 5, 1, 2b), or des; "
                                "absent when there is no hash."),
      column<&Shadow::last_change>("last_change", "Day of the last password change (00:00 UTC)."),
      column<&Shadow::min>("min", "Days before a change is allowed."),
      column<&Shadow::max>("max", "Days until a change is demanded."),
      column<&Shadow::warning>("warning", "Days of warning."),
      column<&Shadow::inactive>("inactive", "Days of grace."),
      column<&Shadow::expire>("expire", "Day on which the account expires."),
      column<&Shadow::line>("line", "Line number in /etc/shadow."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo =
        small_table<Shadow>("shadow", "State of passwords from /etc/shadow; never the hash itself.",
                            TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& shadow() {
  return TableOf<Shadow>::info();
}
}  // namespace tables

}  // namespace genba::model
