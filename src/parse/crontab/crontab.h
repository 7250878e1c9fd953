// SPDX-License-Identifier: Apache-2.0
//
// Reads the tables of cron and anacron, as cronie and Debian's cron do: blank lines and comments,
// NAME = value lines, entries with five time fields or an @word, the account in system tables, and
// the command up to the end of the line. Time fields are kept as written and hardly judged: what
// one cron refuses another may run. Source: crontab(5), anacrontab(5), cronie entry.c and env.c.
// Covered by crontab_test.cc, crontab_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

/// Whether entries name the account they run as: /etc/crontab and /etc/cron.d do, spools do not.
enum class CronForm : uint8_t { kSystem, kUser };

/// One entry. Either `event` or the five fields are set.
struct CronEntry {
  std::optional<std::string> event;  ///< "@reboot", "@daily" …
  std::optional<std::string> minute;
  std::optional<std::string> hour;
  std::optional<std::string> day_of_month;
  std::optional<std::string> month;
  std::optional<std::string> day_of_week;
  std::optional<std::string> username;  ///< in system tables
  std::string command;                  ///< as written, with the part behind an unescaped %
  bool control_characters = false;      ///< anywhere in the line
  int64_t line = 0;
};

/// A NAME = value line; quotes taken off.
struct CronVariable {
  std::string name;
  std::string value;
  int64_t line = 0;
};

struct CronFile {
  std::vector<CronEntry> entries;
  std::vector<CronVariable> variables;
  std::vector<base::Note> notes;
};

/// `source` names the file in notes.
CronFile parse_crontab(std::string_view bytes, CronForm form, std::string_view source);

/// One job of anacron.
struct AnacronEntry {
  std::string period;  ///< days, or "@monthly" and the like
  std::string delay;   ///< minutes
  std::string job;
  std::string command;
  bool control_characters = false;
  int64_t line = 0;
};

struct AnacronFile {
  std::vector<AnacronEntry> entries;
  std::vector<CronVariable> variables;
  std::vector<base::Note> notes;
};

/// `source` names the file in notes.
AnacronFile parse_anacrontab(std::string_view bytes, std::string_view source);

/// The part of a command that cron hands to the shell: up to the first % that is not escaped.
std::string shell_part(std::string_view command);

}  // namespace genba::parse
