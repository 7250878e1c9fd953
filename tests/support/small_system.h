// SPDX-License-Identifier: Apache-2.0
//
// A small Debian system as a tree for `--root`: accounts, three packages with their lists,
// checksums and files, a cron entry and a unit of theirs. Nothing in it is wrong, and nothing in it
// runs.
#pragma once

#include <string>
#include <string_view>

#include "support/scratch.h"

namespace genba::test {

/// Writes an executable file that looks like a program by its first bytes.
void add_program(Scratch& tree, std::string_view path);

void build_small_system(Scratch& tree);

}  // namespace genba::test
