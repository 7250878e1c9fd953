// SPDX-License-Identifier: Apache-2.0
#include "act/ban/networks.h"

#include <gtest/gtest.h>

#include "model/ban.h"

namespace genba::act {
namespace {

base::Network net(std::string_view text) {
  return *base::parse_network(text);
}

std::string target(std::string_view text) {
  const auto parsed = parse_ban_target(text);
  return parsed ? model::to_cidr(parsed->network) + (parsed->widened ? " widened" : "")
                : "refused: " + parsed.error().what;
}

TEST(BanNetworks, ASingleIpv6AddressIsItsCustomersNetwork) {
  EXPECT_EQ(target("192.0.2.7"), "192.0.2.7/32");
  EXPECT_EQ(target("192.0.2.0/24"), "192.0.2.0/24");
  EXPECT_EQ(target("2001:db8:1:2:3::4"), "2001:db8:1:2::/64 widened");
  EXPECT_EQ(target("2001:db8:1:2:3::4/128"), "2001:db8:1:2:3::4/128");
  EXPECT_EQ(target("fe80::7"), "fe80::7/128") << "its /64 is everybody on the link";
}

TEST(BanNetworks, Ipv4InIpv6IsIpv4) {
  EXPECT_EQ(target("::ffff:192.0.2.7"), "192.0.2.7/32");
  EXPECT_EQ(target("::ffff:192.0.2.0/120"), "192.0.2.0/24");
  EXPECT_EQ(target("::/0"), "::/0");
}

TEST(BanNetworks, WhatIsNoNetworkIsRefusedWithAnExample) {
  for (const auto* text : {"", "evil.example", "192.0.2.7/33", "192.0.2", "192.0.2.7:22", "/24",
                           "192.0.2.7/-1", "\x1b[2J"}) {
    EXPECT_NE(target(text).find("write 192.0.2.7"), std::string::npos) << target(text);
  }
  EXPECT_NE(target("192.0.2.7/24").find("write 192.0.2.0/24"), std::string::npos);
  EXPECT_EQ(target("\x1b[2J").find('\x1b'), std::string::npos);
}

TEST(BanNetworks, HoldAndOverlap) {
  EXPECT_TRUE(contains(net("192.0.2.0/24"), net("192.0.2.128/25")));
  EXPECT_FALSE(contains(net("192.0.2.128/25"), net("192.0.2.0/24")));
  EXPECT_TRUE(overlap(net("192.0.2.128/25"), net("192.0.2.0/24")));
  EXPECT_FALSE(overlap(net("192.0.2.0/25"), net("192.0.2.128/25")));
  EXPECT_FALSE(overlap(net("0.0.0.0/0"), net("2001:db8::/32")));
  EXPECT_EQ(base::to_text(last_of(net("192.0.2.0/23"))), "192.0.3.255");
  EXPECT_EQ(base::to_text(last_of(net("2001:db8::/32"))), "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
}

TEST(BanNetworks, ARangeIsTheFewestNetworks) {
  const auto between = [](const char* first, const char* last) {
    std::string all;
    for (const auto& network :
         networks_between(*base::parse_address(first), *base::parse_address(last))) {
      all += model::to_cidr(network) + " ";
    }
    return all;
  };
  EXPECT_EQ(between("192.0.2.0", "192.0.2.255"), "192.0.2.0/24 ");
  EXPECT_EQ(between("192.0.2.7", "192.0.2.7"), "192.0.2.7/32 ");
  EXPECT_EQ(between("192.0.2.1", "192.0.2.6"),
            "192.0.2.1/32 192.0.2.2/31 192.0.2.4/31 192.0.2.6/32 ");
  EXPECT_EQ(between("0.0.0.0", "255.255.255.255"), "0.0.0.0/0 ");
  EXPECT_EQ(between("255.255.255.254", "255.255.255.255"), "255.255.255.254/31 ");
  EXPECT_EQ(between("2001:db8::", "2001:db8:0:0:ffff:ffff:ffff:ffff"), "2001:db8::/64 ");
}

TEST(BanNetworks, CoversAndPartsAreFound) {
  NetworkMap<int> map;
  map[net("10.0.0.0/8")] = 1;
  map[net("192.0.2.0/25")] = 2;
  map[net("192.0.2.200/32")] = 3;
  map[net("2001:db8::/64")] = 4;
  EXPECT_EQ(find_cover(map, net("10.9.8.7/32"))->second, 1);
  EXPECT_EQ(find_cover(map, net("10.0.0.0/8"))->second, 1);
  EXPECT_EQ(find_cover(map, net("2001:db8::9/128"))->second, 4);
  EXPECT_EQ(find_cover(map, net("192.0.2.0/24")), map.end());
  const auto within = find_within(map, net("192.0.2.0/24"));
  ASSERT_EQ(within.size(), 2U);
  EXPECT_EQ(model::to_cidr(within[1]), "192.0.2.200/32");
  EXPECT_EQ(find_within(map, net("0.0.0.0/0")).size(), 3U);
  EXPECT_TRUE(find_within(map, net("192.0.2.0/26")).empty());
}

}  // namespace
}  // namespace genba::act
