// SPDX-License-Identifier: Apache-2.0
//
// Fills the `{placeholders}` of a rule's texts with the cells of a row: `{times}` is the cell,
// `{times:time|times}` the first form when the cell is 1 and else the second. A doubled brace
// stands for itself. Texts for people keep the raw bytes, since renderers escape; command lines are
// quoted for a shell, because a tired person will paste them and the values are an attacker's.
// Covered by words_test.cc, whose cases are named after attacks.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/finding.h"

namespace genba::judge {

/// The names between braces, in order, those of `{name:one|many}` too. kInvalid for a brace that is
/// neither a name's nor doubled, and for forms that are not two.
base::Result<std::vector<std::string>> placeholders_of(std::string_view text);

/// The text with its cells: times as people read them, long values cut to a few hundred bytes,
/// absent ones as "unknown". `{name:one|many}` is "one" where the cell is 1, else "many".
std::string fill_text(std::string_view text, std::span<const model::Field> cells,
                      model::Language language);

/// Whether each placeholder of the text has a cell that is not absent.
bool has_cells(std::string_view text, std::span<const model::Field> cells);

/// The command line with its cells, each word quoted anew for a shell, times as RFC 3339. Within a
/// word, a value between single quotes is spelled as an SQL string. Nothing when one of its cells
/// is absent or a placeholder has forms: such a command would do something else.
std::optional<std::string> fill_command(std::string_view text, std::span<const model::Field> cells);

/// The words of a command line: blanks part them, '…' and "…" keep them together. kInvalid when a
/// quote stays open.
base::Result<std::vector<std::string>> split_command(std::string_view text);

/// A value as one word of a POSIX shell's command line. Bytes that a terminal must not see become
/// escapes of $'…', which bash, zsh and ksh know.
std::string quote_for_shell(std::string_view value);

/// A cell as people read it, uncut; empty when it is absent.
std::string cell_text(const model::Field& cell);

}  // namespace genba::judge
