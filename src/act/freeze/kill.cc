// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/kill.h"

#include <algorithm>
#include <map>
#include <utility>

#include "act/freeze/hierarchy.h"
#include "act/freeze/process_signal.h"
#include "fmt/format.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr std::chrono::milliseconds kPause{2};

class Killer {
 public:
  Killer(const host::Host& host, const FreezeState& state, const KillOptions& options)
      : host_(host), state_(state), options_(options) {}

  Result<KillReport> run();

 private:
  struct Target {
    ProcessKey key;
    bool signalled = false;
    std::string why;  // it has no signal
  };

  Result<void> choose_targets();
  void add_born_inside(const FrozenCgroup& cgroup);
  void kill_group(const FrozenCgroup& cgroup);
  void signal_each();
  void thaw_version_1();
  void wait_until_dead();
  void take_back();
  bool is_target(int64_t pid) const;
  bool all_signalled() const {
    return std::all_of(targets_.begin(), targets_.end(),
                       [](const auto& one) { return one.second.signalled; });
  }

  const host::Host& host_;
  const FreezeState& state_;
  const KillOptions& options_;
  std::map<int64_t, Target> targets_;
  std::map<int64_t, std::string> untouchable_;
  KillReport report_;
};

bool Killer::is_target(int64_t pid) const {
  const auto at = targets_.find(pid);
  return at != targets_.end() && is_alive(host_, at->second.key);
}

Result<void> Killer::choose_targets() {
  GENBA_TRY(const Scan scan, scan_processes(host_));
  untouchable_ = untouchable(host_, scan);
  for (const FrozenProcess& process : state_.processes) {
    const int64_t pid = process.key.pid;
    const auto at = scan.find(pid);
    if (at == scan.end() || at->second.key != process.key || at->second.zombie) {
      report_.gone.push_back(process.key);
      continue;
    }
    if (const auto reason = untouchable_.find(pid); reason != untouchable_.end()) {
      return fail(ErrorCode::kInvalid,
                  fmt::format("process {} must not be killed: it is {}", pid, reason->second));
    }
    targets_[pid] = {process.key, false, ""};
  }
  return {};
}

// A fork that was under way when the group froze: the child was born inside, after the last look.
void Killer::add_born_inside(const FrozenCgroup& cgroup) {
  const auto hierarchy = Hierarchy::open(host_, cgroup.hierarchy);
  const auto fd = hierarchy ? hierarchy->open_cgroup(cgroup.path) : fail(hierarchy.error());
  const auto pids = fd ? hierarchy->members(*fd) : Result<std::vector<int64_t>>(fail(fd.error()));
  if (!pids) {
    return;
  }
  for (bool added = true; added;) {
    added = false;
    for (const int64_t pid : *pids) {
      const auto process = scan_process(host_, pid);
      if (process && !targets_.contains(pid) && !untouchable_.contains(pid) &&
          is_target(process->parent)) {
        targets_[pid] = {process->key, false, ""};
        report_.notes.push_back(
            fmt::format("process {}, a child of {}, was born into the frozen group: killed too",
                        pid, process->parent));
        added = true;
      }
    }
  }
}

void Killer::kill_group(const FrozenCgroup& cgroup) {
  if (cgroup.hierarchy != FreezeMethod::kCgroup2) {
    return;
  }
  const auto hierarchy = Hierarchy::open(host_, cgroup.hierarchy);
  const auto fd = hierarchy ? hierarchy->open_cgroup(cgroup.path) : fail(hierarchy.error());
  const auto pids = fd ? hierarchy->members(*fd) : Result<std::vector<int64_t>>(fail(fd.error()));
  const auto children = fd ? hierarchy->has_children(*fd) : Result<bool>(fail(fd.error()));
  if (!pids || !children || *children) {
    return;  // one by one, then
  }
  for (const int64_t pid : *pids) {
    if (!is_target(pid)) {
      report_.notes.push_back(
          fmt::format("process {} is in cgroup {} but was not frozen by this freeze: not killed",
                      pid, cgroup.path));
      return;
    }
  }
  (void)hierarchy->kill_all(*fd);  // without it: one by one
}

void Killer::signal_each() {
  for (auto& [pid, target] : targets_) {
    const auto sent = send_signal(host_, target.key, sys::Signal::kKill);
    target.signalled = sent || sent.error().code == ErrorCode::kGone;
    if (!target.signalled) {
      target.why = sent.error().what;
    }
  }
}

void Killer::thaw_version_1() {
  for (const FrozenCgroup& cgroup : state_.cgroups) {
    if (cgroup.hierarchy != FreezeMethod::kCgroup1) {
      continue;
    }
    const auto hierarchy = Hierarchy::open(host_, cgroup.hierarchy);
    const auto fd = hierarchy ? hierarchy->open_cgroup(cgroup.path) : fail(hierarchy.error());
    const auto thawed = fd ? hierarchy->thaw(*fd) : Result<void>(fail(fd.error()));
    if (!thawed && thawed.error().code != ErrorCode::kNotFound) {
      report_.notes.push_back(fmt::format("cgroup {}: {}", cgroup.path, thawed.error().what));
    }
  }
}

void Killer::wait_until_dead() {
  const int64_t deadline =
      host_.clocks().monotonic_nanoseconds + std::chrono::nanoseconds(options_.deadline).count();
  const auto anybody_lives = [&] {
    return std::any_of(targets_.begin(), targets_.end(),
                       [&](const auto& one) { return is_alive(host_, one.second.key); });
  };
  while (anybody_lives() && host_.clocks().monotonic_nanoseconds < deadline) {
    host_.sleep_for(kPause);
  }
  for (auto& [pid, target] : targets_) {
    const auto now = scan_process(host_, pid);
    if (!now || now->key != target.key || now->zombie) {
      report_.killed.push_back(target.key);
    } else {
      report_.survivors.push_back(
          {target.key,
           target.signalled ? fmt::format("does not die yet: state {}{}", now->state,
                                          now->state == 'D' ? ", waits for the kernel" : "")
                            : target.why,
           target.signalled});
    }
  }
}

// Groups are unfrozen so that a service manager can start what belongs there again; ours go away.
void Killer::take_back() {
  auto thawed = thaw(host_, state_);
  if (!thawed) {
    report_.notes.push_back(thawed.error().what);
    return;
  }
  for (std::string& note : thawed->notes) {
    report_.notes.push_back(std::move(note));
  }
  report_.complete = thawed->complete && report_.survivors.empty();
}

Result<KillReport> Killer::run() {
  GENBA_TRY(const std::string boot_id, read_boot_id(host_));
  if (boot_id != state_.boot_id) {
    return fail(ErrorCode::kInvalid,
                "the machine has been booted since this freeze: nothing of it is left");
  }
  GENBA_TRY_VOID(choose_targets());
  for (const FrozenCgroup& cgroup : state_.cgroups) {
    add_born_inside(cgroup);
  }
  for (const FrozenCgroup& cgroup : state_.cgroups) {
    kill_group(cgroup);
  }
  signal_each();
  if (all_signalled()) {
    thaw_version_1();
  }
  wait_until_dead();
  if (all_signalled()) {
    take_back();
  } else {
    report_.notes.emplace_back(
        "a kill was refused, so the family stays frozen: run as root, or thaw it");
  }
  return std::move(report_);
}

}  // namespace

Result<KillReport> kill_frozen(const host::Host& host, const FreezeState& state,
                               const KillOptions& options) {
  return Killer(host, state, options).run();
}

}  // namespace genba::act
