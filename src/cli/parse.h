// SPDX-License-Identifier: Apache-2.0
//
// The command line as words → Invocation, by CLI11 from the command table. One line for every
// mistake, saying what to do instead. Covered by parse_test.cc.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "cli/command.h"

namespace genba::cli {

/// Parses the words behind the program's name. `--help` and `--version` anywhere give the verbs
/// "help" (with the verb as its argument) and "version". kInvalid, in one line, for unknown verbs
/// and options, missing values and surplus arguments.
base::Result<Invocation> parse(std::span<const std::string> words);

/// The command of that verb, or nullptr.
const Command* find_command(std::string_view verb);

}  // namespace genba::cli
