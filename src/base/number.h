// SPDX-License-Identifier: Apache-2.0
//
// Text to integers, checked: no sign where the type has none, no leading space or plus, no
// overflow, no locale. Nothing at all is returned rather than a half-right number. The digits
// after a prefix are the caller's business (parse_prefix). Covered by number_test.cc.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace genba::base {

/// The number base of a text.
enum class Radix : int { kOctal = 8, kDecimal = 10, kHex = 16 };

/// The number that `text` starts with, and removes it from `text`; nothing, and `text` untouched,
/// when it starts with none or with one too large for the type. "0x" is not skipped.
template <std::integral Integer>
std::optional<Integer> parse_prefix(std::string_view& text, Radix radix = Radix::kDecimal) {
  Integer value{};
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value, static_cast<int>(radix));
  if (error != std::errc{}) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<size_t>(rest - text.data()));
  return value;
}

/// The number that `text` is, whole; nothing when anything else stands in it.
template <std::integral Integer>
std::optional<Integer> parse_number(std::string_view text, Radix radix = Radix::kDecimal) {
  const auto value = parse_prefix<Integer>(text, radix);
  return text.empty() ? value : std::nullopt;
}

}  // namespace genba::base
