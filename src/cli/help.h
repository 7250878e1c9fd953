// SPDX-License-Identifier: Apache-2.0
//
// Everything that is said about the command line, made from the command table: help, the man page,
// shell completions, and the reference of verbs, tables and rules in docs/reference. Covered by
// help_test.cc and by the meta test that compares docs/reference with what this makes.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.h"

namespace genba::cli {

/// `genba help`: what it is, the verbs, where to start.
std::string overview(model::Language language);
/// `genba help VERB`: examples first.
std::string help_of(const Command& command, model::Language language);
/// genba(1) in man(7) macros.
std::string man_page();
/// A completion script for bash, zsh or fish; empty for another shell.
std::string completions(std::string_view shell);
/// docs/reference/verbs.md, tables.md and rules.md.
std::string verbs_reference();
std::string tables_reference();
std::string rules_reference();

}  // namespace genba::cli
