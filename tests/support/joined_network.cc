// SPDX-License-Identifier: Apache-2.0
#include "support/joined_network.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/address.h"
#include "support/network_building.h"
#include "support/private_network.h"
#include "sys/netlink_message.h"
#include "sys/rtnetlink.h"

namespace genba::test {

namespace {

using sys::NetlinkRequest;

constexpr uint16_t kCreate = NLM_F_CREATE | NLM_F_EXCL;

bool done(const NetlinkRequest& request) {
  const auto netlink = sys::open_netlink(NETLINK_ROUTE);
  const auto answer =
      netlink ? sys::netlink_exchange(*netlink, request, [](const sys::NetlinkMessage&) {})
              : base::fail(netlink.error());
  EXPECT_TRUE(answer || answer.error().sys_errno == EPERM || answer.error().sys_errno == EOPNOTSUPP)
      << answer.error().what;
  return answer.has_value();
}

bool bring_up(const std::string& name) {
  ifinfomsg head{};
  head.ifi_index = static_cast<int>(::if_nametoindex(name.c_str()));
  head.ifi_flags = IFF_UP;
  head.ifi_change = IFF_UP;
  return done(NetlinkRequest(RTM_NEWLINK, 0).body(head));
}

std::string with_nul(const std::string& name) {
  return name + '\0';
}

bool write_file(const char* path, std::string_view text) {
  const sys::Fd file(::open(path, O_WRONLY | O_CLOEXEC));
  return file.valid() && ::write(file.get(), text.data(), text.size()) > 0;
}

}  // namespace

sys::Fd own_network() {
  return sys::Fd(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
}

sys::Fd make_network() {
  const sys::Fd home = own_network();
  if (!enter_new_network()) {
    network_cannot_be_made_here();
  }
  sys::Fd made = own_network();
  EXPECT_EQ(::setns(home.get(), CLONE_NEWNET), 0);
  return made;
}

void inside(const sys::Fd& network, const std::function<void()>& body) {
  const sys::Fd home = own_network();
  ASSERT_EQ(::setns(network.get(), CLONE_NEWNET), 0);
  body();
  ASSERT_EQ(::setns(home.get(), CLONE_NEWNET), 0);
}

int64_t inode_of(const sys::Fd& network) {
  struct stat status {};
  EXPECT_EQ(::fstat(network.get(), &status), 0);
  return static_cast<int64_t>(status.st_ino);
}

int add_veth_into(const std::string& name, const std::string& peer, const sys::Fd& network) {
  NetlinkRequest request(RTM_NEWLINK, kCreate);
  request.body(ifinfomsg{}).attribute(IFLA_IFNAME, with_nul(name)).begin(IFLA_LINKINFO);
  request.attribute(IFLA_INFO_KIND, "veth").begin(IFLA_INFO_DATA).begin(VETH_INFO_PEER);
  request.body(ifinfomsg{}).attribute(IFLA_IFNAME, with_nul(peer));
  request.number(IFLA_NET_NS_FD, network.get()).end().end().end();
  if (!done(request)) {
    return 0;
  }
  bool up = false;
  inside(network, [&] { up = bring_up(peer); });
  if (!up || !bring_up(name)) {
    return 0;
  }
  wait_for_queue(name);
  inside(network, [&] { wait_for_queue(peer); });
  return static_cast<int>(::if_nametoindex(name.c_str()));
}

bool add_macvlan_into(const std::string& name, int lower, const sys::Fd& network) {
  NetlinkRequest request(RTM_NEWLINK, kCreate);
  request.body(ifinfomsg{}).attribute(IFLA_IFNAME, with_nul(name)).number(IFLA_LINK, lower);
  request.number(IFLA_NET_NS_FD, network.get()).begin(IFLA_LINKINFO);
  request.attribute(IFLA_INFO_KIND, "macvlan").end();
  bool up = false;
  if (done(request)) {
    inside(network, [&] { up = bring_up(name); });
  }
  return up;
}

bool add_blackhole(std::string_view network) {
  const auto to = base::parse_network(network);
  if (!to) {
    return false;
  }
  const bool v6 = to->address.family == base::AddressFamily::kIpv6;
  rtmsg head{};
  head.rtm_family = v6 ? AF_INET6 : AF_INET;
  head.rtm_dst_len = static_cast<uint8_t>(to->bits);
  head.rtm_table = RT_TABLE_MAIN;
  head.rtm_protocol = RTPROT_STATIC;
  head.rtm_type = RTN_BLACKHOLE;
  NetlinkRequest request(RTM_NEWROUTE, kCreate);
  request.body(head).attribute(
      RTA_DST, {reinterpret_cast<const char*>(to->address.bytes.data()), v6 ? size_t{16} : 4});
  return done(request);
}

bool turn_on_forwarding() {
  return write_file("/proc/sys/net/ipv4/ip_forward", "1") &&
         write_file("/proc/sys/net/ipv6/conf/all/forwarding", "1");
}

bool silence_ipv6(const std::string& name) {
  return write_file(("/proc/sys/net/ipv6/conf/" + name + "/disable_ipv6").c_str(), "1");
}

void forget_neighbours(const std::string& device) {
  const int index = static_cast<int>(::if_nametoindex(device.c_str()));
  const auto netlink = sys::open_rtnetlink();
  const auto known = sys::dump_neighbours(*netlink);
  ASSERT_TRUE(known) << known.error().what;
  for (const sys::Neighbour& one : *known) {
    if (one.index != index || (one.state & NUD_NOARP) != 0) {
      continue;
    }
    const bool v6 = one.address.family == base::AddressFamily::kIpv6;
    ndmsg head{};
    head.ndm_family = v6 ? AF_INET6 : AF_INET;
    head.ndm_ifindex = index;
    EXPECT_TRUE(
        done(NetlinkRequest(RTM_DELNEIGH, 0)
                 .body(head)
                 .attribute(NDA_DST, {reinterpret_cast<const char*>(one.address.bytes.data()),
                                      v6 ? size_t{16} : 4})));
  }
}

std::string hardware_address_of(const std::string& name) {
  const auto netlink = sys::open_rtnetlink();
  for (const sys::Link& link : sys::dump_links(*netlink).value_or(std::vector<sys::Link>())) {
    if (link.name == name) {
      return link.hardware_address;
    }
  }
  return {};
}

}  // namespace genba::test
