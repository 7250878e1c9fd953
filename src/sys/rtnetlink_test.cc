// SPDX-License-Identifier: Apache-2.0
#include "sys/rtnetlink.h"

#include <gtest/gtest.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>

#include "support/network_building.h"
#include "support/private_network.h"

namespace genba::sys {
namespace {

base::Address at(std::string_view text) {
  return *base::parse_address(text);
}

template <class Row, class Test>
const Row* find_if(const std::vector<Row>& rows, const Test& test) {
  const auto found = std::find_if(rows.begin(), rows.end(), test);
  return found == rows.end() ? nullptr : &*found;
}

TEST(Rtnetlink, LinksTellTheirKindMasterAndFlags) {
  test::in_private_network([] {
    const int port = test::add_veth("port", "far");
    const int bridge = test::add_bridge("br0");
    if (port == 0 || bridge == 0 || !test::set_master(port, bridge)) {
      test::network_cannot_be_made_here();
    }
    const auto rtnetlink = open_rtnetlink();
    ASSERT_TRUE(rtnetlink);
    const auto links = dump_links(*rtnetlink);
    ASSERT_TRUE(links) << links.error().what;
    const Link* link = find_if(*links, [&](const Link& row) { return row.name == "port"; });
    ASSERT_NE(link, nullptr);
    EXPECT_EQ(link->kind, "veth");
    EXPECT_EQ(link->index, port);
    EXPECT_EQ(link->master, bridge);
    EXPECT_EQ(link->mtu, 1500U);
    EXPECT_EQ(link->hardware_address.size(), 6U);
    EXPECT_NE(link->flags & IFF_UP, 0U);
    const Link* loopback = find_if(*links, [](const Link& row) { return row.name == "lo"; });
    ASSERT_NE(loopback, nullptr);
    EXPECT_NE(loopback->flags & IFF_LOOPBACK, 0U);
    EXPECT_EQ(loopback->kind, "");
  });
}

TEST(Rtnetlink, TheWayToAPeerIsWhatTheKernelWouldChoose) {
  test::in_private_network([] {
    const int index = test::add_veth("up0", "far");
    if (index == 0 || !test::add_address(index, "192.0.2.2/24") ||
        !test::add_address(index, "2001:db8::2/64") ||
        !test::add_route("0.0.0.0/0", "192.0.2.1", index) ||
        !test::add_route("::/0", "2001:db8::1", index) ||
        !test::add_neighbour(index, "192.0.2.1")) {
      test::network_cannot_be_made_here();
    }
    const auto rtnetlink = open_rtnetlink();
    const auto near = route_to(*rtnetlink, at("192.0.2.9"));
    ASSERT_TRUE(near) << near.error().what;
    ASSERT_EQ(near->hops.size(), 1U);
    EXPECT_EQ(near->hops[0].index, index);
    EXPECT_FALSE(near->hops[0].gateway);
    EXPECT_EQ(near->source, at("192.0.2.2"));
    const auto far = route_to(*rtnetlink, at("198.51.100.7"), at("192.0.2.2"));
    ASSERT_TRUE(far) << far.error().what;
    EXPECT_EQ(far->hops[0].gateway, at("192.0.2.1"));
    const auto far6 = route_to(*rtnetlink, at("2001:db8:1::7"), std::nullopt, index);
    ASSERT_TRUE(far6) << far6.error().what;
    EXPECT_EQ(far6->hops[0].gateway, at("2001:db8::1"));
    const auto own = route_to(*rtnetlink, at("192.0.2.2"));
    ASSERT_TRUE(own);
    EXPECT_EQ(own->type, RTN_LOCAL);

    const auto neighbours = dump_neighbours(*rtnetlink);
    ASSERT_TRUE(neighbours);
    const Neighbour* gateway =
        find_if(*neighbours, [](const Neighbour& row) { return row.address == at("192.0.2.1"); });
    ASSERT_NE(gateway, nullptr);
    EXPECT_EQ(gateway->hardware_address, std::string("\x02\0\0\0\0\x01", 6));
    const auto addresses = dump_addresses(*rtnetlink);
    ASSERT_TRUE(addresses);
    const LinkAddress* mine = find_if(
        *addresses, [](const LinkAddress& row) { return row.address == at("2001:db8::2"); });
    ASSERT_NE(mine, nullptr);
    EXPECT_EQ(mine->prefix_length, 64);
    const auto routes = dump_routes(*rtnetlink);
    ASSERT_TRUE(routes);
    const Route* standard = find_if(*routes, [](const Route& row) {
      return row.destination.bits == 0 && row.table == RT_TABLE_MAIN && row.type == RTN_UNICAST &&
             row.destination.address.family == base::AddressFamily::kIpv6;
    });
    ASSERT_NE(standard, nullptr);
    EXPECT_EQ(standard->hops.at(0).gateway, at("2001:db8::1"));
  });
}

TEST(Rtnetlink, WithoutARouteThereIsNone) {
  test::in_private_network([] {
    const auto rtnetlink = open_rtnetlink();
    for (const char* peer : {"198.51.100.7", "2001:db8::7"}) {
      const auto route = route_to(*rtnetlink, at(peer));
      ASSERT_FALSE(route) << peer;
      EXPECT_EQ(route.error().code, base::ErrorCode::kNotFound) << route.error().what;
    }
  });
}

TEST(Rtnetlink, ATunnelTellsItsOtherEnd) {
  ifinfomsg head{};
  head.ifi_index = 9;
  NetlinkRequest request(RTM_NEWLINK, 0);
  request.body(head).attribute(IFLA_IFNAME, std::string_view("gre1\0", 5)).begin(IFLA_LINKINFO);
  request.attribute(IFLA_INFO_KIND, "gre").begin(IFLA_INFO_DATA);
  request.attribute(7, "\xc0\x02\x02\x01").end().end();  // IFLA_GRE_REMOTE
  const std::string bytes = request.bytes(1);
  const auto link = parse_link(**NetlinkMessages(bytes).next());
  ASSERT_TRUE(link);
  EXPECT_EQ(link->tunnel_remote, at("192.2.2.1"));
}

TEST(Rtnetlink, SeveralWaysOfOneRouteAreAllTold) {
  rtmsg head{};
  head.rtm_family = AF_INET;
  rtnexthop hop{};
  hop.rtnh_len = sizeof hop;
  std::string hops;
  for (const int index : {4, 5}) {
    hop.rtnh_ifindex = index;
    hops += bytes_of(hop);
  }
  hop.rtnh_len = 3;  // impossible: ends the list
  hops += bytes_of(hop);
  const std::string bytes =
      NetlinkRequest(RTM_NEWROUTE, 0).body(head).attribute(RTA_MULTIPATH, hops).bytes(1);
  const auto route = parse_route_message(**NetlinkMessages(bytes).next());
  ASSERT_TRUE(route);
  ASSERT_EQ(route->hops.size(), 2U);
  EXPECT_EQ(route->hops[1].index, 5);
}

TEST(Rtnetlink, AWatchIsToldOfADeviceThatComes) {
  test::in_private_network([] {
    const auto watch = open_link_watch();
    ASSERT_TRUE(watch) << watch.error().what;
    pollfd polled{watch->get(), POLLIN, 0};
    EXPECT_EQ(::poll(&polled, 1, 0), 0);
    if (test::add_veth("one", "other") == 0) {
      test::network_cannot_be_made_here();
    }
    EXPECT_EQ(::poll(&polled, 1, 10'000), 1);
    drain(*watch);
    EXPECT_EQ(::poll(&polled, 1, 0), 0);
  });
}

TEST(Rtnetlink, ShortMessagesAreNone) {
  for (const uint16_t type :
       std::initializer_list<uint16_t>{RTM_NEWLINK, RTM_NEWADDR, RTM_NEWNEIGH, RTM_NEWROUTE}) {
    const NetlinkMessage message{type, 0, 0, "abc"};
    EXPECT_FALSE(parse_link(message));
    EXPECT_FALSE(parse_link_address(message));
    EXPECT_FALSE(parse_neighbour(message));
    EXPECT_FALSE(parse_route_message(message));
  }
}

}  // namespace
}  // namespace genba::sys
