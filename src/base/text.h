// SPDX-License-Identifier: Apache-2.0
//
// Text that an attacker may have chosen, made safe to keep and to show. Facts hold raw bytes;
// to_valid_utf8 makes the one spelling that SQL and JSON see; the escape_ functions make what a
// terminal, a page or a spreadsheet may see. Each returns its input untouched when nothing in it
// needs care. Sources: Unicode 15 (Bidi_Control, East Asian Width), ECMA-48, RFC 3629.
// Covered by text_test.cc, whose cases are named after attacks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace genba::base {

/// True when all bytes form well-formed UTF-8 (no overlong forms, no surrogates).
bool is_valid_utf8(std::string_view bytes);

/// Bytes as valid UTF-8: well-formed text as it is, every other byte as "\xNN".
std::string to_valid_utf8(std::string_view bytes);

/// What a terminal line may show: C0, C1, DEL, bidi controls, zero-width and line separators as
/// "\xNN" or "\u{N}", newline as "\n", tab as "\t", and bytes that are not UTF-8 as "\xNN".
std::string escape_for_terminal(std::string_view bytes);

/// What an HTML text node or a quoted attribute may hold: the terminal's escapes, and & < > " '
/// as character references.
std::string escape_for_html(std::string_view bytes);

/// Columns that a terminal gives to `utf8` (UAX #11: wide and full-width 2, combining 0, other 1;
/// ambiguous counts as 1). The text must be escaped already.
size_t display_width(std::string_view utf8);

/// `utf8` cut to at most `columns`, ending in "…" when something was cut.
std::string truncate_to_width(std::string_view utf8, size_t columns);

/// `utf8` followed by spaces up to `columns`.
std::string pad_to_width(std::string_view utf8, size_t columns);

/// Decodes the code point at `offset` and moves `offset` past it. Returns 0xFFFFFFFF, and moves by
/// one byte, when the bytes there are not well-formed.
uint32_t next_code_point(std::string_view bytes, size_t& offset);

}  // namespace genba::base
