// SPDX-License-Identifier: Apache-2.0
//
// Policy rules and routes as something to change: what rtnetlink.h reads, written. A rule with
// priority 0 comes behind those of priority 0 that are there, so that the rule for local addresses
// keeps its place. Every change is one request; there is no batch. Sources: rtnetlink(7),
// include/uapi/linux/{fib_rules,rtnetlink}.h, net/core/fib_rules.c. Covered by
// sys/policy_routing_test.cc and policy_routing_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "sys/fd.h"
#include "sys/netlink_message.h"
#include "sys/rtnetlink.h"

namespace genba::sys {

/// A rule as the kernel tells it.
struct PolicyRule {
  base::AddressFamily family = base::AddressFamily::kIpv4;
  uint32_t priority = 0;
  uint32_t table = 0;
  uint8_t action = 0;        ///< FR_ACT_…: 1 looks the table up
  uint8_t protocol = 0;      ///< who made it, RTPROT_…; 0 before Linux 4.17
  bool matches_all = false;  ///< it has no condition
  std::string bytes;         ///< all that the kernel said, to compare
};

/// The rules of IPv4 and IPv6, each in their order. A family that the kernel lacks has none.
Result<std::vector<PolicyRule>> dump_policy_rules(const Fd& rtnetlink);

/// A rule without conditions.
struct PlainRule {
  base::AddressFamily family = base::AddressFamily::kIpv4;
  uint32_t priority = 0;
  uint32_t table = 0;    ///< looked up; 0: all that comes to the rule is dropped (FR_ACT_BLACKHOLE)
  uint8_t protocol = 0;  ///< told by kernels since 4.17
};
/// EEXIST when there is one.
Result<void> add_plain_rule(const Fd& rtnetlink, const PlainRule& rule);
/// The first such rule; with protocol 0 whoever made it. kNotFound when there is none.
Result<void> delete_plain_rule(const Fd& rtnetlink, const PlainRule& rule);

/// Destination, table, type, protocol, source and the first hop count. A gateway need not be in a
/// connected network (IPv4). EEXIST when the table has such a route.
Result<void> add_route(const Fd& rtnetlink, const Route& route);
/// By destination, table and type. ESRCH (kGone) when there is none.
Result<void> delete_route(const Fd& rtnetlink, const Route& route);

/// A route as bytes that stay the same until somebody changes it: without ages and link states.
struct RouteBytes {
  uint32_t table = 0;
  uint8_t protocol = 0;  ///< who made it, RTPROT_…
  std::string bytes;
};
/// Of both families, all tables.
Result<std::vector<RouteBytes>> dump_route_bytes(const Fd& rtnetlink);

// The parsing for one message; nothing for another type, or one too short.
std::optional<PolicyRule> parse_policy_rule(const NetlinkMessage& message);
std::optional<RouteBytes> parse_route_bytes(const NetlinkMessage& message);

}  // namespace genba::sys
