// SPDX-License-Identifier: Apache-2.0
//
// What does a command line start? Splits it into words and operators as a POSIX shell reads them,
// without expanding anything, and finds the program that the line is there for: behind assignments,
// tests ("test -x /a && /a"), wrappers (nice, env, timeout …), and inside sh -c '…'. It does not
// follow variables, functions, substitutions or what a pipe feeds: then there is no answer, never a
// guess. Source: POSIX.1-2017 Shell Command Language 2.2, 2.3, 2.10.
// Covered by shell_words_test.cc, shell_words_fuzz.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genba::parse {

/// A word with its quotes taken off, or an operator.
struct ShellToken {
  enum class Kind : uint8_t {
    kWord,
    kControl,   ///< ; & && | || ( ) newline: ends a simple command
    kRedirect,  ///< < > >> >& &> …: its target is the next word
  };
  Kind kind = Kind::kWord;
  std::string text;
};

/// All tokens up to a comment or the end; at most 10,000. An open quote reaches to the end.
std::vector<ShellToken> split_shell_tokens(std::string_view command);

/// Which of a simple command's words names the program that it starts, behind assignments, reserved
/// words and wrappers with their options; the number of words when none does.
size_t program_position(std::span<const std::string> words);

/// The first program that the command is there for, when it is written as an absolute path; else a
/// wrapper in front of it that is; else nothing.
std::optional<std::string> first_absolute_program(std::string_view command);

}  // namespace genba::parse
