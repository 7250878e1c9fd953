// SPDX-License-Identifier: Apache-2.0
//
// The bans of this network namespace, in the kernel: one table of our own, `genba_ban`, with a set
// of networks for each family whose elements carry their own timeouts, so that a ban ends without
// anybody, and holds although Genba is gone. It drops what comes from them and what goes to them
// before connection tracking and NAT (priority -400), in prerouting, so that published ports of
// containers are covered, and in output. What it does not reach: other network namespaces that do
// not go through this one (macvlan, passed-through devices), packets below IP, and flows that a
// flowtable offloaded until their entries are deleted (cut_flows.h). The table has no owner: any
// process with CAP_NET_ADMIN can take it away, and a reboot does. Covered by ban_table_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "act/ban/networks.h"
#include "base/result.h"
#include "model/ban.h"
#include "sys/nf_tables/nf_tables.h"
#include "sys/nf_tables/nf_tables_state.h"

namespace genba::act {

/// inet 'genba_ban'.
sys::NftTableName ban_table_name();

struct BanTable {
  bool present = false;
  NetworkMap<model::StandingBan> bans;
  /// The table is not as Genba makes it: then the next change makes it anew, with the same bans.
  std::vector<model::BanNote> altered;
  std::optional<uint64_t> packets;  ///< dropped by its rules
  uint32_t generation = 0;
};

/// What stands. kInvalid for a table of that name that another program made.
base::Result<BanTable> read_ban_table(sys::NfTables& tables);

struct BanChange {
  std::vector<model::StandingBan> set;
  std::vector<base::Network> lift;
  bool empty() const { return set.empty() && lift.empty(); }
};

/// Everything of the change, or nothing: refused (kGone) when the ruleset is not the one any more
/// that `table` was read from. The table is made with the first ban and goes with the last. No
/// network of `set` may overlap one that stands after it, but be the same. Pure.
sys::NftBatch ban_batch(const BanTable& table, const BanChange& change);

}  // namespace genba::act
