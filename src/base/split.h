// SPDX-License-Identifier: Apache-2.0
//
// Cutting text into views: at a character, at white space, at its ends. Views point into the text
// that was given. White space is space, \t, \n, \v, \f and \r, in every locale.
// Covered by split_test.cc.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace genba::base {

inline constexpr std::string_view kWhitespace = " \t\n\v\f\r";

inline bool is_space(char c) {
  return kWhitespace.find(c) != std::string_view::npos;
}

/// `text` without the white space at both ends.
inline std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kWhitespace);
  if (first == std::string_view::npos) {
    return text.substr(0, 0);
  }
  return text.substr(first, text.find_last_not_of(kWhitespace) - first + 1);
}

/// The fields between separators, empty ones too: n separators make n + 1 fields.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> fields;
  for (size_t at = text.find(separator); at != std::string_view::npos; at = text.find(separator)) {
    fields.push_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  fields.push_back(text);
  return fields;
}

/// Takes the first word off `text`, and the white space before it; empty when there is none left.
inline std::string_view take_word(std::string_view& text) {
  const size_t first = text.find_first_not_of(kWhitespace);
  if (first == std::string_view::npos) {
    text = {};
    return {};
  }
  text.remove_prefix(first);
  const std::string_view word = text.substr(0, text.find_first_of(kWhitespace));
  text.remove_prefix(word.size());
  return word;
}

/// The words between runs of white space; none of them is empty.
inline std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::string_view word = take_word(text); !word.empty(); word = take_word(text)) {
    words.push_back(word);
  }
  return words;
}

}  // namespace genba::base
