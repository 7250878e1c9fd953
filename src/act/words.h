// SPDX-License-Identifier: Apache-2.0
//
// A line for people in both languages, from one pair of formats. Covered by words_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "base/text.h"
#include "fmt/format.h"
#include "model/finding.h"

namespace genba::act {

/// How a value is formatted: a Text as its string in the language at hand, strings as valid UTF-8,
/// everything else as it is.
template <class T>
using Told = std::conditional_t<std::is_same_v<T, model::Text> ||
                                    std::is_convertible_v<const T&, std::string_view>,
                                std::string, T>;

template <class T>
Told<T> told(const T& value, model::Language language) {
  if constexpr (std::is_same_v<T, model::Text>) {
    return base::to_valid_utf8(value.in(language));
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return base::to_valid_utf8(value);
  } else {
    return value;
  }
}

/// Both texts; both formats get all values, and are checked when this is compiled.
template <class... Values>
model::Text words(fmt::format_string<Told<Values>...> english,
                  fmt::format_string<Told<Values>...> japanese, const Values&... values) {
  using enum model::Language;
  return {fmt::format(english, told(values, kEnglish)...),
          fmt::format(japanese, told(values, kJapanese)...)};
}

}  // namespace genba::act
