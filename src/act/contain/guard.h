// SPDX-License-Identifier: Apache-2.0
//
// A small process that stays behind. Where the kernel has tables that outlive their owner (Linux
// 6.9) it is the owner: nobody else can flush or change them, and when it is killed they stay,
// locked, until their timer runs out. On older kernels tables have no owner; there it watches, and
// makes them again, with the time that is left, as soon as they are flushed or altered. Devices
// that come later and lead out of the machine get their hooks. It ends when the timer has run out
// (the empty tables are removed, and the journal is told unless somebody else holds it) or when a
// later Genba takes over, which kills it: SIGKILL opens nothing. Root can of course end it and then
// flush: it makes that two deliberate steps instead of one ordinary line of a firewall's script.
// Sources: net/netfilter/nf_tables_api.c (nft_rcv_nl_event). Covered by guard_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "act/contain/background.h"
#include "act/contain/contact.h"

namespace genba::act {

struct GuardedNamespace {
  Contact* contact = nullptr;  ///< borrowed; the guard goes on with a copy of its sockets
  Ruleset ruleset;             ///< as it was made
};

struct GuardOrders {
  std::vector<GuardedNamespace> namespaces;
  /// Nanoseconds of CLOCK_MONOTONIC, which like the kernel's timer stands still in a suspend; none
  /// holds for ever.
  std::optional<int64_t> deadline;
  /// False: tables are not made again; their rules are not known.
  bool may_remake = true;
  /// Where the end is told; an empty directory tells nobody.
  std::string journal_directory;
  Containment state;
};

/// Forks the guard and waits until it stands on its own (a second at most). Only from a process
/// with one thread. The sockets must not be used afterwards, only closed: they are the guard's.
base::Result<ProcessKey> start_guard(const host::Host& host, const GuardOrders& orders);

/// Whether that guard holds the netlink socket with that port in our namespace, and so owns the
/// tables that the kernel says the port owns.
bool guard_holds(const host::Host& host, const ProcessKey& key, uint32_t port);
/// A guard that no record tells of: a process of that name that holds a netlink socket to netfilter
/// in our namespace, the one with `port` if given. kNotFound when there is none.
base::Result<ProcessKey> find_guard(const host::Host& host, std::optional<uint32_t> port);

}  // namespace genba::act
