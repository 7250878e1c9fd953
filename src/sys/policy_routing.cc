// SPDX-License-Identifier: Apache-2.0
#include "sys/policy_routing.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <string_view>

namespace genba::sys {

using base::AddressFamily;

namespace {

uint8_t kernel_family(AddressFamily family) {
  return family == AddressFamily::kIpv6 ? AF_INET6 : AF_INET;
}

bool is_ip(uint8_t family) {
  return family == AF_INET || family == AF_INET6;
}

Result<void> send(const Fd& rtnetlink, const NetlinkRequest& request, std::string_view doing) {
  const auto answer = netlink_exchange(rtnetlink, request, [](const NetlinkMessage&) {});
  if (!answer) {
    return base::fail(answer.error().with_context(doing));
  }
  return {};
}

NetlinkRequest rule_request(uint16_t type, uint16_t flags, const PlainRule& rule) {
  fib_rule_hdr head{};
  head.family = kernel_family(rule.family);
  head.table = rule.table < 256 ? static_cast<uint8_t>(rule.table) : uint8_t{RT_TABLE_UNSPEC};
  head.action = rule.table == 0 ? FR_ACT_BLACKHOLE : FR_ACT_TO_TBL;
  NetlinkRequest request(type, flags);
  request.body(head).number(FRA_PRIORITY, rule.priority);
  if (rule.table != 0) {
    request.number(FRA_TABLE, rule.table);
  }
  if (rule.protocol != 0) {
    request.number(FRA_PROTOCOL, rule.protocol);
  }
  return request;
}

void put_hop(const NextHop& hop, AddressFamily family, NetlinkRequest& request) {
  if (hop.gateway && hop.gateway->family != family) {
    const uint16_t via = kernel_family(hop.gateway->family);
    request.attribute(RTA_VIA,
                      std::string(bytes_of(via)) + std::string(base::raw_bytes(*hop.gateway)));
  } else if (hop.gateway) {
    request.attribute(RTA_GATEWAY, base::raw_bytes(*hop.gateway));
  }
  if (hop.index != 0) {
    request.number(RTA_OIF, hop.index);
  }
}

NetlinkRequest route_request(uint16_t type, uint16_t flags, const Route& route) {
  const AddressFamily family = route.destination.address.family;
  const bool v4 = family == AddressFamily::kIpv4;
  const bool direct = !route.hops.empty() && !route.hops.front().gateway;
  rtmsg head{};
  head.rtm_family = kernel_family(family);
  head.rtm_dst_len = static_cast<uint8_t>(route.destination.bits);
  head.rtm_protocol = route.protocol;
  head.rtm_type = route.type;
  head.rtm_table = RT_TABLE_UNSPEC;
  // IPv4 passes over routes of a wider scope than was asked for (MSG_DONTROUTE asks for the link),
  // so one that is to stop all has the narrowest.
  if (v4 && route.type != RTN_UNICAST) {
    head.rtm_scope = RT_SCOPE_HOST;
  } else if (v4 && direct) {
    head.rtm_scope = RT_SCOPE_LINK;
  }
  if (v4 && !route.hops.empty() && !direct) {
    head.rtm_flags = RTNH_F_ONLINK;
  }
  NetlinkRequest request(type, flags);
  request.body(head).number(RTA_TABLE, route.table);
  if (route.destination.bits > 0) {
    request.attribute(RTA_DST, base::raw_bytes(route.destination.address));
  }
  if (!route.hops.empty()) {
    put_hop(route.hops.front(), family, request);
  }
  if (route.source) {
    request.attribute(RTA_PREFSRC, base::raw_bytes(*route.source));
  }
  return request;
}

// Whether the attribute narrows what the rule is for.
bool is_condition(uint16_t attribute) {
  switch (attribute) {
    case FRA_PRIORITY:
    case FRA_TABLE:
    case FRA_PROTOCOL:
    case FRA_SUPPRESS_PREFIXLEN:
    case FRA_PAD: return false;
    default: return true;
  }
}

// Kernels tell of these for every rule: all of them at rest mean no condition.
bool is_at_rest(const NetlinkAttribute& attribute) {
  return (attribute.type == FRA_SUPPRESS_PREFIXLEN || attribute.type == FRA_SUPPRESS_IFGROUP) &&
         value_in<uint32_t>(attribute.value) == UINT32_MAX;
}

// How long the kernel knows the route, and when it will forget it.
bool is_age(uint16_t attribute) {
  return attribute == RTA_CACHEINFO || attribute == RTA_EXPIRES;
}

}  // namespace

std::optional<PolicyRule> parse_policy_rule(const NetlinkMessage& message) {
  const auto head = value_in<fib_rule_hdr>(message.body);
  if (message.type != RTM_NEWRULE || !head || !is_ip(head->family)) {
    return std::nullopt;
  }
  PolicyRule rule;
  rule.family = head->family == AF_INET6 ? AddressFamily::kIpv6 : AddressFamily::kIpv4;
  rule.table = head->table;
  rule.action = head->action;
  rule.bytes = message.body;
  rule.matches_all = head->src_len == 0 && head->dst_len == 0 && head->tos == 0 &&
                     (head->flags & FIB_RULE_INVERT) == 0;
  NetlinkAttributes attributes(after<fib_rule_hdr>(message.body));
  while (const auto attribute = attributes.next()) {
    if (attribute->type == FRA_PRIORITY) {
      rule.priority = value_in<uint32_t>(attribute->value).value_or(0);
    } else if (attribute->type == FRA_TABLE) {
      rule.table = value_in<uint32_t>(attribute->value).value_or(rule.table);
    } else if (attribute->type == FRA_PROTOCOL) {
      rule.protocol = value_in<uint8_t>(attribute->value).value_or(0);
    }
    // A limit on what the table may answer lets packets pass by it.
    const bool limits = attribute->type == FRA_SUPPRESS_PREFIXLEN && !is_at_rest(*attribute);
    if (limits || (is_condition(attribute->type) && !is_at_rest(*attribute))) {
      rule.matches_all = false;
    }
  }
  return rule;
}

std::optional<RouteBytes> parse_route_bytes(const NetlinkMessage& message) {
  auto head = value_in<rtmsg>(message.body);
  if (message.type != RTM_NEWROUTE || !head || !is_ip(head->rtm_family) ||
      (head->rtm_flags & RTM_F_CLONED) != 0) {
    return std::nullopt;
  }
  RouteBytes route;
  route.table = head->rtm_table;
  route.protocol = head->rtm_protocol;
  // The state of the link and of hardware, not of the route.
  head->rtm_flags &= RTNH_F_ONLINK | RTNH_F_PERVASIVE;
  route.bytes = bytes_of(*head);
  NetlinkAttributes attributes(after<rtmsg>(message.body));
  while (const auto attribute = attributes.next()) {
    if (attribute->type == RTA_TABLE) {
      route.table = value_in<uint32_t>(attribute->value).value_or(route.table);
    }
    if (!is_age(attribute->type)) {
      const auto length = static_cast<uint32_t>(attribute->value.size());
      route.bytes += bytes_of(attribute->type);
      route.bytes += bytes_of(length);
      route.bytes += attribute->value;
    }
  }
  return route;
}

Result<std::vector<PolicyRule>> dump_policy_rules(const Fd& rtnetlink) {
  std::vector<PolicyRule> rules;
  for (const uint8_t family : {uint8_t{AF_INET}, uint8_t{AF_INET6}}) {
    fib_rule_hdr head{};
    head.family = family;
    auto some = netlink_dump<PolicyRule>(
        rtnetlink, NetlinkRequest(RTM_GETRULE, NLM_F_DUMP).body(head), parse_policy_rule);
    if (!some && some.error().code == base::ErrorCode::kUnsupported) {
      continue;
    }
    if (!some) {
      return base::fail(some.error().with_context("reading the policy rules"));
    }
    rules.insert(rules.end(), some->begin(), some->end());
  }
  return rules;
}

Result<void> add_plain_rule(const Fd& rtnetlink, const PlainRule& rule) {
  return send(rtnetlink, rule_request(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, rule),
              "adding a policy rule");
}

Result<void> delete_plain_rule(const Fd& rtnetlink, const PlainRule& rule) {
  return send(rtnetlink, rule_request(RTM_DELRULE, 0, rule), "deleting a policy rule");
}

Result<void> add_route(const Fd& rtnetlink, const Route& route) {
  return send(rtnetlink, route_request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route),
              "adding a route");
}

Result<void> delete_route(const Fd& rtnetlink, const Route& route) {
  return send(rtnetlink, route_request(RTM_DELROUTE, 0, route), "deleting a route");
}

Result<std::vector<RouteBytes>> dump_route_bytes(const Fd& rtnetlink) {
  return netlink_dump<RouteBytes>(rtnetlink, NetlinkRequest(RTM_GETROUTE, NLM_F_DUMP).body(rtmsg{}),
                                  parse_route_bytes);
}

}  // namespace genba::sys
