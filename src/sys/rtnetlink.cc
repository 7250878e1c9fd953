// SPDX-License-Identifier: Apache-2.0
#include "sys/rtnetlink.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cerrno>
#include <string_view>

namespace genba::sys {

using base::ErrorCode;
using base::fail;

namespace {

// The attribute of IFLA_INFO_DATA that holds the other end, by the kind of tunnel.
bool is_tunnel_remote(std::string_view kind, uint16_t attribute) {
  if (kind == "vxlan") {
    return attribute == IFLA_VXLAN_GROUP || attribute == IFLA_VXLAN_GROUP6;
  }
  if (kind == "geneve") {
    return attribute == IFLA_GENEVE_REMOTE || attribute == IFLA_GENEVE_REMOTE6;
  }
  if (kind == "ipip" || kind == "sit" || kind == "ip6tnl") {
    return attribute == IFLA_IPTUN_REMOTE;
  }
  if (kind == "gre" || kind == "gretap" || kind == "ip6gre" || kind == "ip6gretap" ||
      kind == "erspan" || kind == "ip6erspan") {
    return attribute == IFLA_GRE_REMOTE;
  }
  if (kind == "vti" || kind == "vti6") {
    return attribute == IFLA_VTI_REMOTE;
  }
  return false;
}

void read_link_info(std::string_view bytes, Link& link) {
  std::string_view data;
  NetlinkAttributes attributes(bytes);
  while (const auto attribute = attributes.next()) {
    if (attribute->type == IFLA_INFO_KIND) {
      link.kind = text_in(attribute->value);
    } else if (attribute->type == IFLA_INFO_DATA) {
      data = attribute->value;
    }
  }
  NetlinkAttributes details(data);
  while (const auto detail = details.next()) {
    if (is_tunnel_remote(link.kind, detail->type)) {
      const auto remote = base::address_from_bytes(detail->value);
      if (remote && !remote->is_unspecified()) {
        link.tunnel_remote = remote;
      }
    }
  }
}

void read_link_attribute(const NetlinkAttribute& attribute, Link& link) {
  switch (attribute.type) {
    case IFLA_IFNAME: link.name = text_in(attribute.value); break;
    case IFLA_MTU: link.mtu = value_in<uint32_t>(attribute.value).value_or(0); break;
    case IFLA_MASTER: link.master = value_in<int>(attribute.value).value_or(0); break;
    case IFLA_LINK: link.lower = value_in<int>(attribute.value).value_or(0); break;
    case IFLA_LINK_NETNSID: link.lower_elsewhere = true; break;
    case IFLA_ADDRESS: link.hardware_address = attribute.value; break;
    case IFLA_LINKINFO: read_link_info(attribute.value, link); break;
    default: break;
  }
}

// RTA_VIA: a gateway of the other family, as IPv4 over IPv6 has it.
std::optional<base::Address> gateway_of_other_family(std::string_view bytes) {
  if (bytes.size() < sizeof(rtvia)) {
    return std::nullopt;
  }
  return base::address_from_bytes(bytes.substr(sizeof(rtvia)));
}

void read_hop_attribute(const NetlinkAttribute& attribute, NextHop& hop) {
  if (attribute.type == RTA_GATEWAY) {
    hop.gateway = base::address_from_bytes(attribute.value);
  } else if (attribute.type == RTA_VIA) {
    hop.gateway = gateway_of_other_family(attribute.value);
  } else if (attribute.type == RTA_OIF) {
    hop.index = value_in<int>(attribute.value).value_or(0);
  }
}

void read_hops(std::string_view bytes, std::vector<NextHop>& hops) {
  while (const auto head = value_in<rtnexthop>(bytes)) {
    if (head->rtnh_len < sizeof *head || head->rtnh_len > bytes.size()) {
      return;
    }
    NextHop hop;
    hop.index = head->rtnh_ifindex;
    NetlinkAttributes attributes(bytes.substr(sizeof *head, head->rtnh_len - sizeof *head));
    while (const auto attribute = attributes.next()) {
      read_hop_attribute(*attribute, hop);
    }
    hops.push_back(hop);
    const size_t step = (size_t{head->rtnh_len} + 3U) & ~size_t{3};
    bytes.remove_prefix(step < bytes.size() ? step : bytes.size());
  }
}

bool is_ip(uint8_t family) {
  return family == AF_INET || family == AF_INET6;
}

base::Address unspecified(uint8_t family) {
  base::Address address;
  address.family = family == AF_INET6 ? base::AddressFamily::kIpv6 : base::AddressFamily::kIpv4;
  return address;
}

}  // namespace

Result<Fd> open_rtnetlink() {
  return open_netlink(NETLINK_ROUTE);
}

std::optional<Link> parse_link(const NetlinkMessage& message) {
  const auto head = value_in<ifinfomsg>(message.body);
  // Bridges tell of their ports in the same messages, with a family of their own.
  if (message.type != RTM_NEWLINK || !head || head->ifi_family != AF_UNSPEC) {
    return std::nullopt;
  }
  Link link;
  link.index = head->ifi_index;
  link.type = head->ifi_type;
  link.flags = head->ifi_flags;
  NetlinkAttributes attributes(after<ifinfomsg>(message.body));
  while (const auto attribute = attributes.next()) {
    read_link_attribute(*attribute, link);
  }
  return link;
}

std::optional<LinkAddress> parse_link_address(const NetlinkMessage& message) {
  const auto head = value_in<ifaddrmsg>(message.body);
  if (message.type != RTM_NEWADDR || !head) {
    return std::nullopt;
  }
  std::optional<base::Address> peer;
  std::optional<base::Address> local;
  NetlinkAttributes attributes(after<ifaddrmsg>(message.body));
  while (const auto attribute = attributes.next()) {
    if (attribute->type == IFA_LOCAL) {
      local = base::address_from_bytes(attribute->value);
    } else if (attribute->type == IFA_ADDRESS) {
      peer = base::address_from_bytes(attribute->value);
    }
  }
  // On a point-to-point device IFA_ADDRESS is the other end; IPv6 often has no IFA_LOCAL.
  const auto own = local ? local : peer;
  if (!own) {
    return std::nullopt;
  }
  return LinkAddress{static_cast<int>(head->ifa_index), *own, head->ifa_prefixlen};
}

std::optional<Neighbour> parse_neighbour(const NetlinkMessage& message) {
  const auto head = value_in<ndmsg>(message.body);
  if (message.type != RTM_NEWNEIGH || !head || !is_ip(head->ndm_family)) {
    return std::nullopt;
  }
  Neighbour neighbour;
  neighbour.index = head->ndm_ifindex;
  neighbour.state = head->ndm_state;
  neighbour.router = (head->ndm_flags & NTF_ROUTER) != 0;
  bool addressed = false;
  NetlinkAttributes attributes(after<ndmsg>(message.body));
  while (const auto attribute = attributes.next()) {
    if (attribute->type == NDA_LLADDR) {
      neighbour.hardware_address = attribute->value;
    } else if (attribute->type == NDA_DST) {
      const auto address = base::address_from_bytes(attribute->value);
      addressed = address.has_value();
      neighbour.address = address.value_or(base::Address{});
    }
  }
  return addressed ? std::optional(neighbour) : std::nullopt;
}

std::optional<Route> parse_route_message(const NetlinkMessage& message) {
  const auto head = value_in<rtmsg>(message.body);
  if (message.type != RTM_NEWROUTE || !head || !is_ip(head->rtm_family) ||
      (head->rtm_flags & RTM_F_CLONED) != 0) {
    return std::nullopt;
  }
  Route route;
  route.destination = {unspecified(head->rtm_family), head->rtm_dst_len};
  route.table = head->rtm_table;
  route.type = head->rtm_type;
  route.protocol = head->rtm_protocol;
  NextHop only;
  NetlinkAttributes attributes(after<rtmsg>(message.body));
  while (const auto attribute = attributes.next()) {
    read_hop_attribute(*attribute, only);
    if (attribute->type == RTA_DST) {
      const auto address = base::address_from_bytes(attribute->value);
      route.destination.address = address.value_or(route.destination.address);
    } else if (attribute->type == RTA_PREFSRC) {
      route.source = base::address_from_bytes(attribute->value);
    } else if (attribute->type == RTA_TABLE) {
      route.table = value_in<uint32_t>(attribute->value).value_or(route.table);
    } else if (attribute->type == RTA_PRIORITY) {
      route.metric = value_in<uint32_t>(attribute->value).value_or(0);
    } else if (attribute->type == RTA_MULTIPATH) {
      read_hops(attribute->value, route.hops);
    }
  }
  if (only.index != 0 || only.gateway) {
    route.hops.insert(route.hops.begin(), only);
  }
  return route;
}

Result<Fd> open_link_watch() {
  GENBA_TRY(Fd watch, open_netlink(NETLINK_ROUTE));
  // Bound, for what is not is passed over: it has the port of the kernel itself.
  sockaddr_nl self{};
  self.nl_family = AF_NETLINK;
  self.nl_groups = RTMGRP_LINK;
  if (::bind(watch.get(), reinterpret_cast<const sockaddr*>(&self), sizeof self) < 0) {
    return fail(base::error_from_errno(errno, "bind"));
  }
  return watch;
}

void drain(const Fd& watch) {
  char byte = 0;
  // ENOBUFS tells once of what was lost.
  while (::recv(watch.get(), &byte, sizeof byte, MSG_DONTWAIT) >= 0 || errno == EINTR ||
         errno == ENOBUFS) {
  }
}

Result<std::vector<Link>> dump_links(const Fd& rtnetlink) {
  // RTEXT_FILTER_SKIP_STATS, Linux 4.4: counters are not asked for.
  return netlink_dump<Link>(rtnetlink,
                            NetlinkRequest(RTM_GETLINK, NLM_F_DUMP)
                                .body(ifinfomsg{})
                                .number(IFLA_EXT_MASK, uint32_t{RTEXT_FILTER_SKIP_STATS}),
                            parse_link);
}

Result<std::vector<LinkAddress>> dump_addresses(const Fd& rtnetlink) {
  return netlink_dump<LinkAddress>(
      rtnetlink, NetlinkRequest(RTM_GETADDR, NLM_F_DUMP).body(ifaddrmsg{}), parse_link_address);
}

Result<std::vector<Neighbour>> dump_neighbours(const Fd& rtnetlink) {
  return netlink_dump<Neighbour>(rtnetlink, NetlinkRequest(RTM_GETNEIGH, NLM_F_DUMP).body(ndmsg{}),
                                 parse_neighbour);
}

Result<std::vector<Route>> dump_routes(const Fd& rtnetlink) {
  return netlink_dump<Route>(rtnetlink, NetlinkRequest(RTM_GETROUTE, NLM_F_DUMP).body(rtmsg{}),
                             parse_route_message);
}

Result<Route> route_to(const Fd& rtnetlink, const base::Address& peer,
                       const std::optional<base::Address>& source, int index) {
  const bool v6 = peer.family == base::AddressFamily::kIpv6;
  rtmsg head{};
  head.rtm_family = v6 ? AF_INET6 : AF_INET;
  head.rtm_dst_len = v6 ? 128 : 32;
  const bool bound = source && source->family == peer.family && !source->is_unspecified();
  head.rtm_src_len = bound ? head.rtm_dst_len : 0;
  NetlinkRequest request(RTM_GETROUTE, 0);
  request.body(head).attribute(RTA_DST, base::raw_bytes(peer));
  if (bound) {
    request.attribute(RTA_SRC, base::raw_bytes(*source));
  }
  if (index != 0) {
    request.number(RTA_OIF, index);
  }
  std::optional<Route> found;
  const auto asked = netlink_exchange(rtnetlink, request, [&](const NetlinkMessage& message) {
    // IPv4 marks an answer as cloned; it is what we asked for all the same.
    std::string body(message.body);
    if (auto answered = value_in<rtmsg>(body)) {
      answered->rtm_flags &= ~static_cast<unsigned>(RTM_F_CLONED);
      body.replace(0, sizeof *answered, bytes_of(*answered));
    }
    found = parse_route_message({message.type, message.flags, message.sequence, body});
  });
  const bool nowhere =
      !asked && (asked.error().sys_errno == ENETUNREACH || asked.error().sys_errno == EHOSTUNREACH);
  if (nowhere || (asked && !found)) {
    return fail(ErrorCode::kNotFound, "no route to " + base::to_text(peer));
  }
  if (!asked) {
    return fail(asked.error());
  }
  // IPv6 answers for a peer that cannot be reached with a route of this type, not an error.
  if (found->type != RTN_UNICAST && found->type != RTN_LOCAL) {
    return fail(ErrorCode::kNotFound, "no route to " + base::to_text(peer));
  }
  return *std::move(found);
}

}  // namespace genba::sys
