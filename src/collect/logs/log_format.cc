// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/log_format.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "base/time.h"
#include "parse/audit/audit_record.h"
#include "parse/docker_json_log/docker_json_log.h"
#include "parse/fail2ban_log/fail2ban_log.h"
#include "parse/ftp_log/ftp_log.h"
#include "parse/log_clock/year_counter.h"
#include "parse/syslog/syslog.h"
#include "parse/text_lines/text_lines.h"
#include "parse/utmp/utmp.h"
#include "parse/web_access/web_access.h"
#include "parse/web_error/web_error.h"

namespace genba::collect::logs {

namespace {

// Of so many lines, the format that most of them have is the file's.
constexpr size_t kLinesLookedAt = 12;
// No line of a text log is looked at further to tell its format.
constexpr size_t kLineBytes = 4096;

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool begins_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// "2026-11-08 03:12:09 status installed …", dpkg's own words.
bool is_dpkg(std::string_view line) {
  parse::LogTime time;
  if (!parse::take_iso_time(line, time)) {
    return false;
  }
  constexpr std::string_view kWords[] = {"startup ",  "status ",   "install ",  "upgrade ",
                                         "remove ",   "purge ",    "trigproc ", "configure ",
                                         "conffile ", "disappear "};
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&](std::string_view word) { return begins_with(line, word); });
}

bool is_apt(std::string_view line) {
  return begins_with(line, "Start-Date: ") || begins_with(line, "Commandline: ") ||
         begins_with(line, "End-Date: ") || begins_with(line, "Requested-By: ");
}

// "Nov 08 03:12:09 Installed: bash-5.1"; syslog's parser would take "Installed:" for a program.
bool is_yum(std::string_view line) {
  parse::LogTime time;
  if (!parse::take_syslog_time(line, time)) {
    return false;
  }
  constexpr std::string_view kWords[] = {
      "Installed: ", "Updated: ", "Erased: ", "Dep-Installed: ", "Obsoleting: "};
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&](std::string_view word) { return begins_with(line, word); });
}

// "2026-11-08T03:12:09+0900 SUBDEBUG Installed: …"
bool is_dnf(std::string_view line) {
  parse::LogTime time;
  if (!parse::take_iso_time(line, time)) {
    return false;
  }
  constexpr std::string_view kLevels[] = {"SUBDEBUG ", "DEBUG ",    "DDEBUG ", "INFO ",
                                          "WARNING ",  "CRITICAL ", "ERROR ",  "--- logging"};
  return std::any_of(std::begin(kLevels), std::end(kLevels),
                     [&](std::string_view level) { return begins_with(line, level); });
}

// "2026-11-08 03:12:09|install|bash|5.1|x86_64|…"
bool is_zypper(std::string_view line) {
  return line.size() > 20 && line[19] == '|' && line[4] == '-' && line[7] == '-';
}

bool is_audit(std::string_view line) {
  if (begins_with(line, "node=")) {
    const size_t blank = line.find(' ');
    line = blank == std::string_view::npos ? line : line.substr(blank + 1);
  }
  return begins_with(line, "type=") && line.find(" msg=audit(") != std::string_view::npos;
}

// The record's own time is UTC.
std::optional<parse::LogTime> audit_time(std::string_view line) {
  parse::AuditRecord record;
  if (!parse::parse_audit_record(line, record)) {
    return std::nullopt;
  }
  const base::Civil civil = base::to_civil(base::timestamp_from_unix(record.seconds));
  parse::LogTime time;
  time.year = static_cast<int32_t>(civil.year);
  time.month = static_cast<int8_t>(civil.month);
  time.day = static_cast<int8_t>(civil.day);
  time.hour = static_cast<int8_t>(civil.hour);
  time.minute = static_cast<int8_t>(civil.minute);
  time.second = static_cast<int8_t>(civil.second);
  time.nanosecond = record.millisecond * 1'000'000;
  time.offset = 0;
  return time;
}

// ProFTPD's own log has no colon behind the pid. What it sends to syslog stands among the lines of
// others: whoever tries many names must not turn auth.log into a log of FTP.
bool is_own_proftpd(std::string_view line) {
  parse::FtpEvent ftp;
  const size_t pid_end = line.find(']', line.find(" proftpd["));
  return parse::parse_proftpd_line(line, ftp) && !line.substr(pid_end).starts_with("]:");
}

