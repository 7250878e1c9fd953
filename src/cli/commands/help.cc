// SPDX-License-Identifier: Apache-2.0
#include "cli/help.h"

#include "base/text.h"
#include "cli/common.h"
#include "cli/parse.h"
#include "fmt/format.h"

namespace genba::cli {

namespace {

constexpr Example kExamples[] = {
    {"genba help", {"What Genba is and its verbs.", "genba の概要とコマンドの一覧を表示します。"}},
    {"genba help triage",
     {"One verb, examples first.", "1つのコマンドのヘルプを、例から順に表示します。"}},
    {"genba help --format bash",
     {"A completion script for bash (also zsh, fish); man for the man page.",
      "bash 用の補完スクリプトを出力します（zsh、fish も可。man で man ページ）。"}},
};

constexpr Argument kArguments[] = {
    {"VERB", {"The verb to explain.", "説明するコマンド。"}, false},
};

constexpr Option kOptions[] = {
    {"format",
     "man|bash|zsh|fish|verbs|tables|rules",
     {"Print man, bash, zsh, fish, or a page of the reference: verbs, tables, rules.",
      "man、bash、zsh、fish、またはリファレンス（verbs、tables、rules）を出力します。"}},
};

std::string formatted(std::string_view format) {
  if (format == "man") {
    return man_page();
  }
  if (format == "verbs") {
    return verbs_reference();
  }
  if (format == "tables") {
    return tables_reference();
  }
  if (format == "rules") {
    return rules_reference();
  }
  return completions(format);
}

Exit run(const Invocation& invocation, const Terminal& terminal) {
  const auto language = language_of(invocation, terminal);
  if (!language) {
    return complain(language.error(), terminal.language);
  }
  if (const auto format = invocation.value("format")) {
    const std::string text = formatted(*format);
    if (text.empty()) {
      return complain({base::ErrorCode::kInvalid, 0,
                       fmt::format("--format takes man, bash, zsh, fish, verbs, tables or rules, "
                                   "not '{}'",
                                   base::escape_for_terminal(*format))},
                      *language);
    }
    return tell(text, *language);
  }
  if (invocation.arguments.empty()) {
    return tell(overview(*language), *language);
  }
  const Command* command = find_command(invocation.arguments[0]);
  if (command == nullptr) {
    return complain({base::ErrorCode::kInvalid, 0,
                     fmt::format("there is no verb '{}'; 'genba help' lists them",
                                 base::escape_for_terminal(invocation.arguments[0]))},
                    *language);
  }
  return tell(help_of(*command, *language), *language);
}

}  // namespace

const Command& help_command() {
  static constexpr Command kCommand{"help",
                                    {"Show what Genba does, or one verb with examples",
                                     "概要またはコマンドごとのヘルプを表示する"},
                                    kExamples,
                                    kArguments,
                                    kOptions,
                                    run};
  return kCommand;
}

}  // namespace genba::cli
