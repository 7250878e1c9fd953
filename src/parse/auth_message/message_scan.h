// SPDX-License-Identifier: Apache-2.0
//
// Small steps through one log message, for the readers of auth_message and system_message: take a
// known text off the front, take what stands before a text, find the last place of a text. All of
// them are inline, allocate nothing and look at each byte a fixed number of times, since they run
// over every line of a log. Not for files: text_lines is. Covered by message_scan_test.cc.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/number.h"

namespace genba::parse {

/// Takes `prefix` off the front of `text`; false, and `text` untouched, when it starts otherwise.
inline bool consume(std::string_view& text, std::string_view prefix) {
  if (text.size() < prefix.size() || std::memcmp(text.data(), prefix.data(), prefix.size()) != 0) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

/// Takes `suffix` off the end of `text`; false, and `text` untouched, when it ends otherwise.
inline bool consume_end(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) {
    return false;
  }
  text.remove_suffix(suffix.size());
  return true;
}

/// Where `needle` (not empty) stands last in `text`, or npos. Walks backwards and compares whole
/// only where two bytes agree: the places looked for are near a line's end.
inline size_t find_last(std::string_view text, std::string_view needle) {
  if (text.size() < needle.size()) {
    return std::string_view::npos;
  }
  const char first = needle.front();
  const char last = needle.back();
  const size_t back = needle.size() - 1;
  for (size_t at = text.size() - needle.size() + 1; at-- > 0;) {
    if (text[at] == first && text[at + back] == last &&
        std::memcmp(text.data() + at, needle.data(), needle.size()) == 0) {
      return at;
    }
  }
  return std::string_view::npos;
}

/// Takes what stands before the first `delimiter` off the front of `text`, and the delimiter with
/// it. Nothing, and `text` untouched, without the delimiter.
inline std::optional<std::string_view> take_before(std::string_view& text,
                                                   std::string_view delimiter) {
  const size_t at = text.find(delimiter);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view before = text.substr(0, at);
  text.remove_prefix(at + delimiter.size());
  return before;
}

/// The same with the last `delimiter`: what stands before it is given, what stands behind it stays.
inline std::optional<std::string_view> take_before_last(std::string_view& text,
                                                        std::string_view delimiter) {
  const size_t at = find_last(text, delimiter);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view before = text.substr(0, at);
  text.remove_prefix(at + delimiter.size());
  return before;
}

/// `text` up to `delimiter`, or all of it.
inline std::string_view before(std::string_view text, std::string_view delimiter) {
  return text.substr(0, text.find(delimiter));
}

/// `text` without spaces in front.
inline std::string_view skip_spaces(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && text[at] == ' ') {
    ++at;
  }
  return text.substr(at);
}

/// `text` without the spaces, newlines and carriage returns that a transport may leave behind.
inline std::string_view trim_line_end(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

/// "/usr/sbin/cron" as "cron".
inline std::string_view program_base_name(std::string_view program) {
  const size_t slash = program.rfind('/');
  return slash == std::string_view::npos ? program : program.substr(slash + 1);
}

/// The name in front of `text`, in quotes 'x' or `x'; takes it off with both quotes. It ends at the
/// first closing quote. Nothing, and `text` untouched, when there are no such quotes.
inline std::optional<std::string_view> take_quoted(std::string_view& text) {
  if (text.empty() || (text.front() != '\'' && text.front() != '`')) {
    return std::nullopt;
  }
  const size_t end = text.find('\'', 1);
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view name = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  return name;
}

}  // namespace genba::parse
