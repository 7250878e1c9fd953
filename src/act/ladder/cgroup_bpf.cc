// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/cgroup_bpf.h"

#include <net/if.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <map>

#include "act/freeze/hierarchy.h"
#include "act/journal/self.h"
#include "act/ladder/ladder_notes.h"
#include "act/ladder/program_trial.h"
#include "fmt/format.h"
#include "sys/cgroup.h"
#include "sys/process.h"
#include "sys/rtnetlink.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;
using model::ContainmentPlan;
using sys::CgroupHook;
using sys::Fd;

namespace {

// What the kernel is told: it lets programs of other licences than the GPL call all but a few
// helpers.
constexpr const char* kLicense = "Apache-2.0";
constexpr int64_t kSecond = 1'000'000'000;
constexpr std::array kHooks{CgroupHook::kEgress, CgroupHook::kIngress};

int64_t now() {
  return sys::clock_nanoseconds(CLOCK_MONOTONIC);
}

// The devices of this network namespace by name; without rtnetlink, none. An empty name stands for
// any but loopback.
DeviceIndex device_index() {
  std::map<std::string, uint32_t, std::less<>> indexes;
  if (const auto rtnetlink = sys::open_rtnetlink()) {
    if (const auto links = sys::dump_links(*rtnetlink)) {
      for (const sys::Link& link : *links) {
        indexes.emplace(link.name, static_cast<uint32_t>(link.index));
        if ((link.flags & IFF_LOOPBACK) == 0) {
          indexes.emplace("", static_cast<uint32_t>(link.index));
        }
      }
    }
  }
  return [indexes](std::string_view name) -> std::optional<uint32_t> {
    const auto found = indexes.find(name);
    return found == indexes.end() ? std::nullopt : std::optional(found->second);
  };
}

Result<Fd> load(const ContainmentPlan& plan, CgroupHook hook, const Fd& map, ProgramTimer timer,
                const DeviceIndex& device) {
  GENBA_TRY(const auto program, make_contain_program(plan, hook, map.get(), timer, device));
  auto loaded = sys::load_cgroup_program(kContainProgramName, program, kLicense);
  if (!loaded && program.size() > kOldProgramLimit) {
    return fail(loaded.error().with_context(
        fmt::format("{} instructions for {} flows are more than this kernel takes: name fewer "
                    "(--admin, --allow)",
                    program.size(), plan.flows.size())));
  }
  return loaded;
}

uint64_t slot(const Fd& map, ContainSlot which) {
  return sys::read_bpf_array(map, static_cast<uint32_t>(which)).value_or(0);
}

// Where the session's packets are: on its own device, if the plan names one.
uint32_t trial_device(const ContainmentPlan& plan, const DeviceIndex& device) {
  const auto session =
      std::find_if(plan.flows.begin(), plan.flows.end(),
                   [](const model::AllowedFlow& flow) { return flow.id == "session"; });
  return session == plan.flows.end() ? 0 : device(session->device).value_or(0);
}

void clear_counts(const Fd& map) {
  for (uint32_t index = static_cast<uint32_t>(ContainSlot::kDroppedIn); index < kContainSlots;
       ++index) {
    (void)sys::write_bpf_array(map, index, 0);
  }
}

LadderCounts counts_in(const Fd& map) {
  return {slot(map, ContainSlot::kDroppedIn), slot(map, ContainSlot::kDroppedOut),
          slot(map, ContainSlot::kPassedIn),  slot(map, ContainSlot::kPassedOut),
          slot(map, ContainSlot::kSessionIn), slot(map, ContainSlot::kSessionOut)};
}

std::vector<LadderNote> missing_devices(const ContainmentPlan& plan, const DeviceIndex& device) {
  std::vector<LadderNote> notes;
  for (const model::AllowedFlow& flow : plan.flows) {
    if (!flow.device.empty() && !device(flow.device)) {
      notes.push_back(ladder_note("device_gone", flow.device));
    }
  }
  return notes;
}

// What goes out first: answers to what still comes in for a moment are stopped already.
Result<void> attach_both(const Fd& cgroup, const Fd& ingress, const Fd& egress) {
  GENBA_TRY_VOID(sys::attach_cgroup_program(cgroup, CgroupHook::kEgress, egress));
  if (auto second = sys::attach_cgroup_program(cgroup, CgroupHook::kIngress, ingress); !second) {
    (void)sys::detach_cgroup_program(cgroup, CgroupHook::kEgress, egress);
    return fail(second.error());
  }
  return {};
}

// Told once; both programs share the map.
void read_map(const Fd& map, const LadderState& state, LadderStatus& status) {
  if (status.counts) {
    return;
  }
  status.counts = counts_in(map);
  const auto deadline = static_cast<int64_t>(slot(map, ContainSlot::kDeadline));
  const bool timed = state.cgroup->has_timer;
  if (timed && deadline != state.deadline) {
    status.notes.push_back(ladder_note("deadline_changed"));
  }
  // Where the programs do not look at it, a guard keeps the time of the state.
  const int64_t counts = timed ? deadline : state.deadline;
  if (counts != 0) {
    status.remaining = std::max<int64_t>(counts - now(), 0);
  }
}

const CgroupProgramState& of_hook(const CgroupState& state, CgroupHook hook) {
  return hook == CgroupHook::kIngress ? state.ingress : state.egress;
}

}  // namespace

