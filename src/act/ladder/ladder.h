// SPDX-License-Identifier: Apache-2.0
//
// Containment where nf_tables is missing: two weaker ways, each behind the same few verbs, and the
// choice among all ways. Each says what it does not reach, in words for the responder; nobody is to
// take a lower rung for the whole thing. Nothing here makes the kernel load a module, and nothing
// is mounted. Neither rung needs a process to stay closed. The one of cgroup programs opens by
// itself (since Linux 5.8); the one of routes cannot, so it wants --hold or a guard that undoes it.
// Covered by cgroup_bpf_test.cc, routes_test.cc and ladder_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "act/ladder/ladder_state.h"
#include "base/result.h"
#include "host/host.h"
#include "model/containment.h"
#include "model/finding.h"
#include "sys/nf_tables/nf_tables.h"

namespace genba::act {

/// Something to say of a rung, with a stable id.
using LadderNote = model::PlanNote;

/// Whether a process lives on that calls undo() when the deadline has passed.
enum class TimerKeeper : uint8_t { kNobody, kGuard };

enum class LadderStanding : uint8_t {
  kClosed,      ///< all of it is there
  kPartly,      ///< some of it is missing or was changed: `notes` says what
  kOpened,      ///< the timer has run out; what is left in the kernel lets all pass
  kGone,        ///< nothing of it is there
  kAfterReboot  ///< the host was started again since
};
/// closed, partly, opened, gone or after_reboot.
std::string_view to_string(LadderStanding standing);

/// Packets since it was applied.
struct LadderCounts {
  uint64_t dropped_in = 0;
  uint64_t dropped_out = 0;
  uint64_t passed_in = 0;  ///< those of the session not counted
  uint64_t passed_out = 0;
  uint64_t session_in = 0;
  uint64_t session_out = 0;
};

struct LadderStatus {
  LadderStanding standing = LadderStanding::kGone;
  std::optional<int64_t> remaining;    ///< nanoseconds until it opens; absent without a timer
  std::optional<LadderCounts> counts;  ///< absent where the rung counts nothing
  std::vector<LadderNote> notes;
};

struct LadderApplied {
  LadderState state;
  std::vector<LadderNote> notes;  ///< what of the plan could not be kept
};

struct LadderUndone {
  uint32_t removed = 0;           ///< programs, or rules and routes; 0: there was nothing
  bool as_before = false;         ///< proven: compared with what was there before
  std::vector<LadderNote> notes;  ///< what differs, or why it could not be compared
};

/// One way, in the network namespace and on the host of the calling process.
class LadderRung {
 public:
  virtual ~LadderRung() = default;
  virtual Rung kind() const = 0;
  /// What it does not reach.
  virtual std::vector<LadderNote> not_covered() const = 0;

  /// Makes the plan real, for plan.timeout seconds or, with plan.hold, for good. After an error
  /// nothing of it is left. A caller that is killed within leaves the host open, or closed as
  /// planned, and the session allowed at each moment. kInvalid when a containment of this kind
  /// stands already; kUnsupported when nobody would keep the time.
  virtual base::Result<LadderApplied> apply(const model::ContainmentPlan& plan,
                                            TimerKeeper keeper) = 0;
  /// Takes the timer off. kGone when it is not whole any more or has opened: apply again.
  virtual base::Result<LadderState> confirm(const LadderState& state) = 0;
  /// Opens `seconds` from now instead. kGone as confirm; kInvalid when it has no timer.
  virtual base::Result<LadderState> extend(const LadderState& state, int64_t seconds) = 0;
  /// Takes off exactly what is ours. Without a state (the journal is lost) it is known by its names
  /// and numbers alone.
  virtual base::Result<LadderUndone> undo(const LadderState* state) = 0;
  virtual base::Result<LadderStatus> status(const LadderState& state) const = 0;
  /// What it works through. Two processes must not share it.
  virtual int fd() const = 0;
  /// Whether anything of it is in the kernel, known by its names and numbers alone.
  virtual base::Result<bool> stands() const = 0;
};

/// kUnsupported for rungs that are not of this ladder (nf_tables is act/contain's) and where the
/// host does not offer it; the words say what is missing.
base::Result<std::unique_ptr<LadderRung>> open_rung(Rung rung, const host::Host& host);

/// Whether that rung is meant to hold back what takes that path (of contain/prove.h).
bool claims(Rung rung, std::string_view path);

/// What is known of one rung on this host.
struct RungOffer {
  Rung rung = Rung::kNone;
  bool offered = false;
  bool timer_in_kernel = false;  ///< it opens by itself although no process lives
  model::Text evidence;
  std::vector<LadderNote> not_covered;
};

struct RungChoice {
  Rung rung = Rung::kNone;        ///< the strongest that is offered
  std::vector<RungOffer> offers;  ///< those that were asked: of nf_tables always, then down to it

  /// The offer of the chosen rung, or nullptr.
  const RungOffer* chosen() const;
};

/// Tries, without changing anything: nf_tables carries out a batch and takes it back, the verifier
/// takes a small program, the policy rules are read. `nf_tables` says whether it may be asked.
RungChoice choose_rung(const host::Host& host, const sys::NftKernel& nf_tables,
                       sys::ModuleLoading loading = sys::ModuleLoading::kForbidden);

}  // namespace genba::act
