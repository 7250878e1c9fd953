// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/freezer.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "act/freeze/hierarchy.h"
#include "act/freeze/kinship.h"
#include "act/freeze/newborn.h"
#include "act/freeze/process_signal.h"
#include "base/split.h"
#include "fmt/format.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr int kQuietPasses = 2;
constexpr std::chrono::milliseconds kPause{1};

class Freezer {
 public:
  Freezer(const host::Host& host, const FreezeRequest& request)
      : host_(host),
        request_(request),
        deadline_(host.clocks().monotonic_nanoseconds +
                  std::chrono::nanoseconds(request.deadline).count()),
        born_after_(request.looked_at_ticks == 0 ? ticks_now(host) : request.looked_at_ticks) {}

  Result<FreezeReport> run();

 private:
  using Found = Kinship::Found;
  using Group = std::pair<const std::string, std::vector<Found>>;

  Result<std::vector<Found>> find_first(const Scan& scan);
  Result<void> choose_method();
  Result<bool> try_hierarchy(FreezeMethod method);
  Result<void> catch_all(std::vector<Found> found);
  Result<void> contain(const std::vector<Found>& found);
  Result<void> contain_by_cgroup(const std::vector<Found>& found);
  Result<void> contain_by_signal(const std::vector<Found>& found);
  Result<bool> freeze_in_place(const Group& group);
  bool holds_family_only(const sys::Fd& cgroup);
  Result<void> move(const FrozenProcess& process);
  Result<void> stop_instead(const ProcessKey& key, const std::string& reason);
  void wait_until_frozen();
  bool groups_are_frozen();
  bool stopped_are_frozen();
  void finish();
  Result<FreezeReport> take_back(const base::Error& cause);

  FrozenProcess record(const Found& found, std::string former, std::string cgroup) const;
  std::string former_of_parent(const Found& found) const;
  bool is_frozen_cgroup(std::string_view path) const;
  Result<void> journal() { return request_.journal ? request_.journal(state()) : Result<void>(); }
  FreezeState& state() { return report_.state; }
  bool in_time() const { return host_.clocks().monotonic_nanoseconds < deadline_; }

  const host::Host& host_;
  const FreezeRequest& request_;
  int64_t deadline_;
  uint64_t born_after_;
  FreezeReport report_;
  std::optional<Kinship> kinship_;
  std::optional<Hierarchy> hierarchy_;  // none: by signal
  std::string made_;                    // our group's path
  sys::Fd made_fd_;
};

Result<std::vector<Kinship::Found>> Freezer::find_first(const Scan& scan) {
  std::map<int64_t, std::string> spared = untouchable(host_, scan);
  for (const SparedProcess& one : request_.spared) {
    const auto at = scan.find(one.key.pid);
    if (at != scan.end() && at->second.key == one.key) {
      spared.emplace(one.key.pid, one.why);
    }
  }
  kinship_.emplace(host_, request_.executables, spared);
  std::vector<Found> found;
  for (const FreezeMember& member : request_.members) {
    if (const auto reason = spared.find(member.key.pid); reason != spared.end()) {
      return fail(ErrorCode::kInvalid, fmt::format("process {} must not be frozen: it is {}",
                                                   member.key.pid, reason->second));
    }
    const auto at = scan.find(member.key.pid);
    if (at != scan.end() && at->second.key == member.key && !at->second.zombie &&
        !kinship_->is_member(member.key)) {
      kinship_->add(at->second);
      found.push_back({at->second, member.why});
    }
  }
  if (found.empty()) {
    return fail(ErrorCode::kGone, "none of these processes lives any more");
  }
  return found;
}

