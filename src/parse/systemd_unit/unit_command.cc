// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstdint>
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

/// Appends a code point as UTF-8. False for none that text may hold.
bool append_code_point(uint32_t code, std::string& out) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (code >> shift & 0x3F)); };
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
    return false;
  }
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
  return true;
}

/// How an escape's number is written: its digits, their base, and whether it is a code point.
struct NumberForm {
  size_t skip;
  size_t digits;
  int base;
  bool code_point;
};

std::optional<NumberForm> number_form(char c) {
  switch (c) {
    case 'x': return NumberForm{1, 2, 16, false};
    case 'u': return NumberForm{1, 4, 16, true};
    case 'U': return NumberForm{1, 8, 16, true};
    default: return c >= '0' && c <= '7' ? std::optional(NumberForm{0, 3, 8, false}) : std::nullopt;
  }
}

/// Decodes the escape behind a backslash and returns its length; 0, appending nothing, for one that
/// systemd does not know and so leaves as it is.
size_t take_escape(std::string_view text, std::string& out) {
  constexpr std::string_view kNames = "abfnrtvs\\\"'";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v \\\"'";
  if (text.empty()) {
    return 0;
  }
  if (const size_t simple = kNames.find(text[0]); simple != std::string_view::npos) {
    out += kMeanings[simple];
    return 1;
  }
  const auto form = number_form(text[0]);
  if (!form || text.size() < form->skip + form->digits) {
    return 0;
  }
  uint32_t number = 0;
  const char* begin = text.data() + form->skip;
  const auto [end, error] = std::from_chars(begin, begin + form->digits, number, form->base);
  if (error != std::errc() || end != begin + form->digits) {
    return 0;
  }
  if (form->code_point) {
    return append_code_point(number, out) ? form->skip + form->digits : 0;
  }
  if (number == 0 || number > 0xFF) {
    return 0;
  }
  out += static_cast<char>(number);
  return form->skip + form->digits;
}

/// Takes a word with its quotes and escapes off the front of `rest`.
std::string take_quoted_word(std::string_view& rest) {
  std::string word;
  char quote = '\0';
  size_t i = 0;
  for (; i < rest.size() && (quote != '\0' || !is_blank(rest[i])); ++i) {
    const char c = rest[i];
    if (c == '\\' && i + 1 < rest.size()) {
      if (const size_t length = take_escape(rest.substr(i + 1), word)) {
        i += length;
      } else {
        word.append(rest.substr(i++, 2));
      }
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

std::string decode_escapes(std::string_view command) {
  std::string text;
  for (size_t i = 0; i < command.size(); ++i) {
    if (command[i] != '\\') {
      text += command[i];
    } else if (const size_t length = take_escape(command.substr(i + 1), text)) {
      i += length;
    } else {
      text.append(command.substr(i++, 2));
    }
  }
  return text;
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
