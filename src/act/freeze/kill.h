// SPDX-License-Identifier: Apache-2.0
//
// Ends a frozen family for good, all at once, by SIGKILL alone: any other signal could be answered
// by wiping traces. In the unified hierarchy the dead need no thaw, and cgroup.kill (Linux 5.14)
// reaches whoever is in the group; in version 1 a frozen process only dies when it is thawed, so
// all get their signal first. Nothing is thawed while one member has no signal pending. A group in
// which somebody else has been put meanwhile (to have Genba kill it) is not killed as a whole; its
// recorded members are, one by one. Where it does not hold: a process that waits in the kernel
// (state D) dies when that wait ends, and is told. Sources: kernel
// Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/freezer-subsystem.rst. Covered by
// kill_test.cc.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "act/freeze/freeze_state.h"
#include "act/freeze/freezer.h"
#include "base/result.h"
#include "host/host.h"

namespace genba::act {

/// A member that is not dead, and why.
struct Survivor {
  ProcessKey key;
  std::string why;
  bool signalled = false;  ///< will die as soon as it can
};

struct KillReport {
  std::vector<ProcessKey> killed;
  std::vector<ProcessKey> gone;  ///< had ended before
  std::vector<Survivor> survivors;
  std::vector<std::string> notes;  ///< one line each, for the journal and the person
  bool complete = false;           ///< all are dead, and nothing of the freeze is left
};

struct KillOptions {
  std::chrono::milliseconds deadline{2000};  ///< for dying
};

/// Ends the processes that the freeze recorded, each only when its number and start still agree,
/// and children of theirs that were born into the frozen groups; then takes the freeze back.
/// kInvalid, and nobody killed, when the machine has been booted since or a recorded process is one
/// that must not be touched. When a signal was refused, the groups stay frozen. May be repeated.
base::Result<KillReport> kill_frozen(const host::Host& host, const FreezeState& state,
                                     const KillOptions& options);

}  // namespace genba::act