// False when the hierarchy is not there or does not let us; then the next rung is tried.
Result<bool> Freezer::try_hierarchy(FreezeMethod method) {
  auto hierarchy = Hierarchy::open(host_, method);
  if (!hierarchy) {
    report_.notes.push_back(hierarchy.error().what);
    return false;
  }
  // Genba may be ended as soon as there is a group: what nobody knows of is never removed.
  std::string path = hierarchy->path_of(request_.id);
  state().cgroups = {{method, path, true, false}};
  GENBA_TRY_VOID(journal());
  if (const auto made = hierarchy->make(request_.id); !made) {
    state().cgroups.clear();
    if (made.error().code == ErrorCode::kInvalid) {
      return fail(made.error().with_context(
          fmt::format("making the cgroup 'genba-{}': thaw that freeze first", request_.id)));
    }
    report_.notes.push_back(fmt::format("{}: {}", to_string(method), made.error().what));
    return false;
  }
  auto group = hierarchy->open_cgroup(path);
  // Frozen while it is empty: whoever comes in freezes, and so do the children born there.
  const auto frozen = group ? hierarchy->freeze(*group) : fail(group.error());
  if (!frozen) {
    (void)hierarchy->remove(path);
    state().cgroups.clear();
    report_.notes.push_back(fmt::format("{}: {}", to_string(method), frozen.error().what));
    return false;
  }
  hierarchy_ = *std::move(hierarchy);
  made_ = std::move(path);
  made_fd_ = *std::move(group);
  return true;
}

Result<void> Freezer::choose_method() {
  for (const FreezeMethod method : request_.methods) {
    if (method == FreezeMethod::kStop) {
      report_.notes.emplace_back(
          "stopped by SIGSTOP, which a parent can see and undo: no cgroup could freeze here");
      return {};
    }
    GENBA_TRY(const bool chosen, try_hierarchy(method));
    if (chosen) {
      return {};
    }
  }
  return fail(ErrorCode::kUnsupported,
              "no way to freeze that was allowed works on this kernel (" +
                  (report_.notes.empty() ? "none was named" : report_.notes.back()) + ")");
}

bool Freezer::is_frozen_cgroup(std::string_view path) const {
  const auto& cgroups = report_.state.cgroups;
  return std::any_of(cgroups.begin(), cgroups.end(),
                     [&](const FrozenCgroup& cgroup) { return cgroup.path == path; });
}

// Who was born inside a frozen group goes where its parent came from.
std::string Freezer::former_of_parent(const Found& found) const {
  for (const FrozenProcess& process : report_.state.processes) {
    if (process.key.pid == found.process.parent) {
      return process.former_cgroup;
    }
  }
  return report_.state.processes.empty() ? "/" : report_.state.processes.front().former_cgroup;
}

FrozenProcess Freezer::record(const Found& found, std::string former, std::string cgroup) const {
  FrozenProcess process;
  process.key = found.process.key;
  process.method = hierarchy_ ? hierarchy_->method() : FreezeMethod::kStop;
  process.former_cgroup = std::move(former);
  process.cgroup = std::move(cgroup);
  process.was_stopped = found.process.state == 'T';
  process.why = found.why;
  return process;
}

// Every process in it belongs to the family, also those that no look has seen yet.
bool Freezer::holds_family_only(const sys::Fd& cgroup) {
  const auto children = hierarchy_->has_children(cgroup);
  const auto pids = hierarchy_->members(cgroup);
  if (!children || *children || !pids) {
    return false;
  }
  return std::all_of(pids->begin(), pids->end(), [&](int64_t pid) {
    const auto process = scan_process(host_, pid);
    if (!process) {
      return pid != 0 && process.error().code == ErrorCode::kGone;
    }
    return process->zombie || kinship_->why(*process).has_value();
  });
}

// False when others are in the group: then its members have to be moved out of it.
Result<bool> Freezer::freeze_in_place(const Group& group) {
  const auto& [path, found] = group;
  const auto cgroup = path == "/" ? fail(ErrorCode::kInvalid, "the root cannot freeze")
                                  : hierarchy_->open_cgroup(path);
  if (!cgroup || !holds_family_only(*cgroup)) {
    return false;
  }
  const auto was_frozen = hierarchy_->is_asked_to_freeze(*cgroup);
  if (!was_frozen) {
    return false;
  }
  const size_t first = state().processes.size();
  state().cgroups.push_back({hierarchy_->method(), path, false, *was_frozen});
  for (const Found& one : found) {
    state().processes.push_back(record(one, path, path));
  }
  GENBA_TRY_VOID(journal());
  const bool good = hierarchy_->freeze(*cgroup).has_value() && holds_family_only(*cgroup);
  if (!good) {
    // Somebody else came in between the look and the freeze: let go at once.
    if (!*was_frozen) {
      (void)hierarchy_->thaw(*cgroup);
    }
    state().cgroups.pop_back();
    state().processes.resize(first);
  }
  return good;
}

