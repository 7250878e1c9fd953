// SPDX-License-Identifier: Apache-2.0
//
// Breaks text into lines by the columns that a terminal gives it. Full-width characters count two;
// Latin text breaks at spaces, Japanese text between characters, but no line starts with a closing
// mark (、。）」 and their like) or ends with an opening one. A word longer than a line is cut.
// Source: JIS X 4051's simple kinsoku rules. Covered by wrap_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace genba::render {

/// Lines of at most `columns` columns; at least one line, perhaps empty. The text must be escaped
/// already; a newline in it is treated as a space. A closing mark that would start a line may
/// instead take the character before it along.
std::vector<std::string> wrap(std::string_view text, size_t columns);

}  // namespace genba::render
