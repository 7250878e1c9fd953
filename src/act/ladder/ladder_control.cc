// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/ladder_control.h"

#include <time.h>

#include <algorithm>
#include <utility>

#include "act/contain/net_namespace.h"
#include "act/journal/self.h"
#include "act/ladder/ladder_keeper.h"
#include "act/ladder/ladder_notes.h"
#include "act/ladder/ladder_report.h"
#include "fmt/format.h"
#include "sys/process.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;
using model::ActionEffect;
using model::ActionOutcome;
using model::ContainmentChange;
using model::ContainmentChangeKind;

namespace {

constexpr int64_t kSecond = 1'000'000'000;

int64_t now() {
  return sys::clock_nanoseconds(CLOCK_MONOTONIC);
}

int64_t own_inode() {
  const auto own = open_own_namespace();
  return own ? own->inode : 0;
}

bool opens_by_itself(const LadderState& state) {
  return state.cgroup && state.cgroup->has_timer;
}

Result<ProcessKey> keep(const host::Host& host, const LadderOptions& options,
                        const LadderState& state, int64_t deadline) {
  GENBA_TRY(auto rung, options.open());
  return start_keeper(host, std::move(rung),
                      {state.id, deadline, options.version, options.journal_directory});
}

void end_keeper(const host::Host& host, LadderState& state) {
  if (state.guard.pid > 0) {
    (void)end_guard(host, state.guard);
    state.guard = {};
  }
}

Result<uint64_t> begin(Journal& journal, std::string verb, ActionEffect effect, std::string before,
                       std::string plan_sha256 = {}) {
  return journal.begin({std::move(verb), std::string(kContainSubject), effect,
                        std::move(plan_sha256), std::move(before)});
}

// What was planned, before anything is made.
LadderState planned(Rung rung, const model::ContainmentPlan& plan) {
  const model::ActionTime time = read_action_time();
  LadderState state;
  state.rung = rung;
  state.id = new_containment_id(time);
  state.armed_utc = std::max<int64_t>(time.utc.nanoseconds, 0);
  state.boot_id = time.boot_id;
  state.hold = plan.hold;
  state.deadline = plan.hold ? 0 : now() + plan.timeout * kSecond;
  return state;
}

// The state that may be changed; the kernel's part is checked by the rung.
Result<LadderState> changeable(const StandingRung& standing) {
  if (!standing.state) {
    return fail(ErrorCode::kNotFound,
                "the journal does not know this containment: take it back with genba contain undo, "
                "and apply it again");
  }
  return *standing.state;
}

ContainNote unwritten(const base::Error& error) {
  return {"journal", untranslated(error.what)};
}

// What is done is done, also when it cannot be written any more.
void finish(Journal& journal, uint64_t action, ActionOutcome outcome, std::string after,
            std::string detail, ContainmentChange& change) {
  if (auto told = journal.end(action, {outcome, std::move(after), std::move(detail)}); !told) {
    change.failures.push_back(unwritten(told.error()));
  }
}

ContainmentChange change_told(ContainmentChangeKind kind, const LadderState& state,
                              const LadderOptions& options) {
  ContainmentChange change = to_change(kind, state, own_inode(), options.journal_directory);
  if (state.has_timer()) {
    change.remaining = seconds_until(state.deadline, now());
  }
  return change;
}

}  // namespace

std::optional<StandingRung> find_standing_rung(const host::Host& host, const model::ActionLog& log,
                                               std::string_view journal_directory) {
  const auto recorded = find_ladder(log, journal_directory);
  for (const Rung kind : {Rung::kCgroupBpf, Rung::kRoutes}) {
    const bool known = recorded && recorded->rung == kind;
    const auto rung = open_rung(kind, host);
    const auto stands = rung ? (*rung)->stands() : fail(rung.error());
    const bool in_kernel = stands.value_or(false);
    if (known || in_kernel) {
      StandingRung standing{kind, {}, in_kernel};
      if (known && recorded->is_made()) {
        standing.state = *recorded;
      }
      // One that was never made, and is not there, is none.
      return standing.state || in_kernel ? std::optional(std::move(standing)) : std::nullopt;
    }
  }
  return std::nullopt;
}

Result<LadderReport> apply_rung(const host::Host& host, const model::ContainmentPlan& plan,
                                const LadderOptions& options, Journal& journal) {
  const int64_t began = now();
  GENBA_TRY(auto rung, options.open());
  LadderState state = planned(rung->kind(), plan);
  LadderReport report;
  GENBA_TRY(report.action, begin(journal, "contain apply", ActionEffect::kEstablishes,
                                 to_json(state), options.plan_sha256));
  bool kept = false;
  std::optional<ContainNote> unkept;
  if (!plan.hold && options.guard == GuardUse::kKeep) {
    const auto keeper = keep(host, options, state, state.deadline);
    kept = keeper.has_value();
    state.guard = keeper.value_or(ProcessKey());
    unkept = kept ? std::nullopt : std::optional(guard_missing());
  }
  auto applied = rung->apply(plan, kept ? TimerKeeper::kGuard : TimerKeeper::kNobody);
  if (!applied) {
    end_keeper(host, state);
    GENBA_TRY_VOID(journal.end(report.action, {ActionOutcome::kFailed, {}, applied.error().what}));
    return fail(applied.error().with_context("nothing was changed"));
  }
  applied->state.id = state.id;
  applied->state.armed_utc = state.armed_utc;
  applied->state.guard = state.guard;
  report.state = applied->state;
  report.report = to_report(*applied, own_inode(), options.plan_sha256, options.journal_directory);
  if (unkept) {
    report.report.notes.push_back(*unkept);
  }
  if (!plan.hold) {
    report.report.timeout = plan.timeout;
    report.report.opens_at = base::Timestamp{state.armed_utc + plan.timeout * kSecond};
  }
  report.report.took = now() - began;
  if (auto told = journal.end(report.action, {ActionOutcome::kDone, to_json(report.state), {}});
      !told) {
    report.report.failures.push_back(unwritten(told.error()));
  }
  return report;
}