Result<void> Freezer::stop_instead(const ProcessKey& key, const std::string& reason) {
  const auto at = std::find_if(state().processes.begin(), state().processes.end(),
                               [&](const FrozenProcess& process) { return process.key == key; });
  // On the disk before the signal: whoever thaws by the record has to know that SIGCONT is due.
  at->method = FreezeMethod::kStop;
  at->cgroup.clear();
  GENBA_TRY_VOID(journal());
  const auto stopped = send_signal(host_, key, sys::Signal::kStop);
  if (!stopped && stopped.error().code == ErrorCode::kGone) {
    return {};
  }
  report_.notes.push_back(
      fmt::format("process {} could not be moved ({}): stopped by SIGSTOP, "
                  "which its parent can see",
                  key.pid, reason));
  if (!stopped) {
    report_.not_frozen.push_back({key, stopped.error().what});
  }
  return {};
}

Result<void> Freezer::move(const FrozenProcess& process) {
  const ProcessKey key = process.key;
  // The last look at who has this number; what remains is the time between two system calls.
  if (!is_alive(host_, key)) {
    return {};
  }
  const auto moved = hierarchy_->move(key.pid, made_fd_);
  if (moved || moved.error().code == ErrorCode::kGone) {
    return {};
  }
  return stop_instead(key, moved.error().what);
}

Result<void> Freezer::contain_by_cgroup(const std::vector<Found>& found) {
  std::map<std::string, std::vector<Found>> groups;
  for (const Found& one : found) {
    const auto path = hierarchy_->cgroup_of(host_, one.process.key.pid);
    if (!path) {
      if (is_alive(host_, one.process.key)) {
        report_.not_frozen.push_back({one.process.key, path.error().what});
      }
    } else if (is_frozen_cgroup(*path)) {
      state().processes.push_back(
          record(one, *path == made_ ? former_of_parent(one) : *path, *path));
    } else {
      groups[*path].push_back(one);
    }
  }
  const size_t first = state().processes.size();
  std::vector<FrozenProcess> to_move;
  for (const Group& group : groups) {
    GENBA_TRY(const bool in_place, freeze_in_place(group));
    for (size_t i = 0; !in_place && i < group.second.size(); ++i) {
      to_move.push_back(record(group.second[i], group.first, made_));
    }
  }
  state().processes.insert(state().processes.end(), to_move.begin(), to_move.end());
  if (state().processes.size() != first) {
    GENBA_TRY_VOID(journal());
  }
  for (const FrozenProcess& process : to_move) {
    GENBA_TRY_VOID(move(process));
  }
  return {};
}

Result<void> Freezer::contain_by_signal(const std::vector<Found>& found) {
  for (const Found& one : found) {
    state().processes.push_back(record(one, "", ""));
  }
  GENBA_TRY_VOID(journal());
  for (const Found& one : found) {
    const auto stopped = send_signal(host_, one.process.key, sys::Signal::kStop);
    if (!stopped && stopped.error().code != ErrorCode::kGone) {
      report_.not_frozen.push_back({one.process.key, stopped.error().what});
    }
  }
  return {};
}

Result<void> Freezer::contain(const std::vector<Found>& found) {
  if (state().processes.size() + found.size() > kMostFrozen) {
    return fail(ErrorCode::kTooLarge, "the family is larger than one freeze can record");
  }
  return hierarchy_ ? contain_by_cgroup(found) : contain_by_signal(found);
}

Result<void> Freezer::catch_all(std::vector<Found> found) {
  int quiet = 0;
  while (quiet < kQuietPasses) {
    if (!found.empty()) {
      GENBA_TRY_VOID(contain(found));
    }
    GENBA_TRY(const Scan scan, scan_processes(host_));
    found = kinship_->take_newcomers(scan);
    ++report_.passes;
    quiet = found.empty() ? quiet + 1 : 0;
    if (quiet < kQuietPasses && !in_time()) {
      report_.notes.emplace_back("the family grew faster than it could be caught: some may run");
      for (const Found& one : found) {
        report_.not_frozen.push_back({one.process.key, "found too late"});
      }
      return {};
    }
  }
  return {};
}

