// SPDX-License-Identifier: Apache-2.0
#include "parse/syslog/syslog.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace genba::parse {

namespace {

constexpr int32_t kHighestPriority = 191;  // RFC 5424: 23 facilities, 7 severities
constexpr size_t kMostDigits = 18;         // of a number that surely fits an int64_t

constexpr bool is_blank_byte(char c) {
  return c == ' ' || c == '\t';
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void skip_blanks(std::string_view& text) {
  size_t at = 0;
  while (at < text.size() && is_blank_byte(text[at])) {
    ++at;
  }
  text.remove_prefix(at);
}

size_t find_blank(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && !is_blank_byte(text[at])) {
    ++at;
  }
  return at;
}

/// Takes the digits in front. Moves `at` past them all; -1 when there are none, or too many.
int64_t take_digits(std::string_view text, size_t& at) {
  const size_t first = at;
  int64_t value = 0;
  while (at < text.size() && is_digit(text[at])) {
    if (at - first < kMostDigits) {
      value = value * 10 + (text[at] - '0');
    }
    ++at;
  }
  return at == first || at - first > kMostDigits ? -1 : value;
}

/// Takes "<PRI>" off a text that begins with "<".
bool take_priority(std::string_view& text, int32_t& priority) {
  size_t at = 1;
  const int64_t value = take_digits(text, at);
  if (value < 0 || value > kHighestPriority || at > 4 || at >= text.size() || text[at] != '>') {
    return false;
  }
  priority = static_cast<int32_t>(value);
  text.remove_prefix(at + 1);
  return true;
}

/// Takes the time and the blanks behind it. Only "T" makes an ISO time syslog's: dpkg.log and
/// others write a blank there.
bool take_time(std::string_view& text, LogTime& time) {
  constexpr size_t kIsoMark = 10;
  const char* before = text.data();
  const bool taken = is_digit(text[0]) ? text.size() > kIsoMark && text[kIsoMark] == 'T' &&
                                             take_iso_time(text, time)
                                       : take_syslog_time(text, time);
  if (!taken) {
    return false;
  }
  if (text.empty() || text[0] == ':' || (text.data() != before && is_blank_byte(text.data()[-1]))) {
    skip_blanks(text);
    return true;
  }
  return false;
}

/// Whether the word in front of the message is "program:" or "program[12]", not a host.
bool ends_like_tag(std::string_view word) {
  return word.back() == ':' ||
         (word.back() == ']' && word.front() != '[' && word.find('[') != std::string_view::npos);
}

/// ChromeOS writes the severity where others write the host.
bool is_severity(std::string_view word) {
  constexpr std::array<std::string_view, 8> kNames = {"EMERG",   "ALERT",  "CRIT", "ERR",
                                                      "WARNING", "NOTICE", "INFO", "DEBUG"};
  return word.size() >= 3 && word.size() <= 7 && word[0] >= 'A' && word[0] <= 'W' &&
         std::find(kNames.begin(), kNames.end(), word) != kNames.end();
}

/// "auth.info", as BusyBox writes it between host and program.
bool is_facility_and_level(std::string_view word) {
  constexpr std::array<std::string_view, 22> kFacilities = {
      "kern",   "user",   "mail",     "daemon", "auth",   "syslog",  "lpr",    "news",
      "uucp",   "cron",   "authpriv", "ftp",    "local0", "local1",  "local2", "local3",
      "local4", "local5", "local6",   "local7", "mark",   "security"};
  constexpr std::array<std::string_view, 11> kLevels = {"emerg", "alert", "crit",    "err",
                                                        "error", "warn",  "warning", "notice",
                                                        "info",  "debug", "panic"};
  const size_t dot = word.find('.');
  return dot != std::string_view::npos &&
         std::find(kFacilities.begin(), kFacilities.end(), word.substr(0, dot)) !=
             kFacilities.end() &&
         std::find(kLevels.begin(), kLevels.end(), word.substr(dot + 1)) != kLevels.end();
}

/// Where a tag goes on behind "[123]" at `at`, with the pid; 0, and `at` past what was looked at,
/// when there is no pid.
size_t end_of_pid(std::string_view text, size_t& at, int64_t& pid) {
  ++at;
  const int64_t value = take_digits(text, at);
  if (value < 0 || at >= text.size() || text[at] != ']') {
    return 0;
  }
  ++at;
  if (at < text.size() && text[at] != ':' && !is_blank_byte(text[at])) {
    return 0;
  }
  pid = value;
  return at;
}

/// What ended a tag.
enum class TagEnd : uint8_t { kColon, kPid, kBlank };

/// Takes "program[pid]:" and the blanks behind it. Colon and blanks may be absent. Brackets without
/// a number belong to the name, and so does a "::" within it.
TagEnd take_tag(std::string_view& text, SyslogLine& out) {
  size_t at = 0;
  size_t end = std::string_view::npos;
  TagEnd reason = TagEnd::kBlank;
  while (at < text.size() && !is_blank_byte(text[at])) {
    if (text[at] == '[') {
      const size_t bracket = at;
      if (end_of_pid(text, at, out.pid) != 0) {
        end = bracket;
        reason = TagEnd::kPid;
        break;
      }
    } else if (text[at] == ':') {
      const bool scope = at + 2 < text.size() && text[at + 1] == ':' && is_letter(text[at + 2]);
      if (!scope) {
        reason = TagEnd::kColon;
        break;
      }
      at += 2;
    } else {
      ++at;
    }
  }
  out.program = text.substr(0, std::min(end, at));
  at += at < text.size() && text[at] == ':' ? 1 : 0;
  text.remove_prefix(at);
  skip_blanks(text);
  return reason;
}

/// The N of "`front`N times" in `text`, and the offset behind "times"; -1 when it is no count.
int32_t count_of_repeats(std::string_view text, std::string_view front, size_t& at) {
  constexpr std::string_view kTimes = " times";
  if (!text.starts_with(front)) {
    return -1;
  }
  at = front.size();
  const int64_t count = take_digits(text, at);
  if (count < 1 || count > INT32_MAX || text.substr(at, kTimes.size()) != kTimes) {
    return -1;
  }
  at += kTimes.size();
  return static_cast<int32_t>(count);
}

/// Whether the text is the daemon's own, which has no program in front: counted repeats, or a mark.
bool take_daemon_text(std::string_view text, SyslogLine& out) {
  if (text.empty() || (text[0] != 'l' && text[0] != '-')) {
    return false;
  }
  std::string_view words = text;
  if (words.starts_with("--- ")) {
    words.remove_prefix(4);
  }
  size_t at = 0;
  const int32_t repeats = count_of_repeats(words, "last message repeated ", at);
  if (repeats < 0 && text != "-- MARK --") {
    return false;
  }
  out.repeats = std::max(repeats, 1);
  out.message = text;
  return true;
}

/// "message repeated 5 times: [ inner ]" becomes its inner message. One that was cut off has no
/// bracket at its end.
void unwrap_repeats(std::string_view& message, SyslogLine& out) {
  size_t at = 0;
  const int32_t repeats = count_of_repeats(message, "message repeated ", at);
  if (repeats < 0 || message.substr(at, 3) != ": [") {
    return;
  }
  out.repeats = repeats;
  message.remove_prefix(at + 3);
  skip_blanks(message);
  const size_t last = message.find_last_not_of(" \t\r");
  if (last != std::string_view::npos && message[last] == ']') {
    message.remove_suffix(message.size() - last);
  }
}

/// Solaris's "[ID 123456 auth.info] ".
void take_message_id(std::string_view& message, SyslogLine& out) {
  constexpr size_t kFront = 4;
  size_t at = kFront;
  if (take_digits(message, at) < 0 || at >= message.size() || message[at] != ' ') {
    return;
  }
  const std::string_view rest = message.substr(at + 1);
  const size_t end = find_blank(rest);
  if (end < 2 || rest[end - 1] != ']') {
    return;
  }
  out.level = rest.substr(0, end - 1);
  message = rest.substr(end);
  skip_blanks(message);
}

/// The kernel's "[  123.456789] ".
void take_uptime(std::string_view& message, SyslogLine& out) {
  constexpr int64_t kMostSeconds = 4'000'000'000;  // 126 years
  size_t at = 1;
  while (at < message.size() && message[at] == ' ') {
    ++at;
  }
  const int64_t seconds = take_digits(message, at);
  if (seconds < 0 || seconds > kMostSeconds || at >= message.size() || message[at] != '.') {
    return;
  }
  const size_t point = at++;
  const int64_t fraction = take_digits(message, at);
  const size_t digits = at - point - 1;
  if (fraction < 0 || digits > 9 || at >= message.size() || message[at] != ']') {
    return;
  }
  int64_t scale = 1;
  for (size_t i = digits; i < 9; ++i) {
    scale *= 10;
  }
  out.uptime_nanoseconds = seconds * 1'000'000'000 + fraction * scale;
  message.remove_prefix(at + 1);
  skip_blanks(message);
}

void take_message(std::string_view message, SyslogLine& out) {
  if (!message.empty()) {
    if (message[0] == 'm') {
      unwrap_repeats(message, out);
    }
    if (message.starts_with("[ID ")) {
      take_message_id(message, out);
    } else if (out.program == "kernel" && message.starts_with('[')) {
      take_uptime(message, out);
    }
  }
  out.message = message;
}

/// What stands behind the time in all shapes but RFC 5424.
void parse_behind_time(std::string_view text, SyslogLine& out) {
  if (text.starts_with(':')) {
    text.remove_prefix(1);
    skip_blanks(text);
    if (!take_daemon_text(text, out)) {
      out.message = text;
    }
    return;
  }
  if (text.empty() || take_daemon_text(text, out)) {
    return;
  }
  const size_t end = find_blank(text);
  const std::string_view word = text.substr(0, end);
  if (!ends_like_tag(word)) {
    (is_severity(word) ? out.level : out.host) = word;
    text.remove_prefix(end);
    skip_blanks(text);
    if (take_daemon_text(text, out)) {
      return;
    }
  }
  if (take_tag(text, out) == TagEnd::kBlank && is_facility_and_level(out.program)) {
    out.level = out.program;
    (void)take_tag(text, out);
  }
  take_message(text, out);
}

/// Takes a field of RFC 5424 and the space behind it; a nil one is empty.
std::string_view take_header_field(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view field = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return field == "-" ? std::string_view() : field;
}

/// Where the structured data in front of `text` ends; 0 when there is none, or no end to it.
size_t end_of_structured_data(std::string_view text) {
  size_t end = 0;
  bool quoted = false;
  bool inside = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (!inside) {
      if (c != '[') {
        break;
      }
      inside = true;
    } else if (quoted && c == '\\') {
      ++at;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ']' && !quoted) {
      inside = false;
      end = at + 1;
    }
  }
  return inside ? 0 : end;
}

