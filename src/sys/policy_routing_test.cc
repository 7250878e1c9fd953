// SPDX-License-Identifier: Apache-2.0
#include "sys/policy_routing.h"

#include <gtest/gtest.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include <algorithm>

#include "support/network_building.h"
#include "support/private_network.h"

namespace genba::sys {
namespace {

using base::AddressFamily;

constexpr uint32_t kTable = 0x74657374;
constexpr uint8_t kProtocol = 103;

Route blackhole(std::string_view network) {
  Route route;
  route.destination = *base::parse_network(network);
  route.table = kTable;
  route.type = RTN_BLACKHOLE;
  route.protocol = kProtocol;
  return route;
}

TEST(PolicyRouting, ARuleOfPriorityZeroComesBehindTheLocalOne) {
  test::in_private_network([] {
    const auto rtnetlink = open_rtnetlink();
    ASSERT_TRUE(rtnetlink);
    const auto before = dump_policy_rules(*rtnetlink);
    ASSERT_TRUE(before) << before.error().what;
    ASSERT_FALSE(before->empty());
    EXPECT_TRUE(before->front().matches_all);
    EXPECT_EQ(before->front().table, uint32_t{RT_TABLE_LOCAL});
    for (const AddressFamily family : {AddressFamily::kIpv4, AddressFamily::kIpv6}) {
      ASSERT_TRUE(add_plain_rule(*rtnetlink, {family, 0, kTable, kProtocol}));
      const auto rules = dump_policy_rules(*rtnetlink);
      ASSERT_TRUE(rules);
      const auto first = std::find_if(rules->begin(), rules->end(), [&](const PolicyRule& rule) {
        return rule.family == family;
      });
      ASSERT_LT(first + 1, rules->end());
      EXPECT_EQ(first->table, uint32_t{RT_TABLE_LOCAL});
      EXPECT_EQ((first + 1)->table, kTable);
      EXPECT_EQ((first + 1)->protocol, kProtocol);
      EXPECT_TRUE((first + 1)->matches_all);
      EXPECT_FALSE(add_plain_rule(*rtnetlink, {family, 0, kTable, kProtocol}));
      ASSERT_TRUE(add_plain_rule(*rtnetlink, {family, 0, 0, kProtocol}));
      const auto both = dump_policy_rules(*rtnetlink);
      EXPECT_TRUE(std::any_of(both->begin(), both->end(), [&](const PolicyRule& rule) {
        return rule.family == family && rule.action == FR_ACT_BLACKHOLE && rule.matches_all;
      }));
      ASSERT_TRUE(delete_plain_rule(*rtnetlink, {family, 0, 0, kProtocol}));
      ASSERT_TRUE(delete_plain_rule(*rtnetlink, {family, 0, kTable, kProtocol}));
      EXPECT_EQ(delete_plain_rule(*rtnetlink, {family, 0, kTable, kProtocol}).error().code,
                base::ErrorCode::kNotFound);
    }
    const auto after = dump_policy_rules(*rtnetlink);
    ASSERT_EQ(after->size(), before->size());
    for (size_t i = 0; i < before->size(); ++i) {
      EXPECT_EQ((*before)[i].bytes, (*after)[i].bytes);
    }
  });
}

TEST(PolicyRouting, RoutesComeAndGoWithoutATrace) {
  test::in_private_network([] {
    const int index = test::add_veth("up0", "far");
    if (index == 0 || !test::add_address(index, "192.0.2.1/24") ||
        !test::add_address(index, "2001:db8::1/64")) {
      test::network_cannot_be_made_here();
    }
    const auto rtnetlink = open_rtnetlink();
    const auto before = dump_route_bytes(*rtnetlink);
    ASSERT_TRUE(before) << before.error().what;
    Route far;
    far.destination = *base::parse_network("198.51.100.7/32");
    far.hops = {{index, base::parse_address("203.0.113.1")}};
    far.source = base::parse_address("192.0.2.1");
    far.table = kTable;
    far.type = RTN_UNICAST;
    far.protocol = kProtocol;
    Route far6 = far;
    far6.destination = *base::parse_network("2001:db8:1::/64");
    far6.hops = {{index, base::parse_address("fe80::1")}};
    far6.source = base::parse_address("2001:db8::1");
    const std::vector<Route> added = {blackhole("0.0.0.0/0"), blackhole("::/0"), far, far6};
    for (const Route& route : added) {
      const auto done = add_route(*rtnetlink, route);
      EXPECT_TRUE(done) << base::to_text(route.destination.address) << done.error().what;
    }
    EXPECT_FALSE(add_route(*rtnetlink, far));
    const auto routes = dump_routes(*rtnetlink);
    const auto told = std::find_if(routes->begin(), routes->end(), [&](const Route& route) {
      return route.table == kTable && route.destination.address == far.destination.address;
    });
    ASSERT_NE(told, routes->end());
    EXPECT_EQ(told->hops.at(0).gateway, far.hops[0].gateway) << "not in a connected network";
    EXPECT_EQ(told->source, far.source);
    for (const Route& route : added) {
      EXPECT_TRUE(delete_route(*rtnetlink, route));
      EXPECT_EQ(delete_route(*rtnetlink, route).error().code, base::ErrorCode::kGone);
    }
    const auto after = dump_route_bytes(*rtnetlink);
    ASSERT_EQ(after->size(), before->size());
    for (size_t i = 0; i < before->size(); ++i) {
      EXPECT_EQ((*before)[i].bytes, (*after)[i].bytes);
    }
  });
}

}  // namespace
}  // namespace genba::sys
