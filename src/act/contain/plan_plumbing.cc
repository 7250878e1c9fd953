// SPDX-License-Identifier: Apache-2.0
//
// What a host needs to keep an address and a neighbour at all. Without neighbour discovery IPv6
// dies within a minute, without DHCP the address with its lease, without "packet too big" a session
// hangs at its first full packet. Sources: RFC 4861 (types, hop limit 255), RFC 2131, RFC 8415,
// RFC 1191, RFC 8201, RFC 2710 and 3810.
#include <linux/rtnetlink.h>

#include <algorithm>

#include "act/contain/plan_parts.h"
#include "act/words.h"

namespace genba::act {

using base::AddressFamily;

namespace {

base::Network network_of(std::string_view text) {
  return *base::parse_network(text);
}

AllowedFlow icmp(std::string id, model::Text reason, AddressFamily family, FlowDirection direction,
                 std::vector<uint8_t> types) {
  AllowedFlow flow;
  flow.id = std::move(id);
  flow.reason = std::move(reason);
  flow.direction = direction;
  flow.protocol = family == AddressFamily::kIpv6 ? kIcmp6 : kIcmp;
  flow.local = any_of(family);
  flow.remote = any_of(family);
  flow.types = std::move(types);
  return flow;
}

model::Text too_big_words() {
  return words("\"packet too big\" answers: without them a session hangs",
               "「パケットが大きすぎる」通知。届かないとセッションが停止するため");
}

void plan_icmp(const Found& found, Plan& plan) {
  if (uses(found, AddressFamily::kIpv6)) {
    auto discovery = icmp("neighbour_discovery",
                          words("IPv6 finds its neighbours and routers (this link only)",
                                "IPv6 の近隣とルーターを探すため（同じリンク内のみ）"),
                          AddressFamily::kIpv6, FlowDirection::kBoth, {133, 134, 135, 136, 137});
    discovery.hop_limit = 255;
    plan.flows.push_back(discovery);
    auto listeners =
        icmp("multicast_listener",
             words("switches drop neighbour discovery for hosts that report no groups",
                   "グループを報告しないホストへの近隣探索は、スイッチが捨てることがあるため"),
             AddressFamily::kIpv6, FlowDirection::kOut, {131, 132, 143});
    listeners.hop_limit = 1;
    listeners.remote = network_of("ff02::/16");
    plan.flows.push_back(listeners);
    plan.flows.push_back(
        icmp("path_mtu", too_big_words(), AddressFamily::kIpv6, FlowDirection::kIn, {2}));
  }
  if (uses(found, AddressFamily::kIpv4)) {
    auto too_big = icmp("path_mtu", too_big_words(), AddressFamily::kIpv4, FlowDirection::kIn, {3});
    too_big.code = 4;
    plan.flows.push_back(too_big);
  }
}

// Whether somebody keeps a lease: routes say who made them, and clients hold their port.
bool keeps_lease(const Found& found, AddressFamily family) {
  const int64_t port = family == AddressFamily::kIpv6 ? 546 : 68;
  const auto by_dhcp = [&](const sys::Route& route) {
    return route.protocol == RTPROT_DHCP && route.destination.address.family == family;
  };
  const auto client = [&](const model::ListeningPort& row) {
    return row.protocol == "udp" && row.port == port &&
           row.net_namespace == found.self.net_namespace;
  };
  return std::any_of(found.routes.begin(), found.routes.end(), by_dhcp) ||
         std::any_of(found.ports.begin(), found.ports.end(), client);
}

AllowedFlow dhcp(AddressFamily family, const base::Network& remote) {
  AllowedFlow flow;
  const bool v6 = family == AddressFamily::kIpv6;
  flow.id = v6 ? "dhcp6" : "dhcp4";
  flow.reason =
      words("the address is leased and must be renewed", "アドレスのリースを更新するため");
  flow.protocol = kUdp;
  flow.local = any_of(family);
  flow.remote = remote;
  const uint16_t local = v6 ? 546 : 68;
  const uint16_t server = v6 ? 547 : 67;
  flow.local_ports = {local, local};
  flow.remote_ports = {server, server};
  return flow;
}

void plan_dhcp(const Found& found, Plan& plan) {
  if (keeps_lease(found, AddressFamily::kIpv4)) {
    plan.flows.push_back(dhcp(AddressFamily::kIpv4, network_of("255.255.255.255")));
    // A renewal goes to the server itself; one beyond the link is asked by broadcast in the end.
    for (const sys::LinkAddress& address : found.addresses) {
      if (address.address.family == AddressFamily::kIpv4 && address.prefix_length >= 8 &&
          address.prefix_length < 32 &&
          base::scope_of(address.address) != base::AddressScope::kLoopback) {
        auto flow = dhcp(AddressFamily::kIpv4, {address.address, address.prefix_length});
        flow.device = device_name(found, address.index);
        plan.flows.push_back(flow);
      }
    }
    auto answer = dhcp(AddressFamily::kIpv4, any_of(AddressFamily::kIpv4));
    answer.direction = FlowDirection::kIn;
    plan.flows.push_back(answer);
  }
  if (keeps_lease(found, AddressFamily::kIpv6)) {
    plan.flows.push_back(dhcp(AddressFamily::kIpv6, network_of("fe80::/10")));
    auto question = dhcp(AddressFamily::kIpv6, network_of("ff02::1:2"));
    question.direction = FlowDirection::kOut;
    plan.flows.push_back(question);
  }
}

void plan_dns(const Found& found, const ContainOptions& options, Plan& plan) {
  if (!options.dns) {
    return;
  }
  bool any = false;
  for (const base::Address& resolver : found.resolvers) {
    if (base::scope_of(resolver) == base::AddressScope::kLoopback) {
      continue;
    }
    any = true;
    for (const uint8_t protocol : {kUdp, kTcp}) {
      AllowedFlow flow;
      flow.id = "dns";
      flow.reason =
          words("the resolver {} (--dns)", "リゾルバー {}（--dns）", base::to_text(resolver));
      flow.protocol = protocol;
      flow.local = any_of(resolver.family);
      flow.remote = one(resolver);
      flow.remote_ports = {53, 53};
      plan.flows.push_back(flow);
    }
  }
  plan.warnings.push_back(
      any ? PlanNote{"dns_tunnel",
                     words("an open resolver carries data out: leave --dns off if you can",
                           "名前解決を許すとデータの持ち出しに使われます。できれば --dns は外して"
                           "ください")}
          : PlanNote{
                "dns_unknown",
                words("--dns: no resolver beyond this host is known, so none is allowed: name the "
                      "one that the local resolver asks with --allow ADDRESS:53",
                      "--dns：このホストの外のリゾルバーが分からないため、何も許可しません。"
                      "ローカルのリゾルバーが問い合わせる先を --allow ADDRESS:53 "
                      "で指定してください")});
}

}  // namespace

void plan_plumbing(const Found& found, const ContainOptions& options, Plan& plan) {
  plan_icmp(found, plan);
  plan_dhcp(found, plan);
  plan_dns(found, options, plan);
}

}  // namespace genba::act
