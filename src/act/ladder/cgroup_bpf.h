// SPDX-License-Identifier: Apache-2.0
//
// The rung cgroup_bpf: two programs (cgroup_program.h) at the root of the cgroup hierarchy of
// version 2, beside those of the host. They see the packets of every socket of every process, also
// in containers and other network namespaces, since all groups lie below the root; packets without
// a socket they do not see. Programs and map live in the kernel without us and are found again by
// their names and shape. Needs Linux 4.15; the timer 5.8. Covered by cgroup_bpf_test.cc, at a group
// of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "act/ladder/cgroup_program.h"
#include "act/ladder/ladder.h"
#include "sys/bpf/bpf.h"
#include "sys/fd.h"

namespace genba::act {

/// What the kernel says of programs, and of our map: at most 15 bytes.
inline constexpr const char* kContainProgramName = "genba_contain";

/// Opens the true root of the hierarchy. kUnsupported where none is mounted, or where what is
/// mounted is only a part of it (in a container).
base::Result<sys::Fd> open_cgroup_root(const host::Host& host);

/// Whether the verifier takes a program that reads the monotonic clock, or only one that does not.
/// kUnsupported when it takes neither, or programs cannot be attached to cgroups.
base::Result<ProgramTimer> probe_cgroup_bpf(const sys::Fd& cgroup);

class CgroupBpf : public LadderRung {
 public:
  /// `timer` is what programs of this kernel can do; absent: asked with probe_cgroup_bpf.
  explicit CgroupBpf(sys::Fd cgroup, std::optional<ProgramTimer> timer = {})
      : cgroup_(std::move(cgroup)), timer_(timer) {}

  Rung kind() const override { return Rung::kCgroupBpf; }
  std::vector<LadderNote> not_covered() const override;
  base::Result<LadderApplied> apply(const model::ContainmentPlan& plan,
                                    TimerKeeper keeper) override;
  base::Result<LadderState> confirm(const LadderState& state) override;
  base::Result<LadderState> extend(const LadderState& state, int64_t seconds) override;
  base::Result<LadderUndone> undo(const LadderState* state) override;
  base::Result<LadderStatus> status(const LadderState& state) const override;
  base::Result<bool> stands() const override;
  int fd() const override { return cgroup_.get(); }

 private:
  // A program of ours that is attached.
  struct Attached {
    sys::CgroupHook hook = sys::CgroupHook::kIngress;
    sys::BpfProgramInfo info;
    sys::Fd program;
    sys::Fd map;
    uint32_t map_id = 0;
  };
  struct Found {
    std::vector<Attached> ours;
    uint32_t others = 0;
  };
  base::Result<Found> find() const;
  base::Result<Attached> find_whole(const LadderState& state) const;
  base::Result<LadderState> set_deadline(const LadderState& state, int64_t deadline);

  sys::Fd cgroup_;
  std::optional<ProgramTimer> timer_;
};

}  // namespace genba::act
