// SPDX-License-Identifier: Apache-2.0
//
// The words behind `genba contain`: each turns a command line into the options of its use case and
// the outcome into an exit code. Covered by tests/whole/contain_test.cc and contain_words_test.cc.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "cli/command.h"

namespace genba::cli {

/// A word and the options that go with it, besides those of every verb.
struct ContainWord {
  std::string_view name;
  std::span<const std::string_view> options;
  /// What the second argument is ("PID", "IP|CIDR"); empty: there is none.
  std::string_view argument;
  Exit (*run)(const Invocation& invocation, const Terminal& terminal);
};

/// plan, apply, confirm, extend, status, undo.
std::span<const ContainWord> lock_words();
/// freeze, kill, thaw.
std::span<const ContainWord> stop_words();
/// ban, unban, bans.
std::span<const ContainWord> ban_words();

/// kInvalid for an option that this word does not take, or an argument too many.
base::Result<void> check_word(const ContainWord& word, const Invocation& invocation);

/// kInvalid when something is to be changed that nobody can be asked about: no terminal on standard
/// input, and no --yes.
base::Result<void> check_can_ask(const Invocation& invocation);

/// Asks on standard error and reads a line: only "yes" or "y" (はい, in any language) is yes. True
/// with --yes.
bool ask(const Invocation& invocation, Words question, model::Language language);

/// The exit code of an action that was not begun because its plan reached nobody: complains.
Exit nobody_read_plan(model::Language language);

}  // namespace genba::cli