LogFormat format_of_line(std::string_view line) {
  parse::WebRequest request;
  parse::WebErrorLine error;
  parse::SyslogLine syslog;
  parse::FtpEvent ftp;
  parse::Fail2banEvent ban;
  parse::ContainerLine container;
  std::string scratch;
  if (is_audit(line)) {
    return LogFormat::kAudit;
  }
  if (is_apt(line)) {
    return LogFormat::kApt;
  }
  if (is_zypper(line)) {
    return LogFormat::kZypper;
  }
  if (is_dpkg(line)) {
    return LogFormat::kDpkg;
  }
  if (is_dnf(line)) {
    return LogFormat::kDnf;
  }
  if (is_yum(line)) {
    return LogFormat::kYum;
  }
  if (parse::parse_fail2ban_line(line, ban)) {
    return LogFormat::kFail2ban;
  }
  if (parse::parse_docker_json_line(line, scratch, container).empty() ||
      parse::parse_cri_line(line, container).empty()) {
    return LogFormat::kDocker;
  }
  if (parse::parse_web_access_line(line, request)) {
    return LogFormat::kWebAccess;
  }
  if (parse::parse_vsftpd_line(line, ftp) || parse::parse_xferlog_line(line, ftp) ||
      is_own_proftpd(line)) {
    return LogFormat::kFtp;
  }
  if (parse::parse_web_error_line(line, error) && error.has_time) {
    return LogFormat::kWebError;
  }
  if (parse::parse_syslog_line(line, syslog)) {
    return LogFormat::kSyslog;
  }
  return LogFormat::kUnknown;
}

LogFormat format_of_text(std::string_view head) {
  std::array<size_t, static_cast<size_t>(LogFormat::kDocker) + 1> votes{};
  parse::TextLines lines(head);
  size_t looked_at = 0;
  while (looked_at < kLinesLookedAt) {
    const auto line = lines.next();
    if (!line) {
      break;
    }
    std::string_view text = line->text;
    text.remove_prefix(std::min(text.find_first_not_of('\0'), text.size()));
    text = text.substr(0, kLineBytes);
    if (text.empty()) {
      continue;
    }
    ++looked_at;
    ++votes[static_cast<size_t>(format_of_line(text))];
  }
  votes[static_cast<size_t>(LogFormat::kUnknown)] = 0;
  const auto best = std::max_element(votes.begin(), votes.end());
  return *best == 0 ? LogFormat::kUnknown : static_cast<LogFormat>(best - votes.begin());
}

}  // namespace

std::string_view to_string(LogFormat format) {
  switch (format) {
    case LogFormat::kUnknown: return "unknown";
    case LogFormat::kSyslog: return "syslog";
    case LogFormat::kWebAccess: return "web_access";
    case LogFormat::kWebError: return "web_error";
    case LogFormat::kJournal: return "journal";
    case LogFormat::kUtmp: return "utmp";
    case LogFormat::kBtmp: return "btmp";
    case LogFormat::kLastlog: return "lastlog";
    case LogFormat::kLastlog2: return "lastlog2";
    case LogFormat::kWtmpdb: return "wtmpdb";
    case LogFormat::kAudit: return "audit";
    case LogFormat::kDpkg: return "dpkg";
    case LogFormat::kApt: return "apt";
    case LogFormat::kYum: return "yum";
    case LogFormat::kDnf: return "dnf";
    case LogFormat::kZypper: return "zypper";
    case LogFormat::kFtp: return "ftp";
    case LogFormat::kFail2ban: return "fail2ban";
    case LogFormat::kDocker: return "docker";
  }
  return {};
}

LogFormat detect_format(std::string_view path, std::string_view head) {
  const std::string_view name = name_of(path);
  if (begins_with(head, "LPKSHHRH")) {  // JOURNAL_FILE_FORMAT.md, "Header"
    return LogFormat::kJournal;
  }
  if (name == "lastlog") {
    return LogFormat::kLastlog;
  }
  if (begins_with(name, "wtmp") && !name.ends_with(".db")) {
    return LogFormat::kUtmp;
  }
  if (begins_with(name, "btmp")) {
    return LogFormat::kBtmp;
  }
  if (begins_with(head, "SQLite format 3")) {
    return name == "lastlog2.db" ? LogFormat::kLastlog2
           : name == "wtmp.db"   ? LogFormat::kWtmpdb
                                 : LogFormat::kUnknown;
  }
  return format_of_text(head);
}

