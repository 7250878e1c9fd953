// SPDX-License-Identifier: Apache-2.0
//
// Stops a family of processes together, so that no member sees another one stop, and lets it go
// again. The ladder: the unified cgroup hierarchy; the freezer of version 1; SIGSTOP, which parents
// can see and undo. A group that holds the family only is frozen where it stands, so that systemd's
// view of it stays right; everybody else is moved into `genba-<id>`, which is frozen before anybody
// is in it: a child is born into its parent's group, so who forks after the move forks frozen. Who
// was forked before is found by looking again until two looks agree. A process that has broken
// every tie (new session, new parent, another executable) between two looks is not frozen; newborn
// strangers of suspicious places are told.
// Sources: kernel Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/freezer-subsystem.rst,
// kernel/cgroup/freezer.c. Covered by freezer_test.cc.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "act/freeze/freeze_state.h"
#include "act/freeze/process_scan.h"
#include "base/result.h"
#include "host/host.h"

namespace genba::act {

/// A process to freeze and one line that says why.
struct FreezeMember {
  ProcessKey key;
  std::string why;
};

/// A process to leave alone and one line that says why.
struct SparedProcess {
  ProcessKey key;
  std::string why;
};

struct FreezeRequest {
  std::string id;  ///< is_freeze_id()
  std::vector<FreezeMember> members;
  /// Files of which every process belongs to the family, also one that starts meanwhile.
  std::vector<Executable> executables;
  /// Never frozen, whatever ties them to the family. untouchable() holds without being named.
  std::vector<SparedProcess> spared;
  /// Tried in this order.
  std::vector<FreezeMethod> methods = {FreezeMethod::kCgroup2, FreezeMethod::kCgroup1,
                                       FreezeMethod::kStop};
  /// Called before each change with what will have been changed, so that a kill of Genba at any
  /// moment leaves a record to thaw from. Its failure ends the freeze.
  std::function<base::Result<void>(const FreezeState&)> journal;
  /// Ticks since boot (ProcessKey): who was born after it is looked at again; 0: since the freeze.
  uint64_t looked_at_ticks = 0;
  std::chrono::milliseconds deadline{3000};  ///< for finding and for freezing together
};

/// A member that was not frozen, or not proven to be, and why.
struct NotFrozen {
  ProcessKey key;
  std::string why;
};

struct FreezeReport {
  FreezeState state;
  bool all_frozen = false;  ///< the kernel says so of every group, and nobody was left out
  /// The error that ended the freeze in the middle, where taking it back did not succeed: `state`
  /// may be in force, in part or whole, and only its record leads back.
  std::optional<base::Error> broken_off;
  std::vector<NotFrozen> not_frozen;
  /// Born since the look, tied to nobody, and run from a volatile or hidden place, or without a
  /// parent from where packages bring nothing: a copy under a new name looks like that. Not frozen.
  std::vector<NotFrozen> may_belong;
  std::vector<std::string> notes;  ///< one line each, for the journal and the person
  int passes = 0;                  ///< looks at all processes until nothing was new
};

/// kInvalid, and nothing changed, when a member is one that must not be touched; kGone when none of
/// the members lives any more. A failure in the middle undoes what was done and is an error, unless
/// something of it stays: then there is a report with broken_off.
base::Result<FreezeReport> freeze(const host::Host& host, const FreezeRequest& request);

struct ThawReport {
  std::vector<ProcessKey> thawed;
  std::vector<ProcessKey> gone;    ///< ended meanwhile
  std::vector<std::string> notes;  ///< what could not be put back as it was
  bool complete = true;            ///< nothing of the freeze is left
};

/// Takes a freeze back: processes into their former groups (the nearest one above where a group is
/// gone), groups unfrozen and ours removed. Only who is the same process still; may be repeated.
/// kInvalid when the machine has been booted since.
base::Result<ThawReport> thaw(const host::Host& host, const FreezeState& state);

/// The boot that is running, as FreezeState::boot_id has it.
base::Result<std::string> read_boot_id(const host::Host& host);

}  // namespace genba::act