/// RFC 5424 behind "<PRI>1 ".
bool parse_protocol_line(std::string_view text, SyslogLine& out) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with("- ")) {
    out.has_time = false;
    text.remove_prefix(2);
  } else {
    std::string_view time = text.substr(0, find_blank(text));
    const size_t length = time.size();
    if (!take_iso_time(time, out.time) || !time.empty()) {
      return false;
    }
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  out.host = take_header_field(text);
  out.program = take_header_field(text);
  const std::string_view process = take_header_field(text);
  out.message_id = take_header_field(text);
  size_t at = 0;
  const int64_t pid = take_digits(process, at);
  out.pid = at == process.size() ? pid : -1;
  if (text.starts_with("- ") || text == "-") {
    text.remove_prefix(1);
  } else {
    out.structured_data = text.substr(0, end_of_structured_data(text));
    text.remove_prefix(out.structured_data.size());
  }
  skip_blanks(text);
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
    skip_blanks(text);
  }
  take_message(text, out);
  return true;
}

}  // namespace

bool parse_syslog_line(std::string_view line, SyslogLine& out) {
  out = SyslogLine{};
  if (line.starts_with('<')) {
    if (!take_priority(line, out.priority)) {
      return false;
    }
    if (line.starts_with("1 ")) {
      return parse_protocol_line(line.substr(2), out);
    }
  }
  if (line.empty() || !take_time(line, out.time)) {
    return false;
  }
  parse_behind_time(line, out);
  return true;
}

}  // namespace genba::parse
