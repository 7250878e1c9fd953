// SPDX-License-Identifier: Apache-2.0
#include "act/contain/report.h"

#include <algorithm>

namespace genba::act {

using model::NamespaceReport;

namespace {

constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;

NamespaceReport report_of(const ContainedNamespace& where) {
  NamespaceReport report;
  report.inode = where.inode;
  report.own = where.own;
  report.pid = where.process.pid;
  report.path = where.path;
  report.gone = where.gone;
  report.error = untranslated(where.trouble);
  report.locked = where.contained;
  report.owned = where.owned;
  report.egress = where.hooks == DeviceHooks::kIngressAndEgress;
  for (const HookedName& device : where.devices) {
    if (where.hooks != DeviceHooks::kNone) {
      report.hooked.push_back(device.name);
    }
  }
  report.digest_before = where.before.sha256;
  return report;
}

std::vector<NamespaceReport> reports_of(const Containment& state) {
  std::vector<NamespaceReport> reports;
  for (const ContainedNamespace& where : state.namespaces) {
    reports.push_back(report_of(where));
  }
  return reports;
}

model::ContainmentRung rung_of(const Containment& state) {
  const ContainedNamespace* own = state.own();
  return own == nullptr || own->hooks == DeviceHooks::kNone ? model::ContainmentRung::kNftablesInet
                                                            : model::ContainmentRung::kNftables;
}

model::ContainmentState state_of(const ContainStatus& found) {
  switch (found.condition) {
    case ContainCondition::kNone: return model::ContainmentState::kNone;
    case ContainCondition::kTrial: return model::ContainmentState::kTrial;
    case ContainCondition::kHeld:
      return found.recorded && found.recorded->hold ? model::ContainmentState::kHold
                                                    : model::ContainmentState::kConfirmed;
    case ContainCondition::kOpened: return model::ContainmentState::kOpened;
    case ContainCondition::kRebooted: return model::ContainmentState::kRebooted;
    case ContainCondition::kMissing: return model::ContainmentState::kGone;
  }
  return model::ContainmentState::kNone;
}

// Rounded up: a timer that still runs is never told as none.
int64_t seconds_of(std::chrono::milliseconds time) {
  return (time.count() + 999) / 1000;
}

NamespaceReport report_of(const NamespaceStatus& found) {
  NamespaceReport report;
  report.inode = found.inode;
  report.own = found.own;
  report.locked = found.locked;
  report.owned = found.owner == TableOwner::kGuard;
  report.egress = found.egress;
  report.hooked = found.hooked;
  return report;
}

void add_counters(const NamespaceStatus& found, std::map<std::string, sys::NftCounter>& sums) {
  for (const auto& [comment, counter] : found.counters) {
    sums[comment].packets += counter.packets;
    sums[comment].bytes += counter.bytes;
  }
}

model::FlowCounter counter_of(std::string id, const sys::NftCounter& counter) {
  return {std::move(id), static_cast<int64_t>(counter.packets),
          static_cast<int64_t>(counter.bytes)};
}

}  // namespace

model::ContainmentReport to_report(const ApplyReport& applied, std::string_view plan_sha256,
                                   std::string_view journal) {
  const Containment& state = applied.state;
  model::ContainmentReport report;
  report.id = state.id;
  report.rung = rung_of(state);
  report.armed_at = {state.armed_utc};
  report.hold = state.hold;
  report.timeout = state.timeout;
  if (state.has_timer()) {
    report.opens_at = base::Timestamp{state.armed_utc + state.timeout * kNanosecondsPerSecond};
  }
  report.namespaces = reports_of(state);
  report.guard = {state.guard.pid, state.guard.pid > 0};
  report.notes = applied.notes;
  report.failures = applied.trouble;
  report.took = applied.nanoseconds;
  report.plan_sha256 = std::string(plan_sha256);
  report.journal = std::string(journal);
  return report;
}

model::ContainmentStatus to_status(const ContainStatus& found) {
  constexpr std::string_view kAllow = "allow ";
  model::ContainmentStatus status;
  status.id = found.id;
  status.state = state_of(found);
  if (status.state != model::ContainmentState::kNone) {
    const bool below = !found.namespaces.empty() && !found.namespaces.front().hooked.empty();
    status.rung = below ? model::ContainmentRung::kNftables : model::ContainmentRung::kNftablesInet;
    status.armed_at = base::parse_rfc3339(found.since);
  }
  std::map<std::string, sys::NftCounter> sums;
  for (const NamespaceStatus& one : found.namespaces) {
    status.namespaces.push_back(report_of(one));
    status.tampering.insert(status.tampering.end(), one.doubts.begin(), one.doubts.end());
    status.new_devices.insert(status.new_devices.end(), one.new_devices.begin(),
                              one.new_devices.end());
    add_counters(one, sums);
    if (one.own && one.remaining) {
      status.remaining = seconds_of(*one.remaining);
    }
  }
  for (const auto& [comment, counter] : sums) {
    const bool allowed = comment.starts_with(kAllow);
    auto& list = allowed ? status.allowed : status.dropped;
    list.push_back(counter_of(allowed ? comment.substr(kAllow.size()) : comment, counter));
  }
  status.guard = {found.recorded ? found.recorded->guard.pid : 0, found.guard_alive};
  status.notes = found.trouble;
  return status;
}

model::ContainmentChange to_change(model::ContainmentChangeKind kind, const ControlReport& changed,
                                   std::string_view journal) {
  model::ContainmentChange change;
  change.kind = kind;
  change.id = changed.state.id;
  if (changed.remaining) {
    change.remaining = seconds_of(*changed.remaining);
  }
  change.namespaces = reports_of(changed.state);
  change.guard = {changed.state.guard.pid, changed.state.guard.pid > 0};
  change.notes = changed.notes;
  change.failures = changed.trouble;
  change.journal = std::string(journal);
  return change;
}

model::ContainmentChange to_change(const UndoReport& undone, std::string_view journal) {
  model::ContainmentChange change;
  change.kind = model::ContainmentChangeKind::kUndo;
  change.id = undone.id;
  change.notes = undone.notes;
  for (const UndoneNamespace& one : undone.namespaces) {
    NamespaceReport report;
    report.inode = one.inode;
    report.own = one.own;
    report.digest_before = one.before_sha256;
    report.digest_after = one.now.sha256;
    if (one.rules == UndoneNamespace::Rules::kChanged) {
      change.notes.push_back({"rules_changed", one.difference});
    }
    change.namespaces.push_back(std::move(report));
  }
  change.failures = undone.trouble;
  change.journal = std::string(journal);
  return change;
}

}  // namespace genba::act
