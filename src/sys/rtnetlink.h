// SPDX-License-Identifier: Apache-2.0
//
// Links, addresses, neighbours and routes of a network namespace, and the way to one peer, as the
// kernel's routing would choose it now: the answers on which containment decides who can stay
// connected. Read only. Sources: rtnetlink(7), include/uapi/linux/{rtnetlink,if_link,if_addr,
// neighbour}.h. Covered by sys/rtnetlink_test.cc and rtnetlink_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "sys/fd.h"
#include "sys/netlink_message.h"

namespace genba::sys {

/// A network device.
struct Link {
  int index = 0;
  std::string name;
  std::string kind;    ///< IFLA_INFO_KIND: "veth", "bridge", "wireguard"…; empty for hardware
  uint16_t type = 0;   ///< ARPHRD_…: 1 Ethernet, 772 loopback, 65534 none
  uint32_t flags = 0;  ///< IFF_…, netdevice(7)
  uint32_t mtu = 0;    ///< bytes
  int master = 0;      ///< index of the bridge or bond that it belongs to; 0 for none
  int lower = 0;       ///< IFLA_LINK: index of the device below a VLAN, macvlan…; 0 for none
  bool lower_elsewhere = false;  ///< `lower` is an index of another network namespace
  std::string hardware_address;  ///< raw bytes
  /// Where a GRE, IPIP, SIT, VXLAN or Geneve device sends; absent for others and for many peers.
  std::optional<base::Address> tunnel_remote;
};

/// An address of a device.
struct LinkAddress {
  int index = 0;
  base::Address address;
  int prefix_length = 0;
};

/// An entry of the ARP or neighbour discovery cache.
struct Neighbour {
  int index = 0;
  base::Address address;
  std::string hardware_address;  ///< raw bytes; empty while it is not known
  uint16_t state = 0;            ///< NUD_…
  bool router = false;           ///< it says of itself that it routes IPv6
};

/// One way of a route. No gateway: the network is directly connected.
struct NextHop {
  int index = 0;
  std::optional<base::Address> gateway;
};

struct Route {
  base::Network destination;
  std::vector<NextHop> hops;
  std::optional<base::Address> source;  ///< the preferred source address
  uint32_t table = 0;                   ///< 254 main, 255 local
  uint32_t metric = 0;
  uint8_t type = 0;      ///< RTN_…: 1 unicast, 2 local, 6 blackhole …
  uint8_t protocol = 0;  ///< RTPROT_…: 16 is DHCP, 9 router advertisements
};

/// A socket of NETLINK_ROUTE in the network namespace of this thread.
Result<Fd> open_rtnetlink();

/// One that is told of every device that comes, changes or goes (RTNLGRP_LINK): readable after it.
/// What it says may be cut short, so ask dump_links() each time; drain() makes it quiet again.
Result<Fd> open_link_watch();
void drain(const Fd& watch);

Result<std::vector<Link>> dump_links(const Fd& rtnetlink);
Result<std::vector<LinkAddress>> dump_addresses(const Fd& rtnetlink);
Result<std::vector<Neighbour>> dump_neighbours(const Fd& rtnetlink);
/// Routes of both families and all tables, without the kernel's cached ones.
Result<std::vector<Route>> dump_routes(const Fd& rtnetlink);

/// How a packet to `peer` would go. `source` chooses among policy rules as a bound socket does;
/// `index` names the device for link-local peers, 0 for any. kNotFound when there is no route.
Result<Route> route_to(const Fd& rtnetlink, const base::Address& peer,
                       const std::optional<base::Address>& source = std::nullopt, int index = 0);

// The parsing for one message; nothing for another type, or one too short.
std::optional<Link> parse_link(const NetlinkMessage& message);
std::optional<LinkAddress> parse_link_address(const NetlinkMessage& message);
std::optional<Neighbour> parse_neighbour(const NetlinkMessage& message);
std::optional<Route> parse_route_message(const NetlinkMessage& message);

}  // namespace genba::sys
