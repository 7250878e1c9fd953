// SPDX-License-Identifier: Apache-2.0
//
// What does cron run, when and as whom? /etc/crontab, /etc/anacrontab, /etc/cron.d,
// cron.{hourly,daily,weekly,monthly}, /var/spool/cron. osquery's columns and the account. Source:
// crontab(5), cron(8), anacrontab(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// Entries of every cron table and periodic directory.
struct Crontab {
  std::optional<std::string> event;
  std::optional<std::string> minute;
  std::optional<std::string> hour;
  std::optional<std::string> day_of_month;
  std::optional<std::string> month;
  std::optional<std::string> day_of_week;
  std::string command;
  std::optional<std::string> executable;
  std::string path;
  std::optional<int64_t> line;
  std::optional<std::string> username;
  std::string kind;
  bool control_characters = false;
  std::optional<base::Timestamp> file_mtime;
  std::optional<base::Timestamp> file_ctime;
};

template <>
struct TableOf<Crontab> {
  static constexpr ColumnInfo kColumns[] = {
      column<&Crontab::event>("event", "@reboot and its like; absent otherwise."),
      column<&Crontab::minute>("minute", "Minute field."),
      column<&Crontab::hour>("hour", "Hour field."),
      column<&Crontab::day_of_month>("day_of_month", "Day of month field."),
      column<&Crontab::month>("month", "Month field."),
      column<&Crontab::day_of_week>("day_of_week", "Day of week field."),
      column<&Crontab::command>(
          "command", "The command line; the path of the script for periodic directories."),
      column<&Crontab::executable>(
          "executable", "The program that the command starts, when it is an absolute path."),
      column<&Crontab::path>("path", "The file it stands in."),
      column<&Crontab::line>("line", "Line number; absent for periodic directories."),
      column<&Crontab::username>("username", "Account it runs as."),
      column<&Crontab::kind>("kind", "system, cron_d, user, periodic or anacron."),
      column<&Crontab::control_characters>(
          "control_characters",
          "Whether the line holds characters that hide it on a terminal (CR, ESC, backspace)."),
      column<&Crontab::file_mtime>("file_mtime", "Modification time of the file."),
      column<&Crontab::file_ctime>("file_ctime", "Change time of the file."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo =
        small_table<Crontab>("crontab", "Entries of every cron table and periodic directory.",
                             TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& crontab() {
  return TableOf<Crontab>::info();
}
}  // namespace tables

}  // namespace genba::model
