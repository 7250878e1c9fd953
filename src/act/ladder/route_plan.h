// SPDX-License-Identifier: Apache-2.0
//
// Which routes the allowed need: for each address that the plan lets packets go to, the way that is
// in force now. Routes know addresses only, so ports and protocols of a flow are lost, and a flow
// to anybody cannot be kept. What the kernel sends without asking for a route is left out:
// neighbour discovery, and multicast, whose routes stand in the table of local ones. Covered by
// routes_test.cc.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "act/ladder/ladder.h"
#include "model/containment.h"
#include "sys/rtnetlink.h"

namespace genba::act {

/// Of rules and routes: "genb".
inline constexpr uint32_t kRoutesTable = 0x67656E62;
/// Who made them, for people (rtnetlink(7) leaves numbers above 4 to programs): "g".
inline constexpr uint8_t kContainProtocol = 103;

/// How a packet goes now; nothing when there is no way. An empty device: any.
using WayTo = std::function<std::optional<sys::Route>(
    const base::Address& peer, const base::Address& local, const std::string& device)>;

struct KeptWays {
  std::vector<sys::Route> routes;  ///< for kRoutesTable, each destination once
  std::vector<LadderNote> notes;   ///< what of the plan is lost
};

/// `routes` are those of the main table. Pure but for `way_to`.
KeptWays keep_ways(const model::ContainmentPlan& plan, const std::vector<sys::Route>& routes,
                   const WayTo& way_to);

}  // namespace genba::act
