// SPDX-License-Identifier: Apache-2.0
//
// A process of ours that lives on without us: it keeps a containment, or its time. It has no
// terminal, no standard streams and no descriptor but those named, and its name is the guard's.
// Covered by guard_test.cc and act/ladder/ladder_control_test.cc.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "act/freeze/process_scan.h"
#include "base/result.h"
#include "host/host.h"
#include "model/action.h"

namespace genba::act {

/// The name in /proc/PID/comm.
inline constexpr const char* kGuardName = "genba-guard";

/// What it does; it calls `ready` once it can do it, and ends when it returns.
using Background = std::function<void(const std::function<void()>& ready)>;

/// Forks it and waits until it is ready (a second at most). Descriptors of `keep` stay open in it.
/// Only from a process with one thread.
base::Result<ProcessKey> start_background(const host::Host& host, std::vector<int> keep,
                                          const Background& body);

/// Writes into the journal that a timer has run out. `state_of` gives the JSON of the containment
/// when it is the one that the journal tells of, else nothing. Somebody may hold the journal, or
/// have no room: nobody waits for a guard, and it waits for nobody. An empty directory tells
/// nothing.
void tell_timer_end(const std::string& directory, const std::string& version,
                    const std::function<std::string(const model::ActionLog&)>& state_of);

/// Whether the very process lives, and is one of these by its name.
bool is_guard(const host::Host& host, const ProcessKey& key);
/// Ends it with SIGKILL and waits until its sockets are closed. kGone when it has ended already.
base::Result<void> end_guard(const host::Host& host, const ProcessKey& key);

}  // namespace genba::act
