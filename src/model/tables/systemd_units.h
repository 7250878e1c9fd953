// SPDX-License-Identifier: Apache-2.0
//
// What may systemd start? Read from unit files and drop-ins in the search order of systemd.unit(5)
// (system and user units, /run and transient ones included), never by asking systemd.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// Units of systemd as their files declare them.
struct SystemdUnit {
  std::string id;
  std::string kind;
  std::optional<std::string> description;
  std::string fragment_path;
  std::optional<std::string> link_target;
  std::optional<std::string> drop_in_paths;
  std::string scope;
  std::optional<std::string> username;
  std::string unit_file_state;
  std::optional<std::string> wanted_by;
  std::optional<std::string> user;
  std::optional<std::string> restart;
  std::optional<std::string> exec_start;
  std::optional<std::string> environment;
  std::optional<std::string> triggers;
  std::optional<std::string> schedule;
  std::optional<base::Timestamp> file_mtime;
  std::optional<base::Timestamp> file_ctime;
  std::optional<base::Timestamp> file_btime;
};

template <>
struct TableOf<SystemdUnit> {
  static constexpr ColumnInfo kColumns[] = {
      column<&SystemdUnit::id>("id", "Unit name (ssh.service)."),
      column<&SystemdUnit::kind>("kind", "service, timer, socket, path, target, mount …"),
      column<&SystemdUnit::description>("description", "Description=."),
      column<&SystemdUnit::fragment_path>("fragment_path", "The unit file that counts."),
      column<&SystemdUnit::link_target>("link_target",
                                        "Where that file leads when it is a symbolic link."),
      column<&SystemdUnit::drop_in_paths>("drop_in_paths",
                                          "Drop-ins that apply, separated by newlines."),
      column<&SystemdUnit::scope>("scope", "system or user."),
      column<&SystemdUnit::username>("username", "For a unit in a home directory: whose."),
      column<&SystemdUnit::unit_file_state>(
          "unit_file_state",
          "As `systemctl list-unit-files` has it: enabled (by a link of the administrator), "
          "disabled, static (nothing to enable; wanted_by may still start it), masked, alias, "
          "linked, indirect, generated, transient; with -runtime for links in /run."),
      column<&SystemdUnit::wanted_by>(
          "wanted_by", "Units that pull it in, by links that were found, separated by spaces."),
      column<&SystemdUnit::user>("user", "User= as it counts."),
      column<&SystemdUnit::restart>("restart", "Restart= as it counts."),
      column<&SystemdUnit::exec_start>("exec_start", "The first ExecStart= command."),
      column<&SystemdUnit::environment>("environment", "Environment= entries, joined."),
      column<&SystemdUnit::triggers>("triggers",
                                     "For a timer, path or socket: the unit it starts."),
      column<&SystemdUnit::schedule>("schedule", "For a timer: its On…= lines, joined by \"; \"."),
      column<&SystemdUnit::file_mtime>("file_mtime", "Modification time of the fragment."),
      column<&SystemdUnit::file_ctime>("file_ctime", "Change time of the fragment."),
      column<&SystemdUnit::file_btime>("file_btime", "Birth time of the fragment."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo =
        small_table<SystemdUnit>("systemd_units", "Units of systemd as their files declare them.",
                                 TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& systemd_units() {
  return TableOf<SystemdUnit>::info();
}
}  // namespace tables

}  // namespace genba::model