bool is_text(LogFormat format) {
  switch (format) {
    case LogFormat::kSyslog:
    case LogFormat::kWebAccess:
    case LogFormat::kWebError:
    case LogFormat::kAudit:
    case LogFormat::kDpkg:
    case LogFormat::kApt:
    case LogFormat::kYum:
    case LogFormat::kDnf:
    case LogFormat::kZypper:
    case LogFormat::kFtp:
    case LogFormat::kFail2ban:
    case LogFormat::kDocker: return true;
    case LogFormat::kUnknown:
    case LogFormat::kJournal:
    case LogFormat::kUtmp:
    case LogFormat::kBtmp:
    case LogFormat::kLastlog:
    case LogFormat::kLastlog2:
    case LogFormat::kWtmpdb: return false;
  }
  return false;
}

std::optional<parse::LogTime> time_of_line(LogFormat format, std::string_view line) {
  parse::LogTime time;
  switch (format) {
    case LogFormat::kSyslog: {
      parse::SyslogLine syslog;
      return parse::parse_syslog_line(line, syslog) && syslog.has_time ? std::optional(syslog.time)
                                                                       : std::nullopt;
    }
    case LogFormat::kWebAccess: {
      parse::WebRequest request;
      return parse::parse_web_access_line(line, request) ? std::optional(request.time)
                                                         : std::nullopt;
    }
    case LogFormat::kWebError: {
      parse::WebErrorLine error;
      return parse::parse_web_error_line(line, error) && error.has_time ? std::optional(error.time)
                                                                        : std::nullopt;
    }
    case LogFormat::kAudit: return audit_time(line);
    case LogFormat::kFtp: {
      parse::FtpEvent ftp;
      return parse::parse_vsftpd_line(line, ftp) || parse::parse_xferlog_line(line, ftp) ||
                     parse::parse_proftpd_line(line, ftp)
                 ? std::optional(ftp.time)
                 : std::nullopt;
    }
    case LogFormat::kDocker: {
      parse::ContainerLine container;
      std::string scratch;
      return parse::parse_docker_json_line(line, scratch, container).empty() ||
                     parse::parse_cri_line(line, container).empty()
                 ? std::optional(container.time)
                 : std::nullopt;
    }
    case LogFormat::kYum:
      return parse::take_syslog_time(line, time) ? std::optional(time) : std::nullopt;
    case LogFormat::kApt:
      if (const size_t colon = line.find("-Date: "); colon != std::string_view::npos) {
        line.remove_prefix(colon + 7);
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        // apt writes two blanks between date and time.
        std::string one_blank(line.substr(0, 10));
        one_blank += line.size() > 11 ? line.substr(11) : std::string_view{};
        std::string_view text = one_blank;
        return parse::take_iso_time(text, time) ? std::optional(time) : std::nullopt;
      }
      return std::nullopt;
    case LogFormat::kDpkg:
    case LogFormat::kDnf:
    case LogFormat::kZypper:
    case LogFormat::kFail2ban:
      return parse::take_iso_time(line, time) ? std::optional(time) : std::nullopt;
    case LogFormat::kUnknown:
    case LogFormat::kJournal:
    case LogFormat::kUtmp:
    case LogFormat::kBtmp:
    case LogFormat::kLastlog:
    case LogFormat::kLastlog2:
    case LogFormat::kWtmpdb: break;
  }
  return std::nullopt;
}

std::optional<parse::LogTime> first_time_of(LogFormat format, std::string_view lines) {
  constexpr int kMostOdd = 8;
  constexpr int32_t kWeek = 7;
  std::optional<parse::LogTime> first;
  std::optional<parse::LogTime> before;
  parse::TextLines rest(lines);
  for (int told = 0; told < kMostOdd;) {
    const auto line = rest.next();
    if (!line) {
      break;
    }
    const auto time = time_of_line(format, line->text);
    if (!time) {
      continue;
    }
    if (before && parse::days_apart(*before, *time) <= kWeek) {
      return before;
    }
    first = first ? first : time;
    before = time;
    ++told;
  }
  return first;
}

}  // namespace genba::collect::logs
