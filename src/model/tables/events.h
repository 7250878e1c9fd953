// SPDX-License-Identifier: Apache-2.0
//
// What else did the logs see? Events that matter to a responder (services, modules, crashes,
// clocks, packages, boots, logins of wtmp, what web servers complained of), each with its original
// text. Ordinary lines are not kept: `genba timeline` reads them again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/packed_store.h"
#include "model/table.h"

namespace genba::model {

/// What logs tell beside logins: services, kernel, clocks, packages, boots, web errors.
struct Event {
  base::Timestamp time;
  std::string certainty;
  std::string kind;
  std::string action;
  std::string source;
  std::string path;
  std::optional<int64_t> line;
  int64_t offset = 0;
  std::optional<std::string> program;
  std::optional<std::string> comm;
  std::optional<std::string> username;
  std::optional<std::string> address;
  std::optional<int64_t> pid;
  std::optional<std::string> subject;
  int64_t count = 0;
  base::Timestamp last_time;
  std::string message;
  std::optional<std::string> original;
};

template <>
struct TableOf<Event> {
  static constexpr ColumnInfo kColumns[] = {
      column<&Event::time>("time", "When."),
      column<&Event::certainty>(
          "certainty", "How sure the time is: exact, anchored, assumed_zone, inferred_year."),
      column<&Event::kind>("kind", "log, login, package, process_started, boot, clock."),
      column<&Event::action>("action",
                             "What happened, one stable word: cron_command, module_taint, "
                             "package_installed, web_shell_speaks …"),
      column<&Event::source>("source", "The log: a rotated set counts as one."),
      column<&Event::path>("path", "File."),
      column<&Event::line>(
          "line", "Line, or record; absent when the file was not read from its beginning."),
      column<&Event::offset>("offset", "Byte where it begins, after decompression."),
      column<&Event::program>("program", "Program that the line claims to be of."),
      column<&Event::comm>("comm", "Program that wrote it, as the kernel told the journal."),
      column<&Event::username>("username", "Account."),
      column<&Event::address>("address", "Address."),
      column<&Event::pid>("pid", "Process id."),
      column<&Event::subject>("subject",
                              "What it is about: unit, module, package, interface, path."),
      column<&Event::count>(
          "count", "How many times; repeated starts of one service or command are one row."),
      column<&Event::last_time>("last_time", "The last of them."),
      column<&Event::message>("message", "What it says."),
      column<&Event::original>("original", "The line as it is, where it says more than message."),
  };
  static constexpr std::string_view kIndexed[] = {"time", "action", "path"};
  static const TableInfo& info() {
    static const TableInfo kInfo = large_table<Event>(
        "events",
        "What logs tell beside logins: services, kernel, clocks, packages, boots, web errors.",
        TableScope::kFiles, kColumns, kIndexed);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& events() {
  return TableOf<Event>::info();
}
}  // namespace tables

}  // namespace genba::model
