// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/ladder_report.h"

#include <algorithm>

#include "act/ladder/ladder_notes.h"

namespace genba::act {

using model::ContainmentChange;
using model::ContainmentReport;
using model::ContainmentState;
using model::ContainmentStatus;
using model::NamespaceReport;

namespace {

constexpr int64_t kSecond = 1'000'000'000;

NamespaceReport own_namespace(int64_t inode, bool locked) {
  NamespaceReport report;
  report.inode = inode;
  report.own = true;
  report.locked = locked;
  return report;
}

ContainmentState state_of(const LadderState& state, LadderStanding standing, int64_t now) {
  switch (standing) {
    case LadderStanding::kClosed:
    case LadderStanding::kPartly:
      return state.hold        ? ContainmentState::kHold
             : state.confirmed ? ContainmentState::kConfirmed
                               : ContainmentState::kTrial;
    case LadderStanding::kOpened: return ContainmentState::kOpened;
    case LadderStanding::kAfterReboot: return ContainmentState::kRebooted;
    case LadderStanding::kGone: break;
  }
  const bool in_time = state.has_timer() && now >= state.deadline;
  return in_time ? ContainmentState::kOpened : ContainmentState::kGone;
}

void add_counts(const LadderCounts& counts, ContainmentStatus& status) {
  const auto add = [](std::vector<model::FlowCounter>& list, std::string id, uint64_t packets) {
    list.push_back({std::move(id), static_cast<int64_t>(packets), std::nullopt});
  };
  add(status.dropped, "drop in", counts.dropped_in);
  add(status.dropped, "drop out", counts.dropped_out);
  add(status.allowed, "session", counts.session_in + counts.session_out);
  add(status.allowed, "in", counts.passed_in);
  add(status.allowed, "out", counts.passed_out);
}

bool opens_by_itself(const LadderState& state) {
  return state.cgroup && state.cgroup->has_timer;
}

}  // namespace

int64_t seconds_until(int64_t deadline, int64_t now) {
  return std::max<int64_t>((deadline - now + kSecond - 1) / kSecond, 0);
}

ContainmentReport to_report(const LadderApplied& applied, int64_t inode,
                            std::string_view plan_sha256, std::string_view journal) {
  const LadderState& state = applied.state;
  ContainmentReport report;
  report.id = state.id;
  report.rung = state.rung;
  report.armed_at = {state.armed_utc};
  report.hold = state.hold;
  report.namespaces = {own_namespace(inode, true)};
  report.guard = {state.guard.pid, state.guard.pid > 0};
  report.notes = applied.notes;
  const auto beyond = not_covered_by(state.rung);
  report.notes.insert(report.notes.end(), beyond.begin(), beyond.end());
  report.plan_sha256 = std::string(plan_sha256);
  report.journal = std::string(journal);
  return report;
}

ContainmentChange to_change(model::ContainmentChangeKind kind, const LadderState& state,
                            int64_t inode, std::string_view journal) {
  ContainmentChange change;
  change.kind = kind;
  change.id = state.id;
  change.namespaces = {own_namespace(inode, true)};
  change.guard = {state.guard.pid, state.guard.pid > 0};
  change.journal = std::string(journal);
  return change;
}

ContainmentChange to_change(const LadderUndone& undone, const LadderState& state, int64_t inode,
                            std::string_view journal) {
  ContainmentChange change;
  change.kind = model::ContainmentChangeKind::kUndo;
  change.id = state.id;
  change.namespaces = {own_namespace(inode, false)};
  for (const LadderNote& note : undone.notes) {
    (note.id == kCameBack ? change.failures : change.notes).push_back(note);
  }
  if (undone.as_before) {
    change.notes.push_back(ladder_note("as_before"));
  }
  if (undone.removed == 0) {
    change.notes.push_back(ladder_note("was_gone"));
  }
  change.journal = std::string(journal);
  return change;
}

ContainmentStatus to_status(Rung rung, const std::optional<LadderState>& state,
                            const std::optional<LadderStatus>& found, bool guard_alive,
                            int64_t inode, int64_t now) {
  ContainmentStatus status;
  status.rung = rung;
  if (!state || !found) {
    status.state = ContainmentState::kHold;
    status.namespaces = {own_namespace(inode, true)};
    status.tampering.push_back(ladder_note("not_recorded"));
    return status;
  }
  status.id = state->id;
  status.armed_at = base::Timestamp{state->armed_utc};
  status.state = state_of(*state, found->standing, now);
  const bool locked =
      found->standing == LadderStanding::kClosed || found->standing == LadderStanding::kPartly;
  status.namespaces = {own_namespace(inode, locked)};
  status.guard = {state->guard.pid, guard_alive};
  status.tampering = found->notes;
  if (locked && found->remaining) {
    status.remaining = seconds_until(*found->remaining, 0);
  }
  if (locked && state->has_timer() && !guard_alive && !opens_by_itself(*state)) {
    status.tampering.push_back(ladder_note("nobody_opens"));
  }
  if (found->counts) {
    add_counts(*found->counts, status);
  }
  status.notes = locked ? not_covered_by(rung) : std::vector<LadderNote>();
  return status;
}

}  // namespace genba::act
