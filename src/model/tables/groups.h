// SPDX-License-Identifier: Apache-2.0
//
// Which groups exist and who is in them? Source: group(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/table.h"

namespace genba::model {

/// Groups from /etc/group.
struct Group {
  int64_t gid = 0;
  std::string groupname;
  std::optional<std::string> members;
  int64_t line = 0;
};

template <>
struct TableOf<Group> {
  static constexpr ColumnInfo kColumns[] = {
      column<&Group::gid>("gid", "Group id."),
      column<&Group::groupname>("groupname", "Name."),
      column<&Group::members>("members", "Member names, separated by commas, as written."),
      column<&Group::line>("line", "Line number in /etc/group."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo =
        small_table<Group>("groups", "Groups from /etc/group.", TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& groups() {
  return TableOf<Group>::info();
}
}  // namespace tables

}  // namespace genba::model
