// SPDX-License-Identifier: Apache-2.0
//
// What is asked of a terminal: whether it is one, and how wide. Covered by sys/terminal_test.cc.
#pragma once

#include <cstddef>
#include <optional>

namespace genba::sys {

bool is_terminal(int fd);
/// Columns of the terminal behind `fd`; nothing when it is none or does not say.
std::optional<size_t> terminal_columns(int fd);

}  // namespace genba::sys
