// SPDX-License-Identifier: Apache-2.0
#include "app/stop_records.h"

#include <algorithm>
#include <utility>

#include "act/contain/responder.h"
#include "act/journal/self.h"
#include "base/digest.h"
#include "base/text.h"
#include "fmt/format.h"

namespace genba::app {

namespace {

using act::FreezeState;
using base::ErrorCode;
using base::fail;
using base::Result;
using model::Action;

constexpr std::string_view kSubject = "freeze ";
// What is about to be frozen stands where the state before stands: before it, nothing was.
constexpr std::string_view kPlanned = "{\"planned\":";
constexpr uint64_t kLargestState = 64ULL << 20;

std::string as_planned(const std::string& state) {
  return fmt::format("{}{}}}", kPlanned, state);
}

Result<std::string> text_of(const model::ActionState& state, const host::Host* journal) {
  if (state.sha256.empty()) {
    return state.text;
  }
  if (journal == nullptr) {
    return fail(ErrorCode::kNotFound, "the journal's objects are not there");
  }
  GENBA_TRY(auto file, journal->read_file("/objects/" + state.sha256, kLargestState));
  base::Sha256 digest;
  digest.add(file.bytes);
  if (digest.hex() != state.sha256) {
    return fail(ErrorCode::kDamaged, fmt::format("object {} was altered", state.sha256));
  }
  return std::move(file.bytes);
}

Result<FreezeState> state_of(const Action& action, const host::Host* journal) {
  const bool ended = action.outcome != model::ActionOutcome::kIntended && !action.after.empty();
  GENBA_TRY(const std::string text, text_of(ended ? action.after : action.before, journal));
  std::string_view state = text;
  if (state.starts_with(kPlanned) && state.ends_with('}')) {
    state.remove_prefix(kPlanned.size());
    state.remove_suffix(1);
  }
  return act::freeze_state_from_json(state);
}

KnownFreeze& entry_for(std::string_view id, std::vector<KnownFreeze>& known) {
  const auto at = std::find_if(known.begin(), known.end(),
                               [&](const KnownFreeze& each) { return each.id == id; });
  if (at != known.end()) {
    return *at;
  }
  known.emplace_back();
  known.back().id = id;
  return known.back();
}

void take(const Action& action, const host::Host* journal, std::string_view boot_id,
          KnownFreeze& freeze) {
  const bool open = action.outcome == model::ActionOutcome::kIntended;
  if (open) {
    freeze.open.push_back(action.id);
  }
  freeze.interrupted = open;
  freeze.of_this_boot =
      action.began.boot_id.empty() || boot_id.empty() || action.began.boot_id == boot_id;
  auto state = state_of(action, journal);
  if (state) {
    freeze.state = *std::move(state);
    freeze.unreadable.clear();
  } else {
    freeze.unreadable = state.error().what;
  }
}

bool holds(const FreezeState& state, int64_t pid, const host::Host& host) {
  return std::any_of(state.processes.begin(), state.processes.end(),
                     [&](const act::FrozenProcess& process) {
                       return process.key.pid == pid && act::is_alive(host, process.key);
                     });
}

}  // namespace

std::string freeze_subject(std::string_view id) {
  return fmt::format("{}{}", kSubject, id);
}

std::vector<KnownFreeze> known_freezes(const model::ActionLog& log, const host::Host* journal,
                                       std::string_view boot_id) {
  std::vector<KnownFreeze> known;
  for (const Action& action : log.actions) {
    if (!action.subject.starts_with(kSubject) || action.outcome == model::ActionOutcome::kFailed) {
      continue;
    }
    const std::string id = action.subject.substr(kSubject.size());
    if (action.effect == model::ActionEffect::kEstablishes) {
      take(action, journal, boot_id, entry_for(id, known));
    } else if (action.effect == model::ActionEffect::kLifts &&
               action.outcome != model::ActionOutcome::kIntended) {
      std::erase_if(known, [&](const KnownFreeze& each) { return each.id == id; });
    }
  }
  return known;
}

std::optional<KnownFreeze> find_freeze(const std::vector<KnownFreeze>& known,
                                       const StopOptions& options, const host::Host& host) {
  const auto at = std::find_if(known.rbegin(), known.rend(), [&](const KnownFreeze& each) {
    return options.id ? each.id == *options.id
                      : options.pid && each.of_this_boot && each.unreadable.empty() &&
                            holds(each.state, *options.pid, host);
  });
  return at == known.rend() ? std::nullopt : std::optional(*at);
}

Result<act::Journal> open_stop_journal(const StopOptions& options, const StopScene& scene) {
  const auto* session = scene.responder.session();
  return open_act_journal(options.act, session != nullptr ? base::to_text(session->remote) : "");
}

Result<void> FreezeRecord::plan(const FreezeState& state) {
  std::string text = act::to_json(state);
  if (!planned_.empty() && planned_.back().state == text) {
    return {};
  }
  act::Step step;
  step.verb = "contain freeze";
  step.subject = freeze_subject(state.id);
  step.effect = model::ActionEffect::kEstablishes;
  step.before = as_planned(text);
  GENBA_TRY(const uint64_t action, journal_.begin(step));
  planned_.push_back({action, std::move(text)});
  return {};
}

Result<void> FreezeRecord::done(const act::FreezeReport& report) {
  std::string detail;
  for (const act::NotFrozen& each : report.not_frozen) {
    detail += fmt::format("{}process {} is not frozen: {}", detail.empty() ? "" : "; ",
                          each.key.pid, each.why);
  }
  for (size_t i = 0; i < planned_.size(); ++i) {
    const bool last = i + 1 == planned_.size();
    act::Ending ending;
    ending.after = last ? act::to_json(report.state) : planned_[i].state;
    ending.detail = last ? detail : fmt::format("went on as action {}", planned_[i + 1].action);
    if (last) {
      ending.outcome =
          report.all_frozen ? model::ActionOutcome::kProven : model::ActionOutcome::kAsserted;
    }
    GENBA_TRY_VOID(journal_.end(planned_[i].action, ending));
  }
  return {};
}

Result<void> FreezeRecord::failed(const base::Error& error) {
  for (const Planned& each : planned_) {
    GENBA_TRY_VOID(journal_.end(each.action, {model::ActionOutcome::kFailed, "", error.what}));
  }
  return {};
}

}  // namespace genba::app