Result<Fd> open_cgroup_root(const host::Host& host) {
  const auto hierarchy = Hierarchy::open(host, FreezeMethod::kCgroup2);
  if (!hierarchy) {
    return fail(ErrorCode::kUnsupported, "no cgroup hierarchy of version 2 is mounted");
  }
  GENBA_TRY(Fd root, hierarchy->open_cgroup("/"));
  // Every group but the true root has this file (cgroup-v2.rst, "Core Interface Files").
  const auto events = sys::read_cgroup_file(root, "cgroup.events");
  if (events || events.error().code != ErrorCode::kNotFound) {
    return fail(ErrorCode::kUnsupported,
                "only a part of the cgroup hierarchy is mounted here (a container): run Genba on "
                "the host itself");
  }
  return root;
}

Result<ProgramTimer> probe_cgroup_bpf(const Fd& cgroup) {
  const auto there = sys::cgroup_programs(cgroup, CgroupHook::kEgress);
  if (!there) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("this kernel attaches no programs to cgroups, or does not let us ({})",
                            there.error().what));
  }
  sys::lift_locked_memory_limit();
  const auto map = sys::create_bpf_array(kContainProgramName, kContainSlots);
  if (!map) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("this kernel makes no BPF maps for us ({})", map.error().what));
  }
  const DeviceIndex none = [](std::string_view) { return std::nullopt; };
  std::string reason;
  for (const ProgramTimer timer : {ProgramTimer::kDeadline, ProgramTimer::kNone}) {
    const auto loaded = load({}, CgroupHook::kEgress, *map, timer, none);
    if (loaded) {
      return timer;
    }
    reason = loaded.error().what;
  }
  return fail(ErrorCode::kUnsupported, fmt::format("the verifier takes no program ({})", reason));
}

std::vector<LadderNote> CgroupBpf::not_covered() const {
  return not_covered_by(Rung::kCgroupBpf);
}

Result<CgroupBpf::Found> CgroupBpf::find() const {
  Found found;
  for (const CgroupHook hook : kHooks) {
    GENBA_TRY(const auto ids, sys::cgroup_programs(cgroup_, hook));
    for (const uint32_t id : ids) {
      auto program = sys::open_bpf_program(id);
      if (!program && program.error().code == ErrorCode::kNotFound) {
        continue;  // taken off since the list was made
      }
      if (!program) {
        return fail(program.error());
      }
      GENBA_TRY(auto info, sys::bpf_program_info(*program));
      Attached one{hook, std::move(info), *std::move(program), {}, 0};
      if (one.info.name == kContainProgramName && one.info.maps.size() == 1) {
        GENBA_TRY(one.map, sys::open_bpf_map(one.info.maps.front()));
        GENBA_TRY(const auto map, sys::bpf_map_info(one.map));
        one.map_id = map.id;
        if (map.name == kContainProgramName && map.entries == kContainSlots &&
            map.type == BPF_MAP_TYPE_ARRAY && map.value_size == sizeof(uint64_t)) {
          found.ours.push_back(std::move(one));
          continue;
        }
      }
      ++found.others;
    }
  }
  return found;
}

Result<LadderApplied> CgroupBpf::apply(const ContainmentPlan& plan, TimerKeeper keeper) {
  GENBA_TRY(const Found before, find());
  if (!before.ours.empty()) {
    return fail(ErrorCode::kInvalid,
                "a containment by cgroup programs stands already: see status, then extend or undo "
                "it");
  }
  GENBA_TRY(const ProgramTimer timer,
            timer_ ? Result<ProgramTimer>(*timer_) : probe_cgroup_bpf(cgroup_));
  if (timer == ProgramTimer::kNone && !plan.hold && keeper == TimerKeeper::kNobody) {
    return fail(ErrorCode::kUnsupported,
                "programs of this kernel cannot read the clock (Linux 5.8), so nothing would open "
                "the host again: use --hold, or leave the guard on");
  }
  const DeviceIndex device = device_index();
  LadderApplied applied{{}, missing_devices(plan, device)};
  LadderState& state = applied.state;
  state.rung = Rung::kCgroupBpf;
  state.boot_id = read_boot_id();
  state.hold = plan.hold;
  GENBA_TRY(const Fd map, sys::create_bpf_array(kContainProgramName, kContainSlots));
  GENBA_TRY(const Fd egress, load(plan, CgroupHook::kEgress, map, timer, device));
  GENBA_TRY(const Fd ingress, load(plan, CgroupHook::kIngress, map, timer, device));
  GENBA_TRY(const auto in, sys::bpf_program_info(ingress));
  GENBA_TRY(const auto out, sys::bpf_program_info(egress));
  GENBA_TRY(const auto shared, sys::bpf_map_info(map));
  state.cgroup =
      CgroupState{{in.id, in.tag}, {out.id, out.tag}, shared.id, timer == ProgramTimer::kDeadline};
  // Set before anything is attached: a program that stands alone for a moment opens in time.
  state.deadline = plan.hold ? 0 : now() + plan.timeout * kSecond;
  GENBA_TRY_VOID(sys::write_bpf_array(map, static_cast<uint32_t>(ContainSlot::kDeadline),
                                      static_cast<uint64_t>(state.deadline)));
  GENBA_TRY_VOID(try_contain_programs(plan, ingress, egress, trial_device(plan, device)));
  clear_counts(map);
  GENBA_TRY_VOID(attach_both(cgroup_, ingress, egress));
  return applied;
}

