// SPDX-License-Identifier: Apache-2.0
#include "render/phrases.h"

#include <optional>
#include <vector>

namespace genba::render {

namespace {

// The values that `pattern` finds in the whole of `text`.
std::optional<std::vector<std::string_view>> match(std::string_view pattern,
                                                   std::string_view text) {
  std::vector<std::string_view> values;
  size_t star = pattern.find('*');
  if (star == std::string_view::npos) {
    return pattern == text ? std::optional(values) : std::nullopt;
  }
  if (text.substr(0, star) != pattern.substr(0, star)) {
    return std::nullopt;
  }
  text.remove_prefix(star);
  while (true) {
    pattern.remove_prefix(star + 1);
    star = pattern.find('*');
    const std::string_view fixed = pattern.substr(0, star);
    // The last fixed part stands at the end, the others at their first place.
    const bool last = star == std::string_view::npos;
    const size_t at = fixed.empty() ? text.size() : last ? text.rfind(fixed) : text.find(fixed);
    if (at == std::string_view::npos || (last && at + fixed.size() != text.size())) {
      return std::nullopt;
    }
    values.push_back(text.substr(0, at));
    if (last) {
      return values;
    }
    text.remove_prefix(at + fixed.size());
  }
}

std::string put_in(std::string_view words, const std::vector<std::string>& values) {
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) {
    const bool place = i + 2 < words.size() && words[i] == '{' && words[i + 2] == '}';
    if (!place) {
      out += words[i];
      continue;
    }
    const auto index = static_cast<size_t>(words[i + 1] - '0');
    out += index < values.size() ? values[index] : std::string();
    i += 2;
  }
  return out;
}

}  // namespace

std::string say_in_japanese(std::initializer_list<Phrases> tables, std::string_view english) {
  for (const Phrases phrases : tables) {
    for (const Phrase& phrase : phrases) {
      const auto values = match(phrase.english, english);
      if (!values) {
        continue;
      }
      std::vector<std::string> said;
      for (const std::string_view value : *values) {
        said.push_back(value.size() < english.size() ? say_in_japanese(tables, value)
                                                     : std::string(value));
      }
      return put_in(phrase.japanese, said);
    }
  }
  return std::string(english);
}

}  // namespace genba::render