Result<ContainmentChange> confirm_rung(const host::Host& host, const StandingRung& standing,
                                       SessionProof proof, Force force,
                                       const LadderOptions& options, Journal& journal) {
  GENBA_TRY_VOID(refuse_unproven(proof, force));
  GENBA_TRY(LadderState state, changeable(standing));
  GENBA_TRY(auto rung, options.open());
  GENBA_TRY(const uint64_t action,
            begin(journal, "contain confirm", ActionEffect::kEstablishes, to_json(state)));
  auto changed = rung->confirm(state);
  if (!changed) {
    GENBA_TRY_VOID(
        journal.end(action, {ActionOutcome::kFailed, to_json(state), changed.error().what}));
    return fail(changed.error());
  }
  end_keeper(host, *changed);
  ContainmentChange change = change_told(ContainmentChangeKind::kConfirm, *changed, options);
  finish(journal, action, ActionOutcome::kDone, to_json(*changed), {}, change);
  return change;
}

Result<ContainmentChange> extend_rung(const host::Host& host, const StandingRung& standing,
                                      int64_t seconds, const LadderOptions& options,
                                      Journal& journal) {
  GENBA_TRY(LadderState state, changeable(standing));
  GENBA_TRY(auto rung, options.open());
  if (!state.has_timer()) {
    return fail(ErrorCode::kInvalid,
                "this containment has no timer: it holds until genba contain undo");
  }
  if (options.guard == GuardUse::kNone && !opens_by_itself(state)) {
    return fail(ErrorCode::kInvalid,
                "only a guard opens this containment: extend it without --no-guard");
  }
  const int64_t deadline = state.deadline + seconds * kSecond;
  GENBA_TRY(const uint64_t action,
            begin(journal, "contain extend", ActionEffect::kEstablishes, to_json(state)));
  ProcessKey keeper;
  const auto changed = [&]() -> Result<LadderState> {
    if (options.guard == GuardUse::kKeep) {
      GENBA_TRY(keeper, keep(host, options, state, deadline));
    }
    return rung->extend(state, (deadline - now()) / kSecond);
  }();
  if (!changed) {
    // What is left of it still opens by the time that it had.
    if (keeper.pid > 0) {
      (void)end_guard(host, keeper);
    }
    GENBA_TRY_VOID(
        journal.end(action, {ActionOutcome::kFailed, to_json(state), changed.error().what}));
    return fail(changed.error());
  }
  LadderState longer = *changed;
  end_keeper(host, longer);
  longer.guard = keeper;
  ContainmentChange change = change_told(ContainmentChangeKind::kExtend, longer, options);
  finish(journal, action, ActionOutcome::kDone, to_json(longer), {}, change);
  return change;
}

Result<ContainmentChange> undo_rung(const host::Host& host, const StandingRung& standing,
                                    const LadderOptions& options, Journal& journal) {
  GENBA_TRY(auto rung, options.open());
  LadderState state = standing.state.value_or(LadderState());
  GENBA_TRY(const uint64_t action, begin(journal, "contain undo", ActionEffect::kLifts,
                                         standing.state ? to_json(state) : std::string()));
  const auto undone = rung->undo(standing.state ? &*standing.state : nullptr);
  if (!undone) {
    GENBA_TRY_VOID(journal.end(action, {ActionOutcome::kFailed, {}, undone.error().what}));
    return fail(undone.error());
  }
  end_keeper(host, state);
  ContainmentChange change = to_change(*undone, state, own_inode(), options.journal_directory);
  finish(journal, action, change.failed() ? ActionOutcome::kFailed : ActionOutcome::kDone, {},
         undone->as_before ? "all is as it was before" : "not, or not known to be, as before",
         change);
  return change;
}

std::optional<LadderCounts> read_rung_counts(const LadderState& state, const OpenRung& open) {
  const auto rung = open();
  const auto status = rung ? (*rung)->status(state) : fail(rung.error());
  return status ? status->counts : std::nullopt;
}

Result<model::ContainmentStatus> read_rung_status(const host::Host& host,
                                                  const StandingRung& standing,
                                                  const OpenRung& open) {
  GENBA_TRY(const auto rung, open());
  std::optional<LadderStatus> found;
  bool guard_alive = false;
  if (standing.state) {
    GENBA_TRY(found, rung->status(*standing.state));
    guard_alive = is_guard(host, standing.state->guard);
  }
  return to_status(standing.rung, standing.state, found, guard_alive, own_inode(), now());
}

}  // namespace genba::act
