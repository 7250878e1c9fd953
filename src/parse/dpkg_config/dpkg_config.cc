// SPDX-License-Identifier: Apache-2.0
#include "parse/dpkg_config/dpkg_config.h"

#include <optional>

#include "base/cursor.h"
#include "base/split.h"

namespace genba::parse {

namespace {

constexpr size_t kMaxFilters = 1000;
constexpr size_t kMaxPattern = 4096;

unsigned char as_byte(char c) {
  return static_cast<unsigned char>(c);
}

// Length of the bracket expression at the start of `pattern` when it is one, and whether it holds
// c.
struct Bracket {
  size_t length;
  bool matched;
};
std::optional<Bracket> match_bracket(std::string_view pattern, char c) {
  size_t at = 1;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  at += negated ? 1 : 0;
  bool matched = false;
  for (bool first = true; at < pattern.size(); first = false) {
    if (pattern[at] == ']' && !first) {
      return Bracket{at + 1, matched != negated};
    }
    at += pattern[at] == '\\' && at + 1 < pattern.size() ? 1 : 0;
    const unsigned char low = as_byte(pattern[at++]);
    unsigned char high = low;
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
      high = as_byte(pattern[at + 1]);
      at += 2;
    }
    matched = matched || (low <= as_byte(c) && as_byte(c) <= high);
  }
  return std::nullopt;
}

// How many bytes of the pattern match this one character; 0 when they do not.
size_t match_one(std::string_view pattern, char c) {
  if (pattern.empty()) {
    return 0;
  }
  if (pattern.front() == '?') {
    return 1;
  }
  if (pattern.front() == '[') {
    if (const auto bracket = match_bracket(pattern, c)) {
      return bracket->matched ? bracket->length : 0;
    }
  }
  if (pattern.front() == '\\' && pattern.size() > 1) {
    return pattern[1] == c ? 2 : 0;
  }
  return pattern.front() == c ? 1 : 0;
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  // Only the last star needs to be tried again: an earlier one has matched as little as it can.
  size_t star = std::string_view::npos;
  size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
      continue;
    }
    if (const size_t used = match_one(pattern.substr(p), text[t]); used > 0) {
      p += used;
      ++t;
      continue;
    }
    if (star == std::string_view::npos) {
      return false;
    }
    p = star + 1;
    t = ++star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') {
    ++p;
  }
  return p == pattern.size();
}

void DpkgPathFilters::add_file(std::string_view bytes) {
  base::Lines lines(bytes);
  while (const auto line = lines.next()) {
    const std::string_view text = base::trim(line->text);
    const size_t end = text.find_first_of("= \t");
    if (text.empty() || text.front() == '#' || end == std::string_view::npos) {
      continue;
    }
    const std::string_view name = text.substr(0, end);
    std::string_view value = base::trim(text.substr(end + 1));
    if (value.starts_with('=')) {
      value = base::trim(value.substr(1));
    }
    if (value.size() >= 2 && value.front() == value.back() && value.front() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    const bool exclude = name == "path-exclude";
    if ((exclude || name == "path-include") && filters_.size() < kMaxFilters && !value.empty() &&
        value.size() <= kMaxPattern) {
      filters_.push_back(
          {exclude ? Filter::Kind::kExclude : Filter::Kind::kInclude, std::string(value)});
    }
  }
}

bool DpkgPathFilters::excludes(std::string_view path) const {
  for (auto filter = filters_.rbegin(); filter != filters_.rend(); ++filter) {
    if (matches_glob(filter->pattern, path)) {
      return filter->kind == Filter::Kind::kExclude;
    }
  }
  return false;
}

}  // namespace genba::parse
