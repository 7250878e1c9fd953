// SPDX-License-Identifier: Apache-2.0
#include "app/case.h"

#include <algorithm>

#include "act/journal/journal.h"
#include "base/text.h"
#include "cli/common.h"
#include "fmt/format.h"

namespace genba::cli {

namespace {

constexpr Example kExamples[] = {
    {"genba case log",
     {"What Genba did to this machine: what is in force, what was broken off, every action.",
      "このマシンに対する genba の操作（有効なもの、途中で終わったもの、全操作）を表示します。"}},
    {"genba case log /media/usb/case7 --json",
     {"The same of the journal beside a case, as JSON lines.",
      "ケースと同じ場所にある操作の記録を JSON 行で出力します。"}},
    {"genba case verify /media/usb/case7",
     {"Is the case as it was kept? Checks the chain, the seal and every object.",
      "記録が保存時のままかを、チェーン、封印、オブジェクトごとに検証します。"}},
};

constexpr Argument kArguments[] = {
    {"log|verify",
     {"log tells the actions; verify checks that nothing was altered.",
      "log は操作を表示し、verify は改ざんがないことを検証します。"},
     true},
    {"DIR",
     {"A case, or a journal's directory; log without one reads that of this machine.",
      "ケースまたは操作の記録のディレクトリ。log で省略するとこのマシンの記録を読みます。"},
     false},
};

constexpr Option kOptions[] = {
    {"chain",
     "HEX",
     {"With verify: a chain value noted elsewhere, which must stand in a log.",
      "verify：別の場所に控えたチェーン値。いずれかの記録に含まれるはずの値です。"}},
};

base::Error usage(std::string what) {
  return {base::ErrorCode::kInvalid, 0, std::move(what)};
}

bool is_chain(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

base::Result<app::CaseOptions> options_of(const Invocation& invocation, const Terminal& terminal) {
  app::CaseOptions options;
  GENBA_TRY(options.style, style_of(invocation, terminal));
  options.json = invocation.has("json");
  const bool verifies = invocation.arguments[0] == "verify";
  for (const std::string_view option : {"root", "case", "save", "rules"}) {
    if (invocation.has(option)) {
      return base::fail(
          usage(fmt::format("'genba case' does not take --{}: name the directory behind {}", option,
                            invocation.arguments[0])));
    }
  }
  if (invocation.arguments.size() > 1) {
    options.directory = invocation.arguments[1];
  } else if (verifies) {
    return base::fail(usage("'genba case' needs DIR; 'genba help case' shows examples"));
  } else {
    options.directory = act::kDefaultJournal;
  }
  if (const auto chain = invocation.value("chain")) {
    if (!verifies || !is_chain(*chain)) {
      return base::fail(usage("--chain takes 64 hex digits, with 'genba case verify DIR'"));
    }
    options.chain = std::string(*chain);
  }
  return options;
}

Exit run(const Invocation& invocation, const Terminal& terminal) {
  const auto options = options_of(invocation, terminal);
  if (!options) {
    return complain(options.error(), terminal.language);
  }
  const auto outcome = invocation.arguments[0] == "log" ? app::run_case_log(*options)
                                                        : app::run_case_verify(*options);
  if (!outcome) {
    return complain(outcome.error(), terminal.language);
  }
  return *outcome == app::CaseOutcome::kDoesNotHold ? Exit::kFindings : Exit::kNothingFound;
}

}  // namespace

const Command& case_command() {
  static constexpr Command kCommand{
      "case",
      {"What Genba did here, and whether a case is as it was kept",
       "genba が行った操作を表示し、保存した記録が改ざんされていないか検証する"},
      kExamples,
      kArguments,
      kOptions,
      run};
  return kCommand;
}

}  // namespace genba::cli
