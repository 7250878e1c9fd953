// SPDX-License-Identifier: Apache-2.0
//
// A verb is declared once; parser, help, man page, completions and the reference come from that
// declaration. Each verb lives in cli/commands/<verb>.cc; CMake generates the list.
// Covered by command_test.cc and the meta tests over all commands.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/finding.h"

namespace genba::cli {

/// Words in both languages that live in the binary's read-only data.
struct Words {
  std::string_view en;
  std::string_view ja;
};

/// One option: `--name VALUE`, or a switch when `value` is empty.
struct Option {
  std::string_view name;   ///< without dashes
  std::string_view value;  ///< the placeholder in help (DIR, N, en|ja); empty for a switch
  Words meaning;
  bool repeatable = false;
};

/// A positional word. Words with bars between them ("log|verify") are the only ones that it takes:
/// so a verb has verbs of its own, whose first argument this is.
struct Argument {
  std::string_view name;  ///< as in help: SQL, FILE, log|verify
  Words meaning;
  bool required = false;
};

/// The words that an argument or an option's value must be one of ("log|verify"); empty when it may
/// be any.
std::vector<std::string_view> choices_of(std::string_view name);

struct Example {
  std::string_view command;
  Words meaning;
};

/// The parsed command line of one verb.
class Invocation {
 public:
  std::string_view verb;
  std::vector<std::pair<std::string, std::string>> options;  ///< name and value, in order
  std::vector<std::string> arguments;

  bool has(std::string_view option) const;
  /// The last value given, or nothing.
  std::optional<std::string_view> value(std::string_view option) const;
};

/// What main learnt from the environment, before it cleared it, and from the words' first look.
struct Terminal {
  bool stdout_is_terminal = false;
  bool stderr_is_terminal = false;
  bool can_redraw = false;  ///< stderr is a terminal, and one that can erase a line
  bool colour = false;
  size_t columns = 80;
  /// --lang, wherever it stands, else the environment's: mistakes are told in it too.
  model::Language language = model::Language::kEnglish;
  std::string program = "genba";  ///< how the shell was told to start this binary
};

/// Exit codes of the contract.
enum class Exit : uint8_t {
  kNothingFound = 0,
  kFindings = 1,
  kCouldNotLook = 2,
  kUsage = 3,
  kActionFailed = 4
};

struct Command {
  std::string_view verb;
  Words summary;  ///< one line
  std::span<const Example> examples;
  std::span<const Argument> arguments;
  std::span<const Option> options;  ///< beside the global ones
  Exit (*run)(const Invocation& invocation, const Terminal& terminal);
};

/// All verbs, sorted. Generated.
std::span<const Command* const> all_commands();

/// Options every verb takes: --root, --case, --save, --rules, --json, --lang, --no-color, --quiet,
/// --jobs, --help.
std::span<const Option> global_options();

}  // namespace genba::cli
