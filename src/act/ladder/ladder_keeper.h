// SPDX-License-Identifier: Apache-2.0
//
// The process that keeps the time of a containment on a lower rung: at the deadline it takes it
// back and tells the journal. Killed before, it opens nothing: routes then stay until they are
// undone, and cgroup programs open by the kernel's clock. Covered by ladder_control_test.cc.
#pragma once

#include <string>

#include "act/contain/background.h"
#include "act/ladder/ladder.h"

namespace genba::act {

struct KeeperOrders {
  std::string id;        ///< of the containment
  int64_t deadline = 0;  ///< CLOCK_MONOTONIC nanoseconds
  std::string version;   ///< of this Genba
  std::string journal_directory;
};

/// The rung is the keeper's from now on. Only from a process with one thread.
base::Result<ProcessKey> start_keeper(const host::Host& host, std::unique_ptr<LadderRung> rung,
                                      const KeeperOrders& orders);

}  // namespace genba::act
