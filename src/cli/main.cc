// SPDX-License-Identifier: Apache-2.0
//
// genba's entry: learns what it needs from the environment, clears it, gives up what it must not
// use, and runs one verb. The order matters: nothing that could follow a variable of the host
// (locale, time zone, converter or library paths) runs before the environment is gone.
// Covered by tests/whole.
#include <algorithm>
#include <cstdlib>
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

int run(int argc, char** argv) {
  const Terminal terminal = read_terminal();
  sys::prepare_process();
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    words.emplace_back(argv[i]);
  }
  const auto invocation = parse(words);
  if (!invocation) {
    return static_cast<int>(complain(invocation.error()));
  }
  return static_cast<int>(find_command(invocation->verb)->run(*invocation, terminal));
}

}  // namespace
}  // namespace genba::cli

int main(int argc, char** argv) {
  return genba::cli::run(argc, argv);
}
