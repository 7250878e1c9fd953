// SPDX-License-Identifier: Apache-2.0
//
// Fills what a plan is computed from: the tables of this run, the host door for what is about this
// run itself, and rtnetlink and WireGuard for the network as the kernel sees it now. Nothing is
// changed, and what cannot be read becomes a line in `unread`. Covered by gather_test.cc.
#pragma once

#include <vector>

#include "act/contain/plan.h"
#include "host/host.h"
#include "model/facts.h"
#include "model/table.h"

namespace genba::act {

/// The tables that gather_found reads. The last ones (logins, login_attempts) take long on a host
/// with large logs, and may be left unread: then the plan warns of it.
std::vector<const model::TableInfo*> contain_tables();

/// `suspects` come from findings; addresses that guessed passwords are added to them. `pid` is this
/// process. Live hosts only.
Found gather_found(const host::Host& host, const model::Facts& facts, int64_t pid,
                   std::vector<SuspectAddress> suspects);

/// What the kernel says of the process `pid`: its parent, terminal, login and namespace.
base::Result<Self> read_self(const host::Host& host, int64_t pid);

/// The addresses that guessed passwords. Sure for one that tried many accounts; a few failures of
/// one account are anybody's morning.
std::vector<SuspectAddress> suspects_of_attempts(const model::Facts& facts);

}  // namespace genba::act
