// SPDX-License-Identifier: Apache-2.0
#include "parse/web_error/web_error.h"

#include <cstddef>

#include "base/number.h"
#include "parse/web_error/web_error_parts.h"

namespace genba::parse {

namespace {

constexpr size_t kNone = std::string_view::npos;

/// Takes "[text] " off the front; the blank may be missing.
bool take_brackets(std::string_view& text, std::string_view& inside) {
  const size_t end = text.starts_with('[') ? text.find(']') : kNone;
  if (end == kNone) {
    return false;
  }
  inside = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  skip_mark(text, " ");
  return true;
}

/// "[pid 123:tid 456] " and "[client 192.0.2.1:5678] ". An address holds no bracket, except that
/// IPv6 with a port is written "[client 2001:db8::1:5678]", so the first one ends it. The message
/// begins behind the client: another mark there is ModSecurity's, which tells the client again, or
/// a visitor's words that a script logged, so the first client counts.
void take_apache_marks(std::string_view& text, WebErrorLine& line) {
  std::string_view inside;
  while (text.starts_with("[pid ") || text.starts_with("[tid ")) {
    if (!take_brackets(text, inside)) {
      return;
    }
    if (skip_mark(inside, "pid ")) {
      line.pid = base::parse_prefix<int64_t>(inside).value_or(-1);
    }
  }
  while (text.starts_with("[client ") || text.starts_with("[remote ")) {
    if (!take_brackets(text, inside)) {
      return;
    }
    if (line.client.empty()) {
      line.client = inside.substr(sizeof("client ") - 1);
    }
  }
}

/// "(70014)End of file found: [client …] ": the system's error comes in front of the client.
void take_apache_system_error(std::string_view& text, WebErrorLine& line) {
  constexpr size_t kLongest = 160;  // strerror's longest texts are half of that
  if (!text.starts_with('(')) {
    return;
  }
  const size_t mark = text.substr(0, kLongest).find(": [client ");
  const size_t end = text.find_first_not_of("0123456789", 1);
  if (mark != kNone && end != kNone && text[end] == ')') {
    text.remove_prefix(mark + 2);
    take_apache_marks(text, line);
  }
}

/// "[Sun Nov  8 03:12:09.123456 2026] [php:error] [pid 1:tid 2] [client 192.0.2.1:5] text", and 2.2
/// with "[error]" and no pid.
bool parse_apache(std::string_view text, WebErrorLine& line) {
  text.remove_prefix(1);
  if (!take_asctime(text, line.time) || !skip_mark(text, "]")) {
    return false;
  }
  skip_mark(text, " ");
  line.has_time = true;
  std::string_view inside;
  if (text.starts_with('[') && !text.starts_with("[pid ") && !text.starts_with("[client ") &&
      take_brackets(text, inside)) {
    const size_t colon = inside.find(':');
    line.module = colon == kNone ? std::string_view() : inside.substr(0, colon);
    line.level = inside.substr(colon == kNone ? 0 : colon + 1);
  }
  take_apache_marks(text, line);
  if (line.client.empty()) {
    take_apache_system_error(text, line);
  }
  line.message = text;
  judge_apache_message(line);
  return true;
}

/// The text of nginx's mark `name` in what follows the client: `, request: "GET / HTTP/1.1", `.
std::string_view nginx_quoted(std::string_view marks, std::string_view name) {
  size_t at = marks.find(name);
  if (at == kNone) {
    return {};
  }
  marks.remove_prefix(at + name.size());
  for (at = marks.find('"'); at != kNone; at = marks.find('"', at + 1)) {
    if (at + 1 == marks.size() || marks[at + 1] == ',') {
      break;
    }
  }
  return marks.substr(0, at);
}

/// Where the marks of nginx begin. A decoded path stands in front of the true client, a referrer
/// behind it; both can hold a whole imitation. One behind a request and a referrer is taken for the
/// referrer's, any other for the path's.
size_t nginx_marks(std::string_view text, bool& repeated) {
  constexpr std::string_view kClient = ", client: ";
  const size_t first = text.find(kClient);
  if (first == kNone) {
    return first;
  }
  size_t last = text.rfind(kClient);
  repeated = last != first;
  if (!repeated) {
    return first;
  }
  const std::string_view between = text.substr(first, last - first);
  const size_t request = between.find(", request: \"");
  if (request != kNone && between.find(", referrer: \"", request) != kNone) {
    return first;
  }
  return last;
}

/// "2026/11/08 03:12:09 [error] 123#0: *45 text, client: 192.0.2.1, server: x, request: "…"".
bool parse_nginx(std::string_view text, WebErrorLine& line) {
  if (!take_slash_time(text, line.time) || !take_brackets(text, line.level)) {
    return false;
  }
  line.has_time = true;
  const size_t colon = text.find(": ");
  const size_t hash = text.find('#');
  if (colon != kNone && hash < colon) {
    line.pid = base::parse_prefix<int64_t>(text).value_or(-1);
    text.remove_prefix(text.find(": ") + 2);
  }
  if (text.starts_with('*')) {
    const size_t end = text.find_first_not_of("0123456789", 1);
    if (end != kNone && text[end] == ' ') {
      text.remove_prefix(end + 1);
    }
  }
  const size_t marks = nginx_marks(text, line.repeated_marks);
  line.message = text.substr(0, marks);
  if (marks != kNone) {
    std::string_view behind = text.substr(marks + sizeof(", client: ") - 1);
    line.client = behind.substr(0, behind.find_first_of(", "));
    line.request = nginx_quoted(behind, ", request: \"");
  } else if (text.starts_with("client ") && text.find(" connected to ") != kNone) {  // mail, stream
    text.remove_prefix(sizeof("client ") - 1);
    line.client = text.substr(0, text.find(' '));
  }
  judge_nginx_message(line);
  return true;
}

/// The inside of "[08-Nov-2026 03:12:09.123456 Asia/Tokyo]", which php-fpm and PHP write.
bool read_php_time(std::string_view text, WebErrorLine& line) {
  constexpr size_t kShape = sizeof("08-Nov-2026 03:12:09") - 1;
  if (text.size() < kShape || text[2] != '-' || text[6] != '-' || text[11] != ' ') {
    return false;
  }
  // An access log's time but for three marks: put them in, and let log_time check the rest.
  char bracket[] = "[08/Nov/2026:03:12:09]";
  text.copy(bracket + 1, kShape);
  bracket[3] = bracket[7] = '/';
  bracket[12] = ':';
  std::string_view whole(bracket, sizeof(bracket) - 1);
  if (!take_bracket_time(whole, line.time)) {
    return false;
  }
  text.remove_prefix(kShape);
  if (skip_mark(text, ".")) {
    int32_t scale = 100'000'000;
    while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
      line.time.nanosecond += (text[0] - '0') * scale;
      scale /= 10;
      text.remove_prefix(1);
    }
  }
  if (skip_mark(text, " ")) {
    line.zone = text;
    line.time.offset = text == "UTC" || text == "GMT" ? 0 : LogTime::kNoOffset;
  }
  line.has_time = true;
  return true;
}

/// "[08-Nov-2026 03:12:09] WARNING: [pool www] text" and "[08-Nov-2026 03:12:09 UTC] PHP text".
bool parse_php(std::string_view text, WebErrorLine& line) {
  std::string_view inside;
  if (!take_brackets(text, inside) || !read_php_time(inside, line)) {
    return false;
  }
  line.message = text;
  if (judge_php_text(text, line)) {
    return true;
  }
  for (const std::string_view level : {"DEBUG", "NOTICE", "WARNING", "ERROR", "ALERT"}) {
    if (text.starts_with(level) && text.substr(level.size()).starts_with(": ")) {
      line.level = level;
      line.message = text.substr(level.size() + 2);
      judge_fpm_message(line);
      return true;
    }
  }
  return true;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A line with the time in front, in one of the four shapes. `line` has at least two bytes.
bool parse_head(std::string_view text, WebErrorLine& line) {
  if (text[0] == '[') {
    return is_digit(text[1]) ? parse_php(text, line) : parse_apache(text, line);
  }
  return is_digit(text[0]) && parse_nginx(text, line);
}

/// A line without a head: PHP or a tool on stderr, or Apache before its log was open.
bool parse_headless(std::string_view text, WebErrorLine& line) {
  line.message = text;
  if (judge_php_text(text, line) || judge_tool_text(text, line)) {
    return true;
  }
  constexpr size_t kCode = sizeof("AH00558: ") - 1;
  if (text.size() > kCode && text.starts_with("AH") && text.substr(kCode - 2, 2) == ": " &&
      text.find_first_not_of("0123456789", 2) == kCode - 2) {
    judge_apache_message(line);
    return true;
  }
  return false;
}

}  // namespace

std::string_view to_string(WebErrorKind kind) {
  switch (kind) {
    case WebErrorKind::kMessage: return "message";
    case WebErrorKind::kPhp: return "php";
    case WebErrorKind::kShell: return "shell";
    case WebErrorKind::kStart: return "start";
    case WebErrorKind::kStop: return "stop";
    case WebErrorKind::kCrash: return "crash";
    case WebErrorKind::kDenied: return "denied";
    case WebErrorKind::kLimited: return "limited";
    case WebErrorKind::kLoginFailed: return "login_failed";
    case WebErrorKind::kMissing: return "missing";
    case WebErrorKind::kBadRequest: return "bad_request";
  }
  return "message";
}

bool parse_web_error_line(std::string_view line, WebErrorLine& out) {
  constexpr size_t kShortest = 3;
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  if (line.size() < kShortest) {
    return false;
  }
  WebErrorLine parsed;
  if (!parse_head(line, parsed)) {
    parsed = WebErrorLine();
    if (!parse_headless(line, parsed)) {
      return false;
    }
  }
  out = parsed;
  return true;
}

}  // namespace genba::parse
