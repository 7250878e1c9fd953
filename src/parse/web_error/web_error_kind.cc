// SPDX-License-Identifier: Apache-2.0
#include <cstddef>

#include "base/number.h"
#include "parse/web_error/web_error_parts.h"

namespace genba::parse {

namespace {

constexpr size_t kNone = std::string_view::npos;

/// The text between the first quote of `mark` and its twin.
std::string_view quoted(std::string_view text, char mark) {
  const size_t begin = text.find(mark);
  if (begin == kNone) {
    return {};
  }
  return text.substr(begin + 1, text.find(mark, begin + 1) - begin - 1);
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != kNone;
}

/// Whether the signal comes from the child itself: an administrator, the kernel's killer of memory
/// hogs or the server send the other two.
bool is_crash_signal(int64_t signal) {
  constexpr int64_t kKill = 9;
  constexpr int64_t kTerminate = 15;
  return signal > 0 && signal != kKill && signal != kTerminate;
}

/// The number behind `mark` in `text`; -1 without.
int64_t number_behind(std::string_view text, std::string_view mark) {
  const size_t at = text.find(mark);
  if (at == kNone) {
    return -1;
  }
  text.remove_prefix(at + mark.size());
  return base::parse_prefix<int64_t>(text).value_or(-1);
}

/// Whether the text ends in " on line 12".
bool ends_on_line(std::string_view text) {
  constexpr std::string_view kLine = " on line ";
  const size_t last = text.find_last_not_of("0123456789");
  return last != kNone && last + 1 < text.size() && text.substr(0, last + 1).ends_with(kLine);
}

/// The text without the referrer that Apache adds. A visitor chooses what that holds, and often a
/// part of the message too: the message is what ends as PHP's do.
std::string_view without_referrer(std::string_view text) {
  constexpr std::string_view kReferrer = ", referer: ";
  for (size_t at = text.find(kReferrer); at != kNone; at = text.find(kReferrer, at + 1)) {
    if (ends_on_line(text.substr(0, at))) {
      return text.substr(0, at);
    }
  }
  return text;
}

/// The path in PHP's " in PATH on line N", the last one.
std::string_view php_script(std::string_view text) {
  constexpr std::string_view kIn = " in ";
  constexpr size_t kLongestPath = 4096;  // PATH_MAX
  text = without_referrer(text);
  size_t end = text.rfind(" on line ");
  if (end == kNone) {
    // An uncaught exception: "… in /x.php:12", with its stack trace behind or on other lines.
    end = text.rfind(':', text.find("\\nStack trace:"));
    if (end == kNone || end + 1 == text.size() || text[end + 1] < '0' || text[end + 1] > '9') {
      return {};
    }
  }
  text = text.substr(0, end);
  const size_t from = text.size() > kLongestPath ? text.size() - kLongestPath : 0;
  const size_t begin = text.substr(from).rfind(kIn);
  if (begin == kNone) {
    return {};
  }
  const std::string_view path = text.substr(from + begin + kIn.size());
  // "/x.php(3) : eval()'d code": the file that called eval.
  const size_t code = path.find(") : eval()'d code");
  const size_t bracket = code == kNone ? kNone : path.rfind('(', code);
  return path.substr(0, bracket);
}

/// Takes the wrappers off a text that somebody else wrote to stderr, and says whether there was
/// one.
bool unwrap(std::string_view& text) {
  constexpr std::string_view kWrappers[] = {
      "FastCGI sent in stderr: \"",
      "said into stderr: \"",
      "Got error '",
      "NOTICE: ",
      "PHP message: ",
  };
  bool wrapped = false;
  for (const std::string_view wrapper : kWrappers) {  // in the order in which they can stand
    wrapped = skip_mark(text, wrapper) || wrapped;
  }
  return wrapped;
}

/// Moves over "AH00126: " and the system's "(2)No such file or directory: ".
void skip_apache_code(std::string_view& text) {
  constexpr size_t kCode = sizeof("AH00126: ") - 1;
  constexpr size_t kLongest = 160;  // strerror's longest texts are half of that
  if (text.starts_with('(')) {
    const size_t end = text.find_first_not_of("0123456789", 1);
    const size_t colon = text.substr(0, kLongest).find(": ");
    if (end != kNone && end > 1 && text[end] == ')' && colon != kNone) {
      text.remove_prefix(colon + 2);
    }
  }
  if (text.size() >= kCode && text.starts_with("AH") && text.substr(kCode - 2, 2) == ": ") {
    text.remove_prefix(kCode);
  }
}

/// What the server says of itself, which no visitor can make it say: lines without a client.
WebErrorKind apache_own_kind(std::string_view text) {
  if (text.starts_with("child pid ")) {
    const size_t name = text.find(" exit signal ");
    const bool outside = name == kNone || contains(text, "exit signal Killed") ||
                         contains(text, "exit signal Terminated");
    return outside ? WebErrorKind::kMessage : WebErrorKind::kCrash;
  }
  if (contains(text, " configured -- resuming normal operations") ||
      text.starts_with("Graceful restart requested") || text.starts_with("SIGUSR1 received") ||
      text.starts_with("SIGHUP received")) {
    return WebErrorKind::kStart;
  }
  if (text.starts_with("caught SIG") && contains(text, "shutting down")) {
    return WebErrorKind::kStop;
  }
  return WebErrorKind::kMessage;
}

WebErrorKind apache_request_kind(std::string_view text) {
  if (text.starts_with("client denied by server configuration") ||
      text.starts_with("ModSecurity: Access denied") ||
      text.starts_with("Cannot serve directory ") ||
      text.starts_with("Directory index forbidden") || text.starts_with("authorization failure")) {
    return WebErrorKind::kDenied;
  }
  if (text.starts_with("user ") &&
      (contains(text, " not found: ") || contains(text, ": authentication failure for ") ||
       contains(text, "Password Mismatch") || contains(text, ": password mismatch: "))) {
    return WebErrorKind::kLoginFailed;
  }
  if (text.starts_with("File does not exist: ") || text.starts_with("script '") ||
      text.starts_with("script not found or unable to stat") ||
      text.starts_with("Primary script unknown")) {
    return WebErrorKind::kMissing;
  }
  if (text.starts_with("Invalid URI in request") || text.starts_with("Invalid method in request") ||
      text.starts_with("request failed: ") || text.starts_with("Invalid protocol ")) {
    return WebErrorKind::kBadRequest;
  }
  return WebErrorKind::kMessage;
}

WebErrorKind nginx_own_kind(std::string_view text) {
  if (text.starts_with("worker process ") && contains(text, " exited on signal ")) {
    return is_crash_signal(number_behind(text, " exited on signal ")) ? WebErrorKind::kCrash
                                                                      : WebErrorKind::kMessage;
  }
  if (text.starts_with("start worker processes") || text.starts_with("reconfiguring")) {
    return WebErrorKind::kStart;
  }
  if (text == "exiting" || text == "exit" || text.starts_with("gracefully shutting down")) {
    return WebErrorKind::kStop;
  }
  return WebErrorKind::kMessage;
}

WebErrorKind nginx_request_kind(std::string_view text) {
  if (text.starts_with("access forbidden by rule") ||
      (text.starts_with("directory index of \"") && text.ends_with("\" is forbidden"))) {
    return WebErrorKind::kDenied;
  }
  if (text.starts_with("limiting requests") || text.starts_with("limiting connections")) {
    return WebErrorKind::kLimited;
  }
  if (text.starts_with("client login failed: ") ||
      (text.starts_with("user \"") &&
       (contains(text, "\" was not found in \"") || contains(text, "\": password mismatch")))) {
    return WebErrorKind::kLoginFailed;
  }
  if (text.ends_with("(2: No such file or directory)") ||
      text.starts_with("Primary script unknown")) {
    return WebErrorKind::kMissing;
  }
  if (text.starts_with("client sent ") || text.starts_with("client intended to send too large")) {
    return WebErrorKind::kBadRequest;
  }
  return WebErrorKind::kMessage;
}

}  // namespace

bool judge_php_text(std::string_view text, WebErrorLine& line) {
  constexpr std::string_view kTypes[] = {
      "Warning:",     "Notice:",           "Fatal error:",    "Deprecated:",
      "Parse error:", "Recoverable fatal", "Catchable fatal", "Strict Standards:",
      "Core ",        "Compile ",          "User ",           "Startup:",
      "Stack trace:", "Unknown error:"};
  if (!skip_mark(text, "PHP ")) {
    return false;
  }
  for (const std::string_view type : kTypes) {
    if (text.starts_with(type)) {
      line.kind = WebErrorKind::kPhp;
      line.script = php_script(text);
      return true;
    }
  }
  return false;
}

void judge_apache_message(WebErrorLine& line) {
  std::string_view text = line.message;
  skip_apache_code(text);
  (void)unwrap(text);
  if (skip_mark(text, "stderr from ")) {  // mod_cgid: "stderr from /usr/lib/cgi-bin/x: text"
    const size_t end = text.find(": ");
    line.script = text.substr(0, end);
    text.remove_prefix(end == kNone ? text.size() : end + 2);
  }
  if (judge_php_text(text, line) || judge_tool_text(text, line)) {
    return;
  }
  line.kind = apache_request_kind(text);
  if (line.kind == WebErrorKind::kMessage && line.client.empty()) {
    line.kind = apache_own_kind(text);
  }
  if (line.kind == WebErrorKind::kMissing && text.starts_with("script '")) {
    line.script = quoted(text, '\'');
  }
  if (skip_mark(text, "Invalid URI in request ") || skip_mark(text, "Invalid method in request ")) {
    line.request = text;
  }
}

void judge_nginx_message(WebErrorLine& line) {
  std::string_view text = line.message;
  if (unwrap(text) && (judge_php_text(text, line) || judge_tool_text(text, line))) {
    return;
  }
  line.kind = nginx_request_kind(text);
  if (line.kind == WebErrorKind::kMessage && line.client.empty()) {
    line.kind = nginx_own_kind(text);
  }
  if (line.kind == WebErrorKind::kMissing && text.starts_with("open() \"")) {
    const std::string_view path = quoted(text, '"');
    line.script = path.ends_with(".php") ? path : std::string_view();
  }
}

void judge_fpm_message(WebErrorLine& line) {
  std::string_view text = line.message;
  if (skip_mark(text, "[pool ")) {
    const size_t end = text.find("] ");
    line.module = text.substr(0, end);
    text.remove_prefix(end == kNone ? text.size() : end + 2);
  }
  if (skip_mark(text, "child ")) {
    line.pid = base::parse_prefix<int64_t>(text).value_or(-1);
    skip_mark(text, " ");
    if (skip_mark(text, ", script '")) {  // the slow log's and a timeout's lines
      line.script = text.substr(0, text.find('\''));
    }
  }
  if (unwrap(text) && (judge_php_text(text, line) || judge_tool_text(text, line))) {
    return;
  }
  if (text.starts_with("exited on signal ")) {
    line.kind = is_crash_signal(number_behind(text, "exited on signal ")) ? WebErrorKind::kCrash
                                                                          : WebErrorKind::kMessage;
  } else if (text.starts_with("fpm is running") || text.starts_with("ready to handle") ||
             text.starts_with("Reloading in progress")) {
    line.kind = WebErrorKind::kStart;
  } else if (text.starts_with("Terminating ") || text.starts_with("exiting, bye-bye") ||
             text.starts_with("Finishing ")) {
    line.kind = WebErrorKind::kStop;
  }
}

}  // namespace genba::parse