bool Freezer::groups_are_frozen() {
  return std::all_of(
      state().cgroups.begin(), state().cgroups.end(), [&](const FrozenCgroup& cgroup) {
        const auto fd = hierarchy_->open_cgroup(cgroup.path);
        const auto progress =
            fd ? hierarchy_->progress(*fd) : Result<FreezeProgress>(fail(fd.error()));
        return progress ? progress->frozen || !progress->populated
                        : progress.error().code == ErrorCode::kNotFound;
      });
}

bool Freezer::stopped_are_frozen() {
  return std::all_of(state().processes.begin(), state().processes.end(),
                     [&](const FrozenProcess& process) {
                       if (process.method != FreezeMethod::kStop) {
                         return true;
                       }
                       const auto now = scan_process(host_, process.key.pid);
                       return !now || now->key != process.key || now->zombie || now->state == 'T' ||
                              now->state == 't';
                     });
}

void Freezer::wait_until_frozen() {
  bool frozen = groups_are_frozen() && stopped_are_frozen();
  while (!frozen && in_time()) {
    host_.sleep_for(kPause);
    frozen = groups_are_frozen() && stopped_are_frozen();
  }
  if (!frozen) {
    for (const FrozenProcess& process : state().processes) {
      const auto now = scan_process(host_, process.key.pid);
      if (now && now->key == process.key && (now->state == 'D' || now->state == 'R')) {
        report_.not_frozen.push_back(
            {process.key, fmt::format("does not stop: state {} ({})", now->state,
                                      now->state == 'D' ? "waits for the kernel" : "runs")});
      }
    }
  }
  report_.all_frozen = frozen && report_.not_frozen.empty();
}

void Freezer::finish() {
  std::erase_if(state().processes,
                [&](const FrozenProcess& process) { return !is_alive(host_, process.key); });
  const bool used = std::any_of(
      state().processes.begin(), state().processes.end(),
      [&](const FrozenProcess& process) { return !made_.empty() && process.cgroup == made_; });
  if (!made_.empty() && !used && hierarchy_->remove(made_)) {
    std::erase_if(state().cgroups, [](const FrozenCgroup& cgroup) { return cgroup.made; });
  }
}

Result<FreezeReport> Freezer::take_back(const base::Error& cause) {
  const auto thawed = thaw(host_, state());
  if (thawed && thawed->complete) {
    return fail(base::Error(cause).with_context("freezing, which was taken back"));
  }
  if (thawed) {
    report_.notes.insert(report_.notes.end(), thawed->notes.begin(), thawed->notes.end());
  } else {
    report_.notes.push_back(thawed.error().what);
  }
  report_.all_frozen = false;
  report_.broken_off = cause;
  return std::move(report_);
}

Result<FreezeReport> Freezer::run() {
  if (!is_freeze_id(request_.id)) {
    return fail(ErrorCode::kInvalid, "the id of a freeze is 1 to 64 letters, digits and '-'");
  }
  state().id = request_.id;
  GENBA_TRY(state().boot_id, read_boot_id(host_));
  GENBA_TRY(const Scan scan, scan_processes(host_));
  GENBA_TRY(std::vector<Found> found, find_first(scan));
  GENBA_TRY_VOID(choose_method());
  // Relatives that the first look shows are caught in the same turn.
  for (Found& relative : kinship_->take_newcomers(scan)) {
    found.push_back(std::move(relative));
  }
  if (auto caught = catch_all(std::move(found)); !caught) {
    return take_back(caught.error());
  }
  wait_until_frozen();
  finish();
  report_.may_belong = find_newborn(host_, *kinship_, born_after_);
  if (auto recorded = journal(); !recorded) {
    return take_back(recorded.error());
  }
  return std::move(report_);
}

}  // namespace

Result<FreezeReport> freeze(const host::Host& host, const FreezeRequest& request) {
  return Freezer(host, request).run();
}

Result<std::string> read_boot_id(const host::Host& host) {
  GENBA_TRY(const auto file, host.read_file("/proc/sys/kernel/random/boot_id"));
  return std::string(base::trim(file.bytes));
}

}  // namespace genba::act
