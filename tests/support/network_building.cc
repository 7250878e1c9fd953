// SPDX-License-Identifier: Apache-2.0
#include "support/network_building.h"

#include <gtest/gtest.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>
#include <fstream>
#include <string>

#include "fmt/format.h"
#include "sys/fd.h"
#include "sys/netlink_message.h"
#include "sys/process.h"

namespace genba::test {

namespace {

using sys::NetlinkRequest;

bool done(const NetlinkRequest& request) {
  const auto netlink = sys::open_netlink(NETLINK_ROUTE);
  if (!netlink) {
    return false;
  }
  const auto answer = sys::netlink_exchange(*netlink, request, [](const sys::NetlinkMessage&) {});
  // Without the right, or without such devices, a test is skipped; anything else is its fault.
  EXPECT_TRUE(answer || answer.error().sys_errno == EPERM || answer.error().sys_errno == EOPNOTSUPP)
      << answer.error().what;
  return answer.has_value();
}

uint8_t family_of(const base::Address& address) {
  return address.family == base::AddressFamily::kIpv6 ? AF_INET6 : AF_INET;
}

ifinfomsg up_header(int index = 0) {
  ifinfomsg head{};
  head.ifi_index = index;
  head.ifi_flags = IFF_UP;
  head.ifi_change = IFF_UP;
  return head;
}

std::string with_nul(const std::string& name) {
  return name + '\0';
}

constexpr uint16_t kCreate = NLM_F_CREATE | NLM_F_EXCL;

// Whether the device has its queue; until then ("noop") it drops all that is sent, and says
// nothing.
bool has_queue(const std::string& name) {
  ifinfomsg head{};
  head.ifi_index = static_cast<int>(::if_nametoindex(name.c_str()));
  const auto netlink = sys::open_netlink(NETLINK_ROUTE);
  std::string queue = "noop";
  if (netlink) {
    (void)sys::netlink_exchange(*netlink, NetlinkRequest(RTM_GETLINK, 0).body(head),
                                [&](const sys::NetlinkMessage& message) {
                                  sys::NetlinkAttributes all(sys::after<ifinfomsg>(message.body));
                                  while (const auto one = all.next()) {
                                    queue =
                                        one->type == IFLA_QDISC ? sys::text_in(one->value) : queue;
                                  }
                                });
  }
  return queue != "noop";
}

// The kernel makes an IPv6 address its own a little after it was added (addrconf_dad_work), and
// drops what comes for it until then.
void wait_for_own(const base::Address& address) {
  std::string wanted;
  for (const uint8_t byte : address.bytes) {
    wanted += fmt::format("{:02x}", byte);
  }
  wanted += " 80 ";  // the route to it alone, at the beginning of a line
  for (int i = 0; i < 300; ++i) {
    std::ifstream routes("/proc/thread-self/net/ipv6_route");
    for (std::string line; std::getline(routes, line);) {
      if (line.starts_with(wanted)) {
        return;
      }
    }
    sys::sleep_nanoseconds(10'000'000);
  }
}

}  // namespace

void wait_for_queue(const std::string& name) {
  for (int i = 0; i < 1000 && !has_queue(name); ++i) {
    sys::sleep_nanoseconds(10'000'000);
  }
}

int add_veth(const std::string& name, const std::string& peer) {
  // The peer cannot come up before it has one itself.
  NetlinkRequest request(RTM_NEWLINK, kCreate);
  request.body(ifinfomsg{}).attribute(IFLA_IFNAME, with_nul(name)).begin(IFLA_LINKINFO);
  request.attribute(IFLA_INFO_KIND, "veth").begin(IFLA_INFO_DATA).begin(VETH_INFO_PEER);
  request.body(ifinfomsg{}).attribute(IFLA_IFNAME, with_nul(peer)).end().end().end();
  if (!done(request)) {
    return 0;
  }
  for (const std::string& end : {name, peer}) {
    const int index = static_cast<int>(::if_nametoindex(end.c_str()));
    if (!done(NetlinkRequest(RTM_NEWLINK, 0).body(up_header(index)))) {
      return 0;
    }
  }
  wait_for_queue(name);
  wait_for_queue(peer);
  return static_cast<int>(::if_nametoindex(name.c_str()));
}

int add_bridge(const std::string& name) {
  NetlinkRequest request(RTM_NEWLINK, kCreate);
  request.body(up_header()).attribute(IFLA_IFNAME, with_nul(name)).begin(IFLA_LINKINFO);
  request.attribute(IFLA_INFO_KIND, "bridge").end();
  return done(request) ? static_cast<int>(::if_nametoindex(name.c_str())) : 0;
}

bool set_master(int index, int master) {
  return done(NetlinkRequest(RTM_NEWLINK, 0).body(up_header(index)).number(IFLA_MASTER, master));
}

bool add_address(int index, std::string_view network) {
  const auto parsed = base::parse_network(network);
  if (!parsed) {
    return false;
  }
  ifaddrmsg head{};
  head.ifa_family = family_of(parsed->address);
  head.ifa_prefixlen = static_cast<uint8_t>(parsed->bits);
  head.ifa_flags = IFA_F_NODAD;
  head.ifa_index = static_cast<uint32_t>(index);
  const bool added = done(NetlinkRequest(RTM_NEWADDR, kCreate)
                              .body(head)
                              .attribute(IFA_LOCAL, base::raw_bytes(parsed->address))
                              .attribute(IFA_ADDRESS, base::raw_bytes(parsed->address)));
  if (added && parsed->address.family == base::AddressFamily::kIpv6) {
    wait_for_own(parsed->address);
  }
  return added;
}

bool add_route(std::string_view network, std::string_view gateway, int index) {
  const auto to = base::parse_network(network);
  const auto through = base::parse_address(gateway);
  if (!to || !through) {
    return false;
  }
  rtmsg head{};
  head.rtm_family = family_of(to->address);
  head.rtm_dst_len = static_cast<uint8_t>(to->bits);
  head.rtm_table = RT_TABLE_MAIN;
  head.rtm_protocol = RTPROT_STATIC;
  head.rtm_type = RTN_UNICAST;
  NetlinkRequest request(RTM_NEWROUTE, kCreate);
  request.body(head).attribute(RTA_GATEWAY, base::raw_bytes(*through)).number(RTA_OIF, index);
  if (to->bits > 0) {
    request.attribute(RTA_DST, base::raw_bytes(to->address));
  }
  return done(request);
}

bool add_neighbour(int index, std::string_view address) {
  const auto parsed = base::parse_address(address);
  if (!parsed) {
    return false;
  }
  ndmsg head{};
  head.ndm_family = family_of(*parsed);
  head.ndm_ifindex = index;
  head.ndm_state = NUD_PERMANENT;
  return done(NetlinkRequest(RTM_NEWNEIGH, kCreate)
                  .body(head)
                  .attribute(NDA_DST, base::raw_bytes(*parsed))
                  .attribute(NDA_LLADDR, std::string_view("\x02\0\0\0\0\x01", 6)));
}

}  // namespace genba::test
