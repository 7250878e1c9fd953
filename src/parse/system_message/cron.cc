// SPDX-License-Identifier: Apache-2.0
//
// Lines of cron, crontab, anacron and at: "(user) WORD (text)". The user is an account's name; the
// text is a command and may hold any bracket, so it goes to the line's end. Source: cronie and
// Debian's cron (log_it in misc.c), busybox crond, anacron's log.c, atd.c. Covered by
// system_message_test.cc.
#include "parse/auth_message/message_scan.h"
#include "parse/system_message/readers.h"

namespace genba::parse::machine {

namespace {

/// "(user) WORD (text)" cut into its parts; the text without its outer brackets.
struct CronLine {
  std::string_view user;
  std::string_view word;
  std::string_view text;
};

std::optional<CronLine> cut_cron_line(std::string_view message) {
  if (!consume(message, "(")) {
    return std::nullopt;
  }
  const auto user = take_before(message, ") ");
  const auto word = user ? take_before(message, " (") : std::nullopt;
  if (!word) {
    return std::nullopt;
  }
  consume_end(message, ")");  // a line cut short has lost it
  if (*word == "INSECURE MODE") {
    take_before(message, ") (");  // "(group/other writable) (file)"
  }
  return CronLine{*user, *word, message};
}

bool is_refusal(std::string_view word) {
  return word == "WRONG FILE OWNER" || word == "BAD FILE MODE" || word == "NOT REGULAR" ||
         word == "NOT A REGULAR FILE" || word == "WRONG INODE INFO" || word == "BAD LINK COUNT" ||
         word == "AUTH" || word == "ORPHAN" || word == "INSECURE MODE" ||
         word.starts_with("FAILED ") || word == "Unauthorized SELinux context";
}

}  // namespace

bool read_cron(std::string_view message, SystemMessage& out) {
  // busybox: "USER root pid 1234 cmd run-parts /etc/periodic/15min".
  if (consume(message, "USER ")) {
    const auto user = take_before(message, " pid ");
    const auto pid = base::parse_prefix<int64_t>(message);
    if (!user || !pid || !consume(message, " cmd ")) {
      return false;
    }
    out.user = *user;
    out.number = *pid;
    return told(SystemKind::kCronCommand, {}, message, out);
  }
  const auto line = cut_cron_line(message);
  if (!line) {
    return false;
  }
  out.user = line->user;
  if (line->word == "CMD") {
    // Debian keeps the blanks behind the time fields.
    return told(SystemKind::kCronCommand, {}, skip_spaces(line->text), out);
  }
  if (line->word == "CMDOUT") {
    return told(SystemKind::kCronOutput, {}, line->text, out);
  }
  if (line->word == "RELOAD") {
    return told(SystemKind::kCrontabChanged, line->text, line->word, out);
  }
  if (is_refusal(line->word)) {
    return told(SystemKind::kCronRefused, line->text, line->word, out);
  }
  return false;
}

bool read_crontab(std::string_view message, SystemMessage& out) {
  const auto line = cut_cron_line(message);
  if (!line) {
    return false;
  }
  out.user = line->user;
  if (line->word == "LIST") {
    return told(SystemKind::kCrontabListed, line->text, {}, out);
  }
  if (line->word == "REPLACE" || line->word == "DELETE" || line->word == "BEGIN EDIT" ||
      line->word == "END EDIT") {
    return told(SystemKind::kCrontabChanged, line->text, line->word, out);
  }
  return is_refusal(line->word) && told(SystemKind::kCronRefused, line->text, line->word, out);
}

bool read_anacron(std::string_view message, SystemMessage& out) {
  if (!consume(message, "Job ") || !consume_end(message, " started")) {
    return false;
  }
  const auto job = take_quoted(message);
  return job && told(SystemKind::kCronCommand, *job, {}, out);
}

bool read_atd(std::string_view message, SystemMessage& out) {
  if (!consume(message, "Starting job ")) {
    return false;
  }
  const auto number = base::parse_prefix<int64_t>(message);
  if (!number || !consume(message, " (")) {
    return false;
  }
  const auto file = take_before(message, ") for user ");
  const auto user = file ? take_quoted(message) : std::nullopt;
  if (!user) {
    return false;
  }
  out.number = *number;
  out.user = *user;
  return told(SystemKind::kCronCommand, *file, {}, out);
}

bool read_run_parts(std::string_view message, SystemMessage& out) {
  if (!consume(message, "(")) {
    return false;
  }
  const auto directory = take_before(message, ") starting ");
  return directory && told(SystemKind::kCronCommand, *directory, message, out);
}

}  // namespace genba::parse::machine
