// SPDX-License-Identifier: Apache-2.0
//
// Which commands do systemd services run? One row for each Exec…= line that counts after drop-ins
// and resets. Source: systemd.service(5), COMMAND LINES.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/table.h"

namespace genba::model {

/// Every command of every service unit.
struct SystemdUnitCommand {
  std::string id;
  std::string fragment_path;
  std::string path;
  int64_t line = 0;
  std::string directive;
  std::string command;
  std::optional<std::string> executable;
  std::string scope;
};

template <>
struct TableOf<SystemdUnitCommand> {
  static constexpr ColumnInfo kColumns[] = {
      column<&SystemdUnitCommand::id>("id", "Unit name."),
      column<&SystemdUnitCommand::fragment_path>("fragment_path", "The unit file that counts."),
      column<&SystemdUnitCommand::path>("path",
                                        "The file that this line stands in (fragment or drop-in)."),
      column<&SystemdUnitCommand::line>("line", "Line number there."),
      column<&SystemdUnitCommand::directive>("directive", "ExecStart, ExecStartPre, ExecStop …"),
      column<&SystemdUnitCommand::command>("command",
                                           "The command line, prefixes included; escapes are "
                                           "decoded (\\x2f is a slash), quotes are as written."),
      column<&SystemdUnitCommand::executable>(
          "executable", "The program, without prefixes (- @ : + !); absent when empty."),
      column<&SystemdUnitCommand::scope>("scope", "system or user."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<SystemdUnitCommand>(
        "systemd_unit_commands", "Every command of every service unit.", TableScope::kFiles,
        kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& systemd_unit_commands() {
  return TableOf<SystemdUnitCommand>::info();
}
}  // namespace tables

}  // namespace genba::model
