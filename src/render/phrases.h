// SPDX-License-Identifier: Apache-2.0
//
// Collectors and the command line say in English what went wrong, with values in it. Tables of
// phrases say the same in Japanese and carry the values over, each of them again in Japanese when
// it is such a sentence itself (a remedy behind a reason). What no phrase fits stays English rather
// than being guessed at. Covered by gaps_test.cc and tests/whole/command_line_test.cc.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace genba::render {

/// `*` in `english` stands for a value; `{0}`, `{1}` … in `japanese` for the values in order.
struct Phrase {
  std::string_view english;
  std::string_view japanese;
};

using Phrases = std::span<const Phrase>;

/// The Japanese of the first phrase of the tables that fits the whole of `english`, else `english`
/// itself. Raw.
std::string say_in_japanese(std::initializer_list<Phrases> tables, std::string_view english);

}  // namespace genba::render
