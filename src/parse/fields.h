// SPDX-License-Identifier: Apache-2.0
//
// Taking lines and fields off a text, one by one, without ever leaving the span. Every function
// takes what is left of the text and moves it forward. No copies. Covered by fields_test.cc and
// through every text parser's own tests and fuzz target.
#pragma once

#include <cstddef>
#include <string_view>

namespace genba::parse {

/// The next line without its newline; `rest` moves past it. Call while `rest` is not empty.
inline std::string_view next_line(std::string_view& rest) {
  const size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

/// The next field between spaces and tabs; empty when none is left.
inline std::string_view next_field(std::string_view& rest) {
  size_t begin = 0;
  while (begin < rest.size() && (rest[begin] == ' ' || rest[begin] == '\t')) {
    ++begin;
  }
  size_t end = begin;
  while (end < rest.size() && rest[end] != ' ' && rest[end] != '\t') {
    ++end;
  }
  const std::string_view field = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return field;
}

/// The text before `mark`, or all of it; `rest` moves past the mark.
inline std::string_view next_until(std::string_view& rest, char mark) {
  const size_t end = rest.find(mark);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

}  // namespace genba::parse
