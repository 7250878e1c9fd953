// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <iterator>

#include "parse/web_error/web_error_parts.h"

namespace genba::parse {

namespace {

constexpr size_t kNone = std::string_view::npos;

/// Programs that put their own name and a colon in front of what they write to stderr, and that a
/// web server has little reason to start. Sorted. From field/logs.md 48 and the programs of
/// coreutils, procps, net-tools and util-linux that web shells are seen to use.
constexpr std::string_view kTools[] = {
    "ash",      "awk",      "base64",  "bash",    "busybox", "cat",    "cc1",      "chattr",
    "chmod",    "chown",    "cp",      "crontab", "curl",    "dash",   "dd",       "dig",
    "find",     "ftp",      "gcc",     "grep",    "gzip",    "head",   "hostname", "id",
    "ifconfig", "iptables", "kill",    "killall", "ksh",     "ln",     "ls",       "lwp-download",
    "mkdir",    "mkfifo",   "mv",      "nc",      "ncat",    "netcat", "netstat",  "nohup",
    "nslookup", "openssl",  "passwd",  "perl",    "pgrep",   "ping",   "pkill",    "ps",
    "pwd",      "python",   "python2", "python3", "rbash",   "rm",     "rmdir",    "ruby",
    "scp",      "sed",      "setsid",  "sh",      "socat",   "ss",     "ssh",      "sudo",
    "tail",     "tar",      "tee",     "tftp",    "timeout", "touch",  "uname",    "unzip",
    "useradd",  "wc",       "wget",    "whoami",  "xargs",   "zsh",
};
static_assert(std::is_sorted(std::begin(kTools), std::end(kTools)));

/// "sh: 1: nc: not found", "/bin/sh: line 1: …", "-bash: …", "chmod: cannot access '/tmp/x'": the
/// name in front of the first colon, when it is a known tool's.
std::string_view speaking_tool(std::string_view text) {
  constexpr size_t kLongest = 64;
  const size_t colon = text.substr(0, kLongest).find(": ");
  if (colon == kNone) {
    return {};
  }
  std::string_view name = text.substr(0, colon);
  const size_t slash = name.rfind('/');
  name.remove_prefix(slash == kNone ? 0 : slash + 1);
  name.remove_prefix(name.starts_with('-') ? 1 : 0);  // a login shell
  return std::binary_search(std::begin(kTools), std::end(kTools), name) ? name : std::string_view();
}

/// "--2026-11-08 03:12:09--  http://203.0.113.5/x.sh" and, when done, "2026-11-08 03:12:09 (1.2
/// MB/s) - '/tmp/x' saved [1234/1234]".
bool is_timed_wget(std::string_view text, WebErrorLine& line) {
  constexpr size_t kTime = sizeof("2026-11-08 03:12:09") - 1;
  const bool starting = skip_mark(text, "--");
  std::string_view front = text.substr(0, kTime);
  LogTime time;
  if (!take_iso_time(front, time) || !front.empty()) {
    return false;
  }
  text.remove_prefix(kTime);
  if (starting ? !text.starts_with("--  ")
               : !text.starts_with(" (") || text.find(" saved [") == kNone) {
    return false;
  }
  line.time = time;
  line.has_time = true;
  return true;
}

/// What wget tells of a download line by line.
bool is_wget(std::string_view text) {
  if (text.starts_with("Resolving ")) {
    return text.find("... ") != kNone || text.ends_with("...");
  }
  if (text.starts_with("Connecting to ")) {
    return text.find("... ") != kNone || text.ends_with("...");
  }
  return text.starts_with("HTTP request sent, awaiting response") ||
         (text.starts_with("Length: ") && text.ends_with(']')) || text.starts_with("Saving to: ") ||
         (text.ends_with(']') && text.find(" saved [") != kNone);
}

/// curl's table of progress: its two headings, and rows of numbers, which a carriage return and not
/// a newline puts apart.
bool is_curl_table(std::string_view text) {
  constexpr size_t kShortRow = 60;  // a row has 78 or 79 columns
  if (text.starts_with("  % Total    % Received") ||
      text.ends_with("Dload  Upload   Total   Spent    Left  Speed")) {
    return true;
  }
  text.remove_prefix(text.starts_with('\r') ? 1 : 0);
  const std::string_view row = text.substr(0, text.find('\r'));
  return row.size() >= kShortRow && row[0] == ' ' && row.find("--:--:--") != kNone &&
         row.find_first_not_of(" 0123456789:-.kMGTP") == kNone;
}

}  // namespace

bool judge_tool_text(std::string_view text, WebErrorLine& line) {
  std::string_view tool = speaking_tool(text);
  if (tool.empty() && (is_timed_wget(text, line) || is_wget(text))) {
    tool = "wget";
  } else if (tool.empty() && is_curl_table(text)) {
    tool = "curl";
  } else if (tool.empty() && text.starts_with("ERROR: ld.so: object ")) {
    tool = "ld.so";  // a preloaded library that is gone: started by whatever the server started
  } else if (tool.empty() && text == "Traceback (most recent call last):") {
    tool = "python";
  }
  if (tool.empty()) {
    return false;
  }
  line.kind = WebErrorKind::kShell;
  line.tool = tool;
  return true;
}

}  // namespace genba::parse
