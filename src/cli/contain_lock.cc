// SPDX-License-Identifier: Apache-2.0
//
// plan, apply, confirm, extend, status and undo.
#include <algorithm>
#include <array>
#include <string_view>

#include "app/contain_plan.h"
#include "app/contain_run.h"
#include "cli/common.h"
#include "cli/contain_options.h"
#include "cli/contain_words.h"

namespace genba::cli {

namespace {

constexpr int64_t kShortestExtension = 30;
constexpr int64_t kLongestExtension = 24 * 3600;
constexpr int64_t kExtension = 600;  // without --timeout

Exit run_plan(const Invocation& invocation, const Terminal& terminal) {
  app::ContainPlanOptions options;
  const auto filled = [&]() -> base::Result<void> {
    GENBA_TRY(options.observe, observe_options(invocation));
    GENBA_TRY(options.contain, contain_options(invocation));
    GENBA_TRY(options.view, containment_view(invocation, terminal));
    return {};
  }();
  if (!filled) {
    return complain(filled.error(), terminal.language);
  }
  options.logs = invocation.has("logs") ? app::ReadLogs::kYes : app::ReadLogs::kNo;
  options.format = invocation.has("json") ? app::Format::kJson : app::Format::kTable;
  app::Progress progress(progress_mode(invocation, terminal), options.view.style.language);
  const auto outcome = app::run_contain_plan(options, progress);
  progress.wipe();
  if (!outcome) {
    return complain(outcome.error(), terminal.language);
  }
  return *outcome == app::ContainPlanOutcome::kRefused ? Exit::kActionFailed : Exit::kNothingFound;
}

base::Result<app::ContainRunOptions> run_options(const Invocation& invocation,
                                                 const Terminal& terminal) {
  app::ContainRunOptions options;
  GENBA_TRY(options.act, act_options(invocation));
  GENBA_TRY(options.contain, contain_options(invocation));
  GENBA_TRY(options.view, containment_view(invocation, terminal));
  options.logs = invocation.has("logs") ? app::ReadLogs::kYes : app::ReadLogs::kNo;
  options.guard = invocation.has("no-guard") ? act::GuardUse::kNone : act::GuardUse::kKeep;
  options.force = invocation.has("force") ? act::Force::kYes : act::Force::kNo;
  options.format = invocation.has("json") ? app::Format::kJson : app::Format::kTable;
  return options;
}

// The plan of apply is told before anything is done; what others tell, is done.
Exit exit_of(app::ContainOutcome outcome, const Invocation& invocation, const Terminal& terminal) {
  switch (outcome) {
    case app::ContainOutcome::kDone:
    case app::ContainOutcome::kNotInForce: return Exit::kNothingFound;
    case app::ContainOutcome::kReaderGone:
      return invocation.arguments[0] == "apply" ? nobody_read_plan(terminal.language)
                                                : Exit::kNothingFound;
    case app::ContainOutcome::kDeclined:
    case app::ContainOutcome::kFailed:
    case app::ContainOutcome::kRefused: break;
  }
  return Exit::kActionFailed;
}

using Run = base::Result<app::ContainOutcome> (*)(const app::ContainRunOptions& options,
                                                  app::Progress& progress);

Exit run_with(const base::Result<app::ContainRunOptions>& options, const Invocation& invocation,
              const Terminal& terminal, Run run) {
  if (!options) {
    return complain(options.error(), terminal.language);
  }
  app::Progress progress(progress_mode(invocation, terminal), options->view.style.language);
  const auto outcome = run(*options, progress);
  progress.wipe();
  return outcome ? exit_of(*outcome, invocation, terminal)
                 : complain(outcome.error(), terminal.language);
}

Exit run_apply(const Invocation& invocation, const Terminal& terminal) {
  auto options = [&]() -> base::Result<app::ContainRunOptions> {
    GENBA_TRY_VOID(check_can_ask(invocation));
    return run_options(invocation, terminal);
  }();
  if (options) {
    options->confirm = [&invocation, language = options->view.style.language] {
      return ask(invocation,
                 {"Cut this machine off like this?", "この内容でマシンを隔離しますか？"}, language);
    };
  }
  return run_with(options, invocation, terminal, app::run_contain_apply);
}

Exit run_confirm(const Invocation& invocation, const Terminal& terminal) {
  return run_with(run_options(invocation, terminal), invocation, terminal,
                  app::run_contain_confirm);
}

Exit run_extend(const Invocation& invocation, const Terminal& terminal) {
  auto options = run_options(invocation, terminal);
  const auto seconds = seconds_of(invocation, "timeout", kShortestExtension, kLongestExtension);
  if (!seconds) {
    return complain(seconds.error(), terminal.language);
  }
  if (options) {
    options->seconds = seconds->value_or(kExtension);
  }
  return run_with(options, invocation, terminal, app::run_contain_extend);
}

Exit run_status(const Invocation& invocation, const Terminal& terminal) {
  return run_with(run_options(invocation, terminal), invocation, terminal, app::run_contain_status);
}

Exit run_undo(const Invocation& invocation, const Terminal& terminal) {
  auto options = run_options(invocation, terminal);
  if (options) {
    options->act.unrecorded = act::Unrecorded::kAllowed;
  }
  return run_with(options, invocation, terminal, app::run_contain_undo);
}

constexpr std::array<std::string_view, 9> kOfPlan{
    "admin", "allow", "dns", "hold", "timeout", "logs", "force-storage", "force-admin", "keep"};
constexpr std::array<std::string_view, 13> kOfApply{
    "admin",       "allow", "dns", "hold",     "timeout", "logs", "force-storage",
    "force-admin", "keep",  "yes", "no-guard", "journal", "why"};
constexpr std::array<std::string_view, 4> kOfConfirm{"force", "no-guard", "journal", "why"};
constexpr std::array<std::string_view, 4> kOfExtend{"timeout", "no-guard", "journal", "why"};
constexpr std::array<std::string_view, 1> kOfStatus{"journal"};
constexpr std::array<std::string_view, 3> kOfUndo{"force", "journal", "why"};

constexpr std::array kWords{ContainWord{"plan", kOfPlan, "", run_plan},
                            ContainWord{"apply", kOfApply, "", run_apply},
                            ContainWord{"confirm", kOfConfirm, "", run_confirm},
                            ContainWord{"extend", kOfExtend, "", run_extend},
                            ContainWord{"status", kOfStatus, "", run_status},
                            ContainWord{"undo", kOfUndo, "", run_undo}};

}  // namespace

std::span<const ContainWord> lock_words() {
  return kWords;
}

}  // namespace genba::cli
