// SPDX-License-Identifier: Apache-2.0
//
// What else gets code running? The dynamic linker's files, rc scripts, shell profiles and the like,
// one row an item. osquery's table with the source line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// Other things that run or are loaded at boot, at login, or with every program.
struct StartupItem {
  std::string name;
  std::optional<std::string> path;
  std::optional<std::string> args;
  std::string type;
  std::string source;
  std::optional<int64_t> line;
  std::string status;
  std::optional<std::string> username;
  std::optional<base::Timestamp> file_mtime;
  std::optional<base::Timestamp> file_ctime;
};

template <>
struct TableOf<StartupItem> {
  static constexpr ColumnInfo kColumns[] = {
      column<&StartupItem::name>("name", "What is started: a library, a script, a command."),
      column<&StartupItem::path>("path", "Absolute path of what is started, when there is one."),
      column<&StartupItem::args>("args", "Arguments or the rest of the line."),
      column<&StartupItem::type>("type",
                                 "ld.so.preload, ld.so.conf, rc.local, init.d, rc.d, profile, "
                                 "profile.d, user_profile, modules-load, xdg_autostart, "
                                 "systemd_generator."),
      column<&StartupItem::source>("source", "The file it stands in."),
      column<&StartupItem::line>("line", "Line number there."),
      column<&StartupItem::status>("status", "enabled or disabled."),
      column<&StartupItem::username>("username",
                                     "Account it runs for, when it is one account only."),
      column<&StartupItem::file_mtime>("file_mtime", "Modification time of the source."),
      column<&StartupItem::file_ctime>("file_ctime", "Change time of the source."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<StartupItem>(
        "startup_items",
        "Other things that run or are loaded at boot, at login, or with every program.",
        TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& startup_items() {
  return TableOf<StartupItem>::info();
}
}  // namespace tables

}  // namespace genba::model
