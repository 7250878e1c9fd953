// SPDX-License-Identifier: Apache-2.0
#include "parse/glob/glob.h"

#include <cstddef>

namespace genba::parse {

namespace {

/// Matches `c` against the set that opens at `position`; moves behind the set. False, and
/// `position` kept, in `is_set` when there is no closing bracket.
bool matches_set(std::string_view pattern, size_t& position, char c, bool& is_set) {
  size_t i = position + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  i += negated ? 1 : 0;
  bool found = false;
  for (bool first = true; i < pattern.size() && (first || pattern[i] != ']'); first = false, ++i) {
    const auto low = static_cast<unsigned char>(pattern[i]);
    auto high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      high = static_cast<unsigned char>(pattern[i + 2]);
      i += 2;
    }
    const auto byte = static_cast<unsigned char>(c);
    found = found || (byte >= low && byte <= high);
  }
  is_set = i < pattern.size();
  if (is_set) {
    position = i + 1;
  }
  return found != negated;
}

/// Matches one character at `position` and moves behind what matched it.
bool matches_one(std::string_view pattern, size_t& position, char c) {
  if (pattern[position] == '[') {
    bool is_set = false;
    const bool matched = matches_set(pattern, position, c, is_set);
    if (is_set) {
      return matched;
    }
  }
  if (pattern[position] == '\\' && position + 1 < pattern.size()) {
    ++position;
    return pattern[position++] == c;
  }
  const char wanted = pattern[position++];
  return wanted == '?' || wanted == c;
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view name) {
  if (!name.empty() && name[0] == '.' && (pattern.empty() || pattern[0] != '.')) {
    return false;
  }
  size_t p = 0;
  size_t n = 0;
  size_t star = std::string_view::npos;
  size_t star_name = 0;
  while (n < name.size()) {
    size_t next = p;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_name = n;
    } else if (p < pattern.size() && matches_one(pattern, next, name[n])) {
      p = next;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_name;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') {
    ++p;
  }
  return p == pattern.size();
}

bool is_glob(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

}  // namespace genba::parse
