// SPDX-License-Identifier: Apache-2.0
//
// What every verb that looks at something does with the global options.
#pragma once

#include <string>

#include "app/triage.h"
#include "base/time.h"
#include "cli/command.h"

namespace genba::cli {

/// The options of app::observe from the global options; kInvalid when they contradict each other
/// (--root with --case) or a number is none.
base::Result<app::ObserveOptions> observe_options(const Invocation& invocation);

/// The language of that name (en, ja).
std::optional<model::Language> parse_language(std::string_view name);

/// --lang when given (kInvalid for another word than en or ja), else the terminal's language.
base::Result<model::Language> language_of(const Invocation& invocation, const Terminal& terminal);

/// The time that an option names (base::parse_moment); nothing without the option, kInvalid for
/// what is no time.
base::Result<std::optional<base::Timestamp>> moment_of(const Invocation& invocation,
                                                       std::string_view option);

/// kInvalid when the span ends before it begins.
base::Result<void> check_span(const std::optional<base::Timestamp>& since,
                              const std::optional<base::Timestamp>& until);

/// The exit code of a verb that judges; complains when it failed.
Exit exit_of(const base::Result<app::TriageOutcome>& outcome, app::Progress& progress,
             const Terminal& terminal);

/// Colour, width and language of the terminal, as options change them.
base::Result<render::TerminalStyle> style_of(const Invocation& invocation,
                                             const Terminal& terminal);

/// All values of an option that may be given several times.
std::vector<std::string> values_of(const Invocation& invocation, std::string_view option);

/// Progress on a terminal's stderr, unless --quiet.
app::ProgressMode progress_mode(const Invocation& invocation, const Terminal& terminal);

/// "0.1.0 (commit abc, release)".
std::string version_text();

/// Prints a text that is the whole answer; complains when it does not fit where it goes.
Exit tell(std::string_view text, model::Language language);

/// Prints "genba: what" to stderr in one line, of several the first, and gives the exit code: usage
/// for kInvalid, an action that failed for kOutput, could-not-look for the rest.
Exit complain(const base::Error& error, model::Language language);

}  // namespace genba::cli
