// SPDX-License-Identifier: Apache-2.0
//
// freeze, kill and thaw.
#include <array>
#include <chrono>
#include <string_view>

#include "app/contain_stop.h"
#include "base/number.h"
#include "base/text.h"
#include "cli/common.h"
#include "cli/contain_options.h"
#include "cli/contain_words.h"
#include "fmt/format.h"
#include "judge/words.h"

namespace genba::cli {

namespace {

constexpr int64_t kLongestWatch = 24 * 3600;

using Run = base::Result<app::StopOutcome> (*)(const app::StopOptions& options,
                                               app::Progress& progress);

base::Result<app::StopOptions> stop_options(const Invocation& invocation,
                                            const Terminal& terminal) {
  app::StopOptions options;
  GENBA_TRY_VOID(check_can_ask(invocation));
  GENBA_TRY(options.act, act_options(invocation));
  GENBA_TRY(options.style, style_of(invocation, terminal));
  if (invocation.arguments.size() > 1) {
    const std::string& text = invocation.arguments[1];
    options.pid = base::parse_number<int64_t>(text);
    if (!options.pid) {
      return base::fail(base::ErrorCode::kInvalid,
                        fmt::format("'{}' is no process id: a number, or --finding F",
                                    base::escape_for_terminal(text)));
    }
  }
  const auto text_of = [&](std::string_view name) {
    const auto value = invocation.value(name);
    return value ? std::optional<std::string>(*value) : std::nullopt;
  };
  options.finding = text_of("finding");
  options.id = text_of("id");
  options.finding_case = text_of("case");
  options.save_dir = text_of("save");
  options.memory =
      invocation.has("memory") ? act::MemoryChoice::kPrivateWritable : act::MemoryChoice::kLeave;
  options.evidence =
      invocation.has("without-evidence") ? app::Evidence::kIfPossible : app::Evidence::kRequired;
  GENBA_TRY(const auto watch, seconds_of(invocation, "watch", 0, kLongestWatch));
  options.watch = std::chrono::seconds(watch.value_or(options.watch.count()));
  options.rule_directories = values_of(invocation, "rules");
  options.format = invocation.has("json") ? app::Format::kJson : app::Format::kTable;
  options.program = judge::quote_for_shell(terminal.program);
  return options;
}

Exit run_with(const Invocation& invocation, const Terminal& terminal, Words question, Run run) {
  auto options = stop_options(invocation, terminal);
  if (!options) {
    return complain(options.error(), terminal.language);
  }
  options->confirm = [&] { return ask(invocation, question, options->style.language); };
  app::Progress progress(progress_mode(invocation, terminal), options->style.language);
  const auto outcome = run(*options, progress);
  progress.wipe();
  if (!outcome) {
    return complain(outcome.error(), terminal.language);
  }
  switch (*outcome) {
    case app::StopOutcome::kDone: return Exit::kNothingFound;
    case app::StopOutcome::kFailed:
    case app::StopOutcome::kDeclined: break;
    case app::StopOutcome::kReaderGone: return nobody_read_plan(terminal.language);
  }
  return Exit::kActionFailed;
}

Exit run_freeze(const Invocation& invocation, const Terminal& terminal) {
  return run_with(invocation, terminal,
                  {"Freeze these processes?", "これらのプロセスを凍結しますか？"}, app::run_freeze);
}

Exit run_kill(const Invocation& invocation, const Terminal& terminal) {
  return run_with(invocation, terminal,
                  {"End these processes for good?", "これらのプロセスを強制終了しますか？"},
                  app::run_kill);
}

Exit run_thaw(const Invocation& invocation, const Terminal& terminal) {
  return run_with(invocation, terminal,
                  {"Let these processes go on?", "これらのプロセスの凍結を解除しますか？"},
                  app::run_thaw);
}

constexpr std::array<std::string_view, 5> kOfFreeze{"finding", "memory", "yes", "journal", "why"};
constexpr std::array<std::string_view, 8> kOfKill{"finding", "id",  "memory",  "without-evidence",
                                                  "watch",   "yes", "journal", "why"};
constexpr std::array<std::string_view, 4> kOfThaw{"id", "yes", "journal", "why"};

constexpr std::array kWords{ContainWord{"freeze", kOfFreeze, "PID", run_freeze},
                            ContainWord{"kill", kOfKill, "PID", run_kill},
                            ContainWord{"thaw", kOfThaw, "PID", run_thaw}};

}  // namespace

std::span<const ContainWord> stop_words() {
  return kWords;
}

}  // namespace genba::cli
