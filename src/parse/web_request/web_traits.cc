// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "parse/web_request/web_request.h"
#include "parse/web_request/web_words.h"

namespace genba::parse {

namespace {

const WordFinder& target_finder() {
  static const WordFinder kFinder(target_words());
  return kFinder;
}

bool is_in_place(const Word& word, size_t end, const DecodedTarget& target) {
  switch (word.where) {
    case Where::kAnywhere: return true;
    case Where::kPath: return end <= target.path_size;
    case Where::kQuery: return end > target.path_size;
    case Where::kPathEnd: return end == target.path_size;
    case Where::kSegmentEnd:
      return end == target.path_size ||
             (end < target.path_size &&
              (target.text[end] == '/' || target.text[end] == ';' || target.text[end] == '\0'));
  }
  return false;
}

/// Names of parameters that web shells and command-injection holes take a command in. From
/// field/logs.md 45-47 and the default parameters of public web shells.
constexpr std::string_view kCommandNames[] = {"c",   "cmd",   "command", "exec", "execute",
                                              "run", "shell", "system",  "x"};
static_assert(std::is_sorted(std::begin(kCommandNames), std::end(kCommandNames)));

/// Commands that say something alone, and are words of no menu.
constexpr std::string_view kLoneCommands[] = {"dir", "env",     "id",    "ifconfig", "ipconfig",
                                              "ls",  "netstat", "ps",    "pwd",      "uname",
                                              "ver", "w",       "whoami"};
static_assert(std::is_sorted(std::begin(kLoneCommands), std::end(kLoneCommands)));

/// Commands that need something behind them.
constexpr std::string_view kLeadingCommands[] = {
    "bash",     "cat",   "cd",   "chmod",    "cp",         "curl",   "cmd.exe", "echo",
    "find",     "grep",  "kill", "mkdir",    "mv",         "nc",     "net",     "nohup",
    "nslookup", "perl",  "php",  "ping",     "powershell", "python", "python3", "rm",
    "sh",       "sleep", "tar",  "tasklist", "touch",      "type",   "wget"};

template <size_t kCount>
bool is_one_of(std::string_view word, const std::string_view (&list)[kCount]) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

/// "id", "ls -la", "/bin/cat /etc/hosts", "ver; uname -a", "x|id". A command alone counts from
/// `shortest` letters on.
bool has_shell_words(std::string_view value, size_t shortest) {
  constexpr size_t kLongestCommand = 64;
  std::string_view word = value.substr(0, std::min(value.find_first_of(" \t;|&`"), value.size()));
  if (word.size() > kLongestCommand) {
    return false;
  }
  const std::string_view behind = value.substr(word.size());
  const size_t slash = word.rfind('/');
  word.remove_prefix(slash == std::string_view::npos ? 0 : slash + 1);
  if (is_one_of(word, kLoneCommands)) {
    return !behind.empty() || word.size() >= shortest;
  }
  if (is_one_of(word, kLeadingCommands)) {
    return behind.size() > 1;
  }
  const size_t joint = behind.find_first_of(";|`");
  if (joint == std::string_view::npos) {
    return false;
  }
  std::string_view next = behind.substr(joint + 1);
  next.remove_prefix(std::min(next.find_first_not_of(" \t;|&`"), next.size()));
  next = next.substr(0, std::min(next.find_first_of(" \t;|&`"), kLongestCommand));
  return is_one_of(next, kLoneCommands) || is_one_of(next, kLeadingCommands);
}

}  // namespace

bool has_command_parameter(std::string_view query) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) {
      continue;
    }
    // "c=id" and "c=ps" are countries.
    const size_t shortest = equals == 1 ? 3 : 1;
    if (is_one_of(parameter.substr(0, equals), kCommandNames) &&
        has_shell_words(parameter.substr(equals + 1), shortest)) {
      return true;
    }
  }
  return false;
}

WebTraits find_web_traits(const DecodedTarget& target) {
  uint32_t bits = 0;
  target_finder().find(target.text, [&](const Word& word, size_t end) {
    if (!is_in_place(word, end, target)) {
      return;
    }
    bits |= word.bits;
    // From left to right: the place was seen before the script in it.
    if (word.bits == static_cast<uint16_t>(WebTrait::kScript) && (bits & kUploadPlace) != 0) {
      bits |= static_cast<uint16_t>(WebTrait::kScriptInUploadPlace);
    }
  });
  WebTraits traits{static_cast<uint16_t>(bits & ~uint32_t{kUploadPlace})};
  if (target.path_size < target.text.size() &&
      has_command_parameter(target.text.substr(target.path_size + 1))) {
    traits.add(WebTrait::kCommandParameter);
  }
  return traits;
}

WebTraits find_header_traits(std::string_view header, std::span<char> buffer) {
  DecodedTarget decoded = decode_target(header, buffer);
  decoded.path_size = 0;  // all of it counts as a query
  uint32_t bits = 0;
  target_finder().find(decoded.text, [&](const Word& word, size_t end) {
    bits |= is_in_place(word, end, decoded) ? word.bits : 0U;
  });
  constexpr uint32_t kWanted = static_cast<uint32_t>(WebTrait::kSqlInjection) |
                               static_cast<uint32_t>(WebTrait::kCodeInjection);
  return {static_cast<uint16_t>(bits & kWanted)};
}

}  // namespace genba::parse
