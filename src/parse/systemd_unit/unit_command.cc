// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "parse/systemd_unit/systemd_unit.h"
#include "parse/text_lines/text_lines.h"

namespace genba::parse {

namespace {

// Prefixes of systemd.service(5), "|" since release 258.
constexpr std::string_view kPrefixes = "-@:+!|";

constexpr std::string_view kTypes[] = {"service", "socket", "device", "mount", "automount", "swap",
                                       "target",  "path",   "timer",  "slice", "scope"};

/// Longest name that systemd loads (UNIT_NAME_MAX).
constexpr size_t kMaxName = 255;

/// Takes a word with its quotes off the front of `rest`.
std::string take_quoted_word(std::string_view& rest) {
  std::string word;
  char quote = '\0';
  size_t i = 0;
  for (; i < rest.size() && (quote != '\0' || !is_blank(rest[i])); ++i) {
    const char c = rest[i];
    if (c == '\\' && i + 1 < rest.size()) {
      word += rest[++i];
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote != '\0' && c == quote) {
      quote = '\0';
    } else {
      word += c;
    }
  }
  rest = trim_front(rest.substr(i));
  return word;
}

}  // namespace

std::vector<std::string> split_commands(std::string_view value) {
  std::vector<std::string> commands;
  std::string_view rest = trim_front(value);
  std::string_view command = rest;
  const auto add = [&](size_t length) {
    const std::string_view text = trim_back(command.substr(0, length));
    if (!text.empty()) {
      commands.emplace_back(text);
    }
  };
  while (!rest.empty()) {
    const size_t length = command.size() - rest.size();
    const bool separator = rest[0] == ';' && (rest.size() == 1 || is_blank(rest[1]));
    take_quoted_word(rest);
    if (separator) {
      add(length);
      command = rest;
    }
  }
  add(command.size());
  return commands;
}

std::optional<std::string> command_program(std::string_view command) {
  command = trim_front(command);
  const std::string word = take_quoted_word(command);
  const size_t start = word.find_first_not_of(kPrefixes);
  return start == std::string::npos ? std::nullopt : std::optional(word.substr(start));
}

std::optional<std::string> UnitName::template_name() const {
  if (!instance) {
    return std::nullopt;
  }
  return std::string(prefix) + "@." + std::string(type);
}

std::optional<UnitName> parse_unit_name(std::string_view name) {
  constexpr std::string_view kCharacters =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:-_.\\@";
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || name.size() > kMaxName ||
      name.find_first_not_of(kCharacters) != std::string_view::npos) {
    return std::nullopt;
  }
  UnitName result;
  result.type = name.substr(dot + 1);
  if (std::find(std::begin(kTypes), std::end(kTypes), result.type) == std::end(kTypes)) {
    return std::nullopt;
  }
  const std::string_view stem = name.substr(0, dot);
  const size_t at = stem.find('@');
  result.prefix = stem.substr(0, at);
  if (at != std::string_view::npos) {
    result.instance = stem.substr(at + 1);
  }
  return result.prefix.empty() ? std::nullopt : std::optional(result);
}

}  // namespace genba::parse
