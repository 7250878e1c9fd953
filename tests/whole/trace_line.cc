// SPDX-License-Identifier: Apache-2.0
#include "whole/trace_line.h"

#include <algorithm>

#include "base/number.h"

namespace genba::test {

namespace {

// The text in the first quotes.
std::string_view quoted(std::string_view text) {
  const size_t open = text.find('"');
  const size_t close = open == std::string_view::npos ? open : text.find('"', open + 1);
  return close == std::string_view::npos ? std::string_view()
                                         : text.substr(open + 1, close - open - 1);
}

}  // namespace

std::optional<TracedCall> parse_traced_call(std::string_view line) {
  const size_t start = line.find_first_not_of("0123456789 ");
  if (start == std::string_view::npos || line[start] == '+' || line[start] == '-' ||
      line[start] == '<') {
    return std::nullopt;
  }
  const size_t open = line.find('(', start);
  if (open == std::string_view::npos) {
    return std::nullopt;
  }
  return TracedCall{line.substr(start, open - start), line.substr(open + 1)};
}

std::optional<int64_t> cloned_process(std::string_view line) {
  const size_t start = line.find_first_not_of("0123456789 ");
  const std::string_view text =
      start == std::string_view::npos ? std::string_view() : line.substr(start);
  const size_t result = text.rfind(") = ");
  if ((!text.starts_with("clone") && !text.starts_with("<... clone")) ||
      result == std::string_view::npos) {
    return std::nullopt;
  }
  return base::parse_number<int64_t>(text.substr(result + 4));
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool starts_with_any(std::string_view path, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(), [&](const std::string& beginning) {
    return path.substr(0, beginning.size()) == beginning;
  });
}

std::string_view descriptor_target(std::string_view arguments) {
  const size_t open = arguments.find('<');
  const size_t close = arguments.find_first_of(">,)", open == std::string_view::npos ? 0 : open);
  return open == std::string_view::npos || close == std::string_view::npos
             ? std::string_view()
             : arguments.substr(open + 1, close - open - 1);
}

std::string full_path(std::string_view arguments) {
  const std::string_view path = quoted(arguments);
  if (path.substr(0, 1) == "/") {
    return std::string(path);
  }
  return std::string(descriptor_target(arguments)) + "/" + std::string(path);
}

}  // namespace genba::test
