// SPDX-License-Identifier: Apache-2.0
#include "act/contain/ruleset.h"

#include <netinet/in.h>
// After it: the two have the same names, which linux/libc-compat.h sorts out only this way.
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <array>
#include <span>

#include "fmt/format.h"

namespace genba::act {

using base::AddressFamily;
using model::AllowedFlow;
using model::FlowDirection;
using sys::NftBatch;
using sys::NftField;
using sys::NftHook;
using sys::NftRule;
using sys::NftTableName;

namespace {

// Before everything that is usual at a hook: raw is -300, connection tracking -200
// (netfilter_ipv4.h).
constexpr int32_t kPriority = -400;
constexpr size_t kLongestId = 200;  // of a flow, within kNftLongestComment
constexpr uint8_t kSameLink = 255;  // RFC 4861, 3.1: no router has passed it on
constexpr NftField kIpv4TimeToLive{NftField::Source::kNetworkHeader, 8, 1};
constexpr uint32_t kEtherTypeOffset = 12;

enum class Way : uint8_t { kIn, kOut };

bool is_device_table(const NftTableName& table) {
  return table.family == NFPROTO_NETDEV;
}

void family(NftRule& rule, const NftTableName& table, AddressFamily family) {
  const bool v6 = family == AddressFamily::kIpv6;
  if (is_device_table(table)) {
    rule.ethertype(v6 ? ETH_P_IPV6 : ETH_P_IP);
  } else {
    rule.nfproto(v6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
  }
}

void network(NftRule& rule, const base::Network& network, bool source) {
  const bool v6 = network.address.family == AddressFamily::kIpv6;
  const NftField& field = v6 ? (source ? sys::kNftIpv6Source : sys::kNftIpv6Destination)
                             : (source ? sys::kNftIpv4Source : sys::kNftIpv4Destination);
  if (network.bits > 0) {
    rule.in_network(field, base::raw_bytes(network.address), static_cast<uint32_t>(network.bits));
  }
}

void ports(NftRule& rule, const model::PortRange& range, const NftField& field) {
  if (range.first == range.last) {
    rule.is(field, uint64_t{range.first});
  } else if (range.first != 0 || range.last != UINT16_MAX) {
    rule.between(field, range.first, range.last);
  }
}

// ICMP types as ranges, so that neighbours share a rule; one open range for none.
std::vector<std::pair<uint8_t, uint8_t>> type_ranges(std::vector<uint8_t> types) {
  std::sort(types.begin(), types.end());
  std::vector<std::pair<uint8_t, uint8_t>> ranges;
  for (const uint8_t type : types) {
    if (!ranges.empty() && type <= ranges.back().second + 1) {
      ranges.back().second = type;
    } else {
      ranges.emplace_back(type, type);
    }
  }
  if (ranges.empty()) {
    ranges.emplace_back(0, UINT8_MAX);
  }
  return ranges;
}

void message_types(NftRule& rule, const AllowedFlow& flow, std::pair<uint8_t, uint8_t> range) {
  if (range.first == range.second) {
    rule.is(sys::kNftIcmpType, uint64_t{range.first});
  } else if (!flow.types.empty()) {
    rule.between(sys::kNftIcmpType, range.first, range.second);
  }
  if (flow.code) {
    rule.is(sys::kNftIcmpCode, uint64_t{*flow.code});
  }
}

NftRule flow_rule(const NftTableName& table, const AllowedFlow& flow, Way way,
                  std::pair<uint8_t, uint8_t> types) {
  const bool in = way == Way::kIn;
  const bool v6 = flow.family() == AddressFamily::kIpv6;
  NftRule rule;
  family(rule, table, flow.family());
  if (!flow.device.empty() && !is_device_table(table)) {
    in ? rule.input_device(flow.device) : rule.output_device(flow.device);
  }
  if (flow.protocol != 0) {
    rule.l4proto(flow.protocol);
  }
  network(rule, in ? flow.remote : flow.local, true);
  network(rule, in ? flow.local : flow.remote, false);
  if (flow.hop_limit) {
    rule.is(v6 ? sys::kNftIpv6HopLimit : kIpv4TimeToLive, uint64_t{*flow.hop_limit});
  }
  if (model::has_ports(flow.protocol)) {
    ports(rule, in ? flow.remote_ports : flow.local_ports, sys::kNftSourcePort);
    ports(rule, in ? flow.local_ports : flow.remote_ports, sys::kNftDestinationPort);
  }
  if (flow.protocol == IPPROTO_ICMP || flow.protocol == IPPROTO_ICMPV6) {
    message_types(rule, flow, types);
  }
  return rule.counter().accept().comment("allow " + flow.id.substr(0, kLongestId));
}

void allow(NftBatch& batch, const NftTableName& table, std::string_view chain,
           const AllowedFlow& flow, Way way) {
  const bool out_only = flow.direction == FlowDirection::kOut;
  const bool in_only = flow.direction == FlowDirection::kIn;
  if ((way == Way::kIn && out_only) || (way == Way::kOut && in_only)) {
    return;
  }
  for (const auto& range : type_ranges(flow.types)) {
    batch.add_rule(table, chain, flow_rule(table, flow, way, range));
  }
}

// Cloud metadata gives out credentials over HTTP; DHCP and DNS at the same address are another
// matter.
void block(NftBatch& batch, const NftTableName& table, std::string_view chain,
           const base::Network& blocked, Way way) {
  NftRule rule;
  family(rule, table, blocked.address.family);
  rule.l4proto(IPPROTO_TCP);
  network(rule, blocked, way == Way::kIn);
  batch.add_rule(table, chain, rule.counter().drop().comment("drop metadata"));
}

// Only one end of a forwarded packet can be named by a flow: a flow between any address of this
// host and a peer must not let the host's guests through to that peer.
bool names_one_local(const AllowedFlow& flow) {
  return flow.local.bits == (flow.family() == AddressFamily::kIpv6 ? 128 : 32);
}

AllowedFlow neighbour_discovery() {
  AllowedFlow flow;
  flow.id = "neighbour_discovery";
  flow.protocol = IPPROTO_ICMPV6;
  flow.local.address.family = AddressFamily::kIpv6;
  flow.remote.address.family = AddressFamily::kIpv6;
  flow.types = {133, 134, 135, 136, 137};  // RFC 4861
  flow.hop_limit = kSameLink;
  return flow;
}

std::vector<AllowedFlow> flows_of(const Ruleset& ruleset) {
  return ruleset.scope == Ruleset::Scope::kOwn ? ruleset.flows : std::vector{neighbour_discovery()};
}

void add_lock(NftBatch& batch, const Ruleset& ruleset, const NftTableName& table, Way way) {
  const std::string name = way == Way::kIn ? "lock_in" : "lock_out";
  batch.add_chain({table, name, {}});
  for (const base::Network& blocked : ruleset.blocked) {
    block(batch, table, name, blocked, way);
  }
  for (const AllowedFlow& flow : flows_of(ruleset)) {
    allow(batch, table, name, flow, way);
  }
  batch.add_rule(table, name,
                 NftRule{}.counter().drop().comment(way == Way::kIn ? "drop in" : "drop out"));
}

void add_forward_lock(NftBatch& batch, const Ruleset& ruleset) {
  const NftTableName table = contain_inet();
  const std::string name = "lock_forward";
  batch.add_chain({table, name, {}});
  for (const base::Network& blocked : ruleset.blocked) {
    block(batch, table, name, blocked, Way::kIn);
    block(batch, table, name, blocked, Way::kOut);
  }
  for (const AllowedFlow& flow : flows_of(ruleset)) {
    if (names_one_local(flow)) {
      allow(batch, table, name, flow, Way::kIn);
      allow(batch, table, name, flow, Way::kOut);
    }
  }
  batch.add_rule(table, name, NftRule{}.counter().drop().comment("drop forward"));
}

// Loopback by the device's type: a name can be given to another device.
NftRule lock_jump(uint32_t hook) {
  switch (hook) {
    case NF_INET_FORWARD: return NftRule{}.in("armed", {sys::kNftNfproto}).jump("lock_forward");
    case NF_INET_LOCAL_OUT:
      return NftRule{}
          .is_not(sys::kNftOutputDeviceType, uint64_t{ARPHRD_LOOPBACK})
          .in("armed", {sys::kNftNfproto})
          .jump("lock_out");
    default:
      return NftRule{}
          .is_not(sys::kNftInputDeviceType, uint64_t{ARPHRD_LOOPBACK})
          .in("armed", {sys::kNftNfproto})
          .jump("lock_in");
  }
}

void add_inet_table(NftBatch& batch, const Ruleset& ruleset) {
  const NftTableName table = contain_inet();
  batch.add_table(table, ruleset.ownership, ruleset.comment);
  batch.add_set(armed_set(table));
  add_lock(batch, ruleset, table, Way::kIn);
  add_lock(batch, ruleset, table, Way::kOut);
  add_forward_lock(batch, ruleset);
  constexpr std::array kHooks{
      std::pair{"prerouting", uint32_t{NF_INET_PRE_ROUTING}},
      std::pair{"input", uint32_t{NF_INET_LOCAL_IN}},
      std::pair{"forward", uint32_t{NF_INET_FORWARD}},
      std::pair{"output", uint32_t{NF_INET_LOCAL_OUT}},
  };
  for (const auto& [name, number] : kHooks) {
    batch.add_chain({table, name, NftHook{number, kPriority, NF_ACCEPT, {}}});
    batch.add_rule(table, name, lock_jump(number).comment("the lock"));
  }
  set_timer(batch, table, ruleset.timeout);
}

// The frame's own EtherType. A raw socket says what its frame is, and may lie: then the packet
// meets the lock as what no flow allows.
NftRule honest_jump() {
  return NftRule{}
      .expression("payload", sys::NftAttributes{}
                                 .u32(NFTA_PAYLOAD_DREG, NFT_REG_1)
                                 .u32(NFTA_PAYLOAD_BASE, NFT_PAYLOAD_LL_HEADER)
                                 .u32(NFTA_PAYLOAD_OFFSET, kEtherTypeOffset)
                                 .u32(NFTA_PAYLOAD_LEN, sizeof(uint16_t)))
      .expression(
          "lookup",
          sys::NftAttributes{}.text(NFTA_LOOKUP_SET, "armed").u32(NFTA_LOOKUP_SREG, NFT_REG_1))
      .jump("lock_out")
      .comment("the lock, for frames that lie");
}

void add_device_chains(NftBatch& batch, const Ruleset& ruleset, const HookedName& device) {
  const NftTableName table = contain_netdev();
  const auto add = [&](std::string_view hook, uint32_t number, std::string_view lock) {
    const std::string name = fmt::format("{}_{}", hook, device.index);
    batch.add_chain({table, name, NftHook{number, kPriority, NF_ACCEPT, {device.name}}});
    batch.add_rule(table, name,
                   NftRule{}.in("armed", {sys::kNftProtocol}).jump(lock).comment("the lock"));
    return name;
  };
  add("ingress", NF_NETDEV_INGRESS, "lock_in");
  if (ruleset.hooks == DeviceHooks::kIngressAndEgress) {
    batch.add_rule(table, add("egress", NF_NETDEV_EGRESS, "lock_out"), honest_jump());
  }
}

void add_netdev_locks(NftBatch& batch, const Ruleset& ruleset) {
  const NftTableName table = contain_netdev();
  batch.add_table(table, ruleset.ownership, ruleset.comment);
  batch.add_set(armed_set(table));
  add_lock(batch, ruleset, table, Way::kIn);
  add_lock(batch, ruleset, table, Way::kOut);
  set_timer(batch, table, ruleset.timeout);
}

void add_netdev_table(NftBatch& batch, const Ruleset& ruleset) {
  add_netdev_locks(batch, ruleset);
  for (const HookedName& device : ruleset.devices) {
    add_device_chains(batch, ruleset, device);
  }
}

}  // namespace

NftTableName contain_inet() {
  return {NFPROTO_INET, std::string(kContainTable)};
}

NftTableName contain_netdev() {
  return {NFPROTO_NETDEV, std::string(kContainTable)};
}

sys::NftSet armed_set(const NftTableName& table) {
  // nft(8) prints an EtherType by this number; the kernel does not look at it.
  constexpr sys::NftKeyField kEtherType{10, 2};
  return {table,
          "armed",
          {is_device_table(table) ? kEtherType : sys::kNftKeyFamily},
          sys::NftElements::kSingle,
          sys::NftTimeouts::kAllowed};
}

std::string_view to_string(DeviceHooks hooks) {
  switch (hooks) {
    case DeviceHooks::kNone: return "none";
    case DeviceHooks::kIngress: return "ingress";
    case DeviceHooks::kIngressAndEgress: return "ingress_and_egress";
  }
  return "none";
}

void set_timer(NftBatch& batch, const NftTableName& table,
               std::optional<std::chrono::milliseconds> timeout) {
  const sys::NftSet set = armed_set(table);
  std::array<sys::NftElement, 2> elements;
  elements[0].key = {is_device_table(table) ? sys::nft_number(sys::kNftProtocol, ETH_P_IP)
                                            : sys::nft_number(sys::kNftNfproto, NFPROTO_IPV4)};
  elements[1].key = {is_device_table(table) ? sys::nft_number(sys::kNftProtocol, ETH_P_IPV6)
                                            : sys::nft_number(sys::kNftNfproto, NFPROTO_IPV6)};
  for (sys::NftElement& element : elements) {
    element.timeout = timeout;
  }
  batch.replace_elements(set, elements);
}

NftBatch make_ruleset(const Ruleset& ruleset) {
  NftBatch batch;
  add_inet_table(batch, ruleset);
  if (ruleset.below_ip()) {
    add_netdev_table(batch, ruleset);
  }
  return batch;
}

NftBatch remake_ruleset(const Ruleset& ruleset) {
  NftBatch batch;
  // Adding first makes sure that there is one to delete.
  batch.add_table(contain_inet()).delete_table(contain_inet());
  add_inet_table(batch, ruleset);
  if (ruleset.hooks != DeviceHooks::kNone) {
    batch.add_table(contain_netdev()).delete_table(contain_netdev());
  }
  if (ruleset.below_ip()) {
    add_netdev_table(batch, ruleset);
  }
  return batch;
}

NftBatch hook_device(const Ruleset& ruleset, const HookedName& device, bool table_stands) {
  NftBatch batch;
  if (!table_stands) {
    add_netdev_locks(batch, ruleset);
  }
  add_device_chains(batch, ruleset, device);
  return batch;
}

std::string contain_comment(std::string_view id, base::Timestamp armed, std::string_view version) {
  return fmt::format("genba {} since {}, genba {}", id, base::to_rfc3339(armed),
                     version.substr(0, 64));
}

std::optional<ContainComment> parse_contain_comment(std::string_view comment) {
  constexpr std::string_view kFirst = "genba ";
  constexpr std::string_view kSecond = " since ";
  constexpr std::string_view kThird = ", genba ";
  const size_t second = comment.find(kSecond);
  const size_t third = comment.find(kThird);
  if (!comment.starts_with(kFirst) || second == std::string_view::npos ||
      third == std::string_view::npos || third < second + kSecond.size()) {
    return std::nullopt;
  }
  ContainComment parsed;
  parsed.id = std::string(comment.substr(kFirst.size(), second - kFirst.size()));
  parsed.since =
      std::string(comment.substr(second + kSecond.size(), third - second - kSecond.size()));
  parsed.version = std::string(comment.substr(third + kThird.size()));
  if (!is_contain_id(parsed.id) || !base::parse_rfc3339(parsed.since)) {
    return std::nullopt;
  }
  return parsed;
}

bool is_contain_id(std::string_view id) {
  return !id.empty() && id.size() <= 32 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace genba::act
