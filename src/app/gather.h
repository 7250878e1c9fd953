// SPDX-License-Identifier: Apache-2.0
//
// Runs the collectors that a set of wanted tables needs, in the order that their declarations give,
// side by side where that is possible. Each collector works on Facts of its own that share, read
// only, the tables it needs; what it provides is merged when it ends, so collectors never wait for
// each other's locks. Those with a second reading (CPU share, traffic rates) are called again at
// the end. Covered by gather_test.cc.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include "collect/collector.h"

namespace genba::app {

struct GatherOptions {
  collect::Depth depth = collect::Depth::kDefault;
  int jobs = 1;
  /// Optional work stops here, with coverage saying so.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  /// What each collector may take from its start on, whatever the deadline says: on a host that is
  /// so slow that nothing is read in time, the look would miss what persists. Steady time.
  std::chrono::steady_clock::duration least{};
  /// Told which collector works; called from any thread.
  std::function<void(std::string_view)> progress;
};

/// Adds to `wanted` every table that the collectors of the wanted tables need, and to `facts` what
/// they all saw.
void gather(const host::Host& host, std::span<const collect::Collector* const> collectors,
            collect::Wanted wanted, const GatherOptions& options, model::Facts& facts);

}  // namespace genba::app