// One of our programs, when both are there as they were made and have not opened.
Result<CgroupBpf::Attached> CgroupBpf::find_whole(const LadderState& state) const {
  GENBA_TRY(const LadderStatus is, status(state));
  if (is.standing == LadderStanding::kOpened) {
    return fail(ErrorCode::kGone,
                "the timer has run out and the host is open: undo, then apply again");
  }
  if (is.standing != LadderStanding::kClosed) {
    return fail(ErrorCode::kGone,
                fmt::format("the containment is not whole any more ({}): undo, then apply again",
                            to_string(is.standing)));
  }
  GENBA_TRY(Found found, find());
  if (found.ours.empty()) {
    return fail(ErrorCode::kGone, "the containment was taken off just now: apply again");
  }
  return std::move(found.ours.front());
}

Result<LadderState> CgroupBpf::set_deadline(const LadderState& state, int64_t deadline) {
  GENBA_TRY(const Attached one, find_whole(state));
  const auto index = static_cast<uint32_t>(ContainSlot::kDeadline);
  GENBA_TRY_VOID(sys::write_bpf_array(one.map, index, static_cast<uint64_t>(deadline)));
  GENBA_TRY(const uint64_t told, sys::read_bpf_array(one.map, index));
  if (told != static_cast<uint64_t>(deadline)) {
    return fail(ErrorCode::kIo, "the kernel did not keep the new deadline: see status");
  }
  LadderState changed = state;
  changed.deadline = deadline;
  return changed;
}

Result<LadderState> CgroupBpf::confirm(const LadderState& state) {
  GENBA_TRY(LadderState changed, set_deadline(state, 0));
  changed.confirmed = true;
  return changed;
}

Result<LadderState> CgroupBpf::extend(const LadderState& state, int64_t seconds) {
  if (state.hold || state.confirmed) {
    return fail(ErrorCode::kInvalid, "it has no timer that could be extended: use undo to open");
  }
  return set_deadline(state, now() + seconds * kSecond);
}

Result<LadderUndone> CgroupBpf::undo(const LadderState* state) {
  GENBA_TRY(const Found found, find());
  LadderUndone undone;
  for (const Attached& one : found.ours) {
    auto done = sys::detach_cgroup_program(cgroup_, one.hook, one.program);
    if (!done && done.error().code != ErrorCode::kNotFound) {
      return fail(done.error().with_context("taking the programs off"));
    }
    ++undone.removed;
    if (state != nullptr && state->cgroup && of_hook(*state->cgroup, one.hook).id != one.info.id) {
      undone.notes.push_back(ladder_note("not_in_journal", fmt::format("{}", one.info.id)));
    }
  }
  GENBA_TRY(const Found left, find());
  undone.as_before = left.ours.empty();
  if (!left.ours.empty()) {
    undone.notes.push_back(ladder_note(kCameBack));
  }
  return undone;
}

Result<bool> CgroupBpf::stands() const {
  GENBA_TRY(const Found found, find());
  return !found.ours.empty();
}

Result<LadderStatus> CgroupBpf::status(const LadderState& state) const {
  LadderStatus status;
  if (!state.cgroup || state.rung != Rung::kCgroupBpf) {
    return fail(ErrorCode::kInvalid, "not the state of a containment by cgroup programs");
  }
  if (state.boot_id != read_boot_id()) {
    status.standing = LadderStanding::kAfterReboot;
    return status;
  }
  GENBA_TRY(const Found found, find());
  int whole = 0;
  for (const CgroupHook hook : kHooks) {
    const CgroupProgramState& made = of_hook(*state.cgroup, hook);
    const auto at = std::find_if(found.ours.begin(), found.ours.end(), [&](const Attached& one) {
      return one.hook == hook && one.info.id == made.id && one.info.tag == made.tag &&
             one.map_id == state.cgroup->map;
    });
    if (at == found.ours.end()) {
      status.notes.push_back(
          ladder_note(hook == CgroupHook::kIngress ? "ingress_gone" : "egress_gone"));
      continue;
    }
    ++whole;
    read_map(at->map, state, status);
  }
  const bool expired = state.cgroup->has_timer && status.remaining == 0;
  status.standing = whole == 0  ? LadderStanding::kGone
                    : expired   ? LadderStanding::kOpened
                    : whole < 2 ? LadderStanding::kPartly
                                : LadderStanding::kClosed;
  if (found.ours.size() > static_cast<size_t>(whole)) {
    status.notes.push_back(ladder_note("another_one"));
  }
  return status;
}

}  // namespace genba::act
