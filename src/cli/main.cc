// SPDX-License-Identifier: Apache-2.0
//
// genba's entry: learns what it needs from the environment, clears it, gives up what it must not
// use, and runs one verb. The order matters: nothing that could follow a variable of the host
// (locale, time zone, converter or library paths) runs before the environment is gone.
// Covered by tests/whole.
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/number.h"
#include "cli/common.h"
#include "cli/parse.h"
#include "sys/process_setup.h"
#include "sys/terminal.h"

namespace genba::cli {
namespace {

constexpr size_t kDefaultColumns = 80;
constexpr size_t kNarrowest = 40;
constexpr size_t kWidest = 200;

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

// The first of LC_ALL, LC_MESSAGES, LANG that is set decides, as in locale(7).
model::Language language_from_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const std::string_view value = variable(name);
    if (!value.empty()) {
      return value.starts_with("ja") ? model::Language::kJapanese : model::Language::kEnglish;
    }
  }
  return model::Language::kEnglish;
}

Terminal read_terminal() {
  Terminal terminal;
  terminal.stdout_is_terminal = sys::is_terminal(1);
  terminal.stderr_is_terminal = sys::is_terminal(2);
  const std::string_view term = variable("TERM");
  const bool knows_escapes = term != "dumb" && !term.empty();
  terminal.can_redraw = terminal.stderr_is_terminal && knows_escapes;
  terminal.colour = terminal.stdout_is_terminal && variable("NO_COLOR").empty() && knows_escapes;
  size_t columns = kDefaultColumns;
  if (const auto size = sys::terminal_columns(1)) {
    columns = *size;
  } else if (const auto given = base::parse_number<uint16_t>(variable("COLUMNS"))) {
    columns = *given;
  }
  terminal.columns = std::min(std::max(columns, kNarrowest), kWidest);
  terminal.language = language_from_environment();
  return terminal;
}

// Before the words are understood, so that a mistake in them is told in the right language too.
std::optional<model::Language> language_in(const std::vector<std::string>& words) {
  constexpr std::string_view kOption = "--lang";
  std::optional<model::Language> language;
  for (size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const std::string_view word = words[i];
    if (word == kOption && i + 1 < words.size()) {
      language = parse_language(words[i + 1]);
    } else if (word.starts_with(kOption) && word.substr(kOption.size()).starts_with("=")) {
      language = parse_language(word.substr(kOption.size() + 1));
    }
  }
  return language;
}

int run(int argc, char** argv) {
  Terminal terminal = read_terminal();
  if (const auto prepared = sys::prepare_process(); !prepared) {
    return static_cast<int>(complain(prepared.error(), terminal.language));
  }
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    words.emplace_back(argv[i]);
  }
  terminal.language = language_in(words).value_or(terminal.language);
  if (argc > 0 && argv[0][0] != '\0') {
    terminal.program = argv[0];
  }
  const auto invocation = parse(words);
  if (!invocation) {
    return static_cast<int>(complain(invocation.error(), terminal.language));
  }
  return static_cast<int>(find_command(invocation->verb)->run(*invocation, terminal));
}

}  // namespace
}  // namespace genba::cli

int main(int argc, char** argv) {
  return genba::cli::run(argc, argv);
}
