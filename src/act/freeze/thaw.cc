// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <utility>

#include "act/freeze/freezer.h"
#include "act/freeze/hierarchy.h"
#include "act/freeze/process_signal.h"
#include "fmt/format.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

// Nobody inside can fork while frozen, so one round empties a group; more are for strangers who
// are put in from outside meanwhile.
constexpr int kMostRounds = 16;

class Thawer {
 public:
  Thawer(const host::Host& host, const FreezeState& state) : host_(host), state_(state) {}

  ThawReport run() {
    for (const FrozenCgroup& cgroup : state_.cgroups) {
      thaw_cgroup(cgroup);
    }
    for (const FrozenProcess& process : state_.processes) {
      if (process.method == FreezeMethod::kStop) {
        continue_process(process);
      }
      auto& list = is_alive(host_, process.key) ? report_.thawed : report_.gone;
      list.push_back(process.key);
    }
    return std::move(report_);
  }

 private:
  void thaw_cgroup(const FrozenCgroup& cgroup);
  void empty_and_remove(const Hierarchy& hierarchy, const FrozenCgroup& cgroup);
  void move_back(const Hierarchy& hierarchy, int64_t pid);
  std::string former_of(int64_t pid) const;
  void continue_process(const FrozenProcess& process);
  void trouble(std::string words) {
    report_.notes.push_back(std::move(words));
    report_.complete = false;
  }

  const host::Host& host_;
  const FreezeState& state_;
  ThawReport report_;
};

void Thawer::thaw_cgroup(const FrozenCgroup& cgroup) {
  const auto hierarchy = Hierarchy::open(host_, cgroup.hierarchy);
  if (!hierarchy) {
    trouble(fmt::format("cgroup {}: {}", cgroup.path, hierarchy.error().what));
    return;
  }
  const auto fd = hierarchy->open_cgroup(cgroup.path);
  if (!fd) {
    if (fd.error().code != ErrorCode::kNotFound) {
      trouble(fmt::format("cgroup {}: {}", cgroup.path, fd.error().what));
    }
    return;
  }
  if (cgroup.made) {
    empty_and_remove(*hierarchy, cgroup);
  } else if (cgroup.was_frozen) {
    report_.notes.push_back(fmt::format("cgroup {} was frozen before and stays so", cgroup.path));
  } else if (const auto thawed = hierarchy->thaw(*fd); !thawed) {
    trouble(fmt::format("cgroup {}: {}", cgroup.path, thawed.error().what));
  }
}

// The group from which a process of ours came. One that no record names was born inside or put
// there by somebody; it goes with its parent, else with the first.
std::string Thawer::former_of(int64_t pid) const {
  const auto process = scan_process(host_, pid);
  const FrozenProcess* best = nullptr;
  for (const FrozenProcess& one : state_.processes) {
    if (one.former_cgroup.empty()) {
      continue;
    }
    if (process && one.key == process->key) {
      return one.former_cgroup;
    }
    if (best == nullptr || (process && one.key.pid == process->parent)) {
      best = &one;
    }
  }
  return best == nullptr ? "/" : best->former_cgroup;
}

void Thawer::move_back(const Hierarchy& hierarchy, int64_t pid) {
  const std::string former = former_of(pid);
  auto path = hierarchy.nearest_existing(former);
  // A group with controllers for its children takes no processes (EBUSY): then the one above.
  while (path) {
    const auto fd = hierarchy.open_cgroup(*path);
    const auto moved = fd ? hierarchy.move(pid, *fd) : Result<void>(fail(fd.error()));
    if (moved || moved.error().code == ErrorCode::kGone) {
      if (moved && *path != former) {
        report_.notes.push_back(
            fmt::format("process {}: its group {} is gone or takes nobody; it "
                        "is in {} now",
                        pid, former, *path));
      }
      return;
    }
    const size_t slash = path->rfind('/');
    if (*path == "/" || slash == std::string::npos) {
      trouble(fmt::format("process {} could not be put back: {}", pid, moved.error().what));
      return;
    }
    path = path->substr(0, slash == 0 ? 1 : slash);
  }
}

void Thawer::empty_and_remove(const Hierarchy& hierarchy, const FrozenCgroup& cgroup) {
  const auto fd = hierarchy.open_cgroup(cgroup.path);
  for (int round = 0; fd && round < kMostRounds; ++round) {
    const auto pids = hierarchy.members(*fd);
    if (!pids || pids->empty()) {
      break;
    }
    for (const int64_t pid : *pids) {
      move_back(hierarchy, pid);
    }
  }
  if (const auto removed = hierarchy.remove(cgroup.path); !removed) {
    // Whoever is left must not stay frozen without anybody knowing.
    if (fd) {
      (void)hierarchy.thaw(*fd);
    }
    trouble(fmt::format("cgroup {} could not be removed: {}", cgroup.path, removed.error().what));
  }
}

void Thawer::continue_process(const FrozenProcess& process) {
  if (process.was_stopped) {
    return;
  }
  const auto sent = send_signal(host_, process.key, sys::Signal::kContinue);
  if (!sent && sent.error().code != ErrorCode::kGone) {
    trouble(fmt::format("process {}: {}", process.key.pid, sent.error().what));
  }
}

}  // namespace

Result<ThawReport> thaw(const host::Host& host, const FreezeState& state) {
  GENBA_TRY(const std::string boot_id, read_boot_id(host));
  if (boot_id != state.boot_id) {
    return fail(ErrorCode::kInvalid,
                "the machine has been booted since this freeze: nothing of it is left");
  }
  return Thawer(host, state).run();
}

}  // namespace genba::act
