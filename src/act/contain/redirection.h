// SPDX-License-Identifier: Apache-2.0
//
// Does this host's own NAT (REDIRECT, or DNAT to an address of its own) bring the responder's
// session to its sshd? Then its packets meet the rules, which stand before NAT, under the address
// and port that the responder dialled, and the socket of sshd says nothing of these: connection
// tracking does. Where it does not hold: a redirection in front of this host is none of its own; a
// session that is not tracked cannot be redirected; what leads into another network namespace is
// not looked at, for the socket is not in this one. Sources: net/netfilter/nf_nat_core.c,
// nf_conntrack_netlink.c. Covered by redirection_test.cc and
// tests/live/contain_redirection_test.cc.
#pragma once

#include <cstdint>

#include "act/contain/plan.h"
#include "host/host.h"
#include "sys/nf_tables/nf_tables.h"

namespace genba::act {

/// Whether the sandbox lets this run speak with netfilter.
enum class Netfilter : uint8_t { kPermitted, kForbidden };

/// Fills `redirected` of what was found, or `redirection_unknown` where nobody could look and a
/// redirection can be: not without entries of connection tracking, nor on a kernel without NAT.
/// Loads no module unless `loading` says so. `found` has its responder; live hosts only.
void find_redirection(const host::Host& host, Netfilter netfilter, sys::ModuleLoading loading,
                      Found& found);

/// How answers of the session's sshd look to connection tracking.
sys::ConntrackTuple reply_of(const SessionCandidate& session);

}  // namespace genba::act
