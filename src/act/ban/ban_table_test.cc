// SPDX-License-Identifier: Apache-2.0
//
// In private networks: this machine, the one that is banned, and a container behind this machine.
#include "act/ban/ban_table.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
// After it: the two have the same names, which linux/libc-compat.h sorts out only this way.
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "support/network_building.h"
#include "support/nf_tables_lab.h"
#include "support/other_networks.h"
#include "support/private_network.h"
#include "sys/nf_tables/nf_tables_dump.h"

namespace genba::act {
namespace {

using base::Network;
using std::chrono::milliseconds;
using test::arrives;
using test::expect_done;
using test::in_private_network;
using test::open_tables;
using test::OtherNetworks;
using test::serve;

constexpr int kNever = 300;  // milliseconds to wait for what must not come

Network net(std::string_view text) {
  return *base::parse_network(text);
}

model::StandingBan ban_of(std::string_view network, std::optional<milliseconds> time = {}) {
  return {net(network), time, {}};
}

BanTable table_of(sys::NfTables& tables) {
  const auto table = read_ban_table(tables);
  EXPECT_TRUE(table) << table.error().what;
  return table ? *table : BanTable();
}

void change(sys::NfTables& tables, const BanChange& change) {
  expect_done(tables.commit(ban_batch(table_of(tables), change)));
}

std::string networks_of(const BanTable& table) {
  std::string all;
  for (const auto& [network, ban] : table.bans) {
    all += model::to_cidr(network) + " ";
  }
  return all;
}

std::string digest(sys::NfTables& tables) {
  const auto ruleset = sys::read_nft_ruleset(tables);
  EXPECT_TRUE(ruleset) << ruleset.error().what;
  return ruleset ? ruleset->settled + ruleset->passing : "";
}

void forward_packets() {
  for (const char* path :
       {"/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/all/forwarding"}) {
    const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || ::write(fd, "1", 1) != 1) {
      test::network_cannot_be_made_here();
    }
    ::close(fd);
  }
}

// The attacker at 198.51.100.66 and 2001:db8:66::66, a container at 10.0.3.2 and 2001:db8:3::2.
struct Stage {
  Stage() {
    attacker = networks.add("wan", {{"198.51.100.1/24", "198.51.100.66/24"},
                                    {"2001:db8:66::1/64", "2001:db8:66::66/64"}});
    container = networks.add(
        "lan", {{"10.0.3.1/24", "10.0.3.2/24"}, {"2001:db8:3::1/64", "2001:db8:3::2/64"}});
    forward_packets();
    route(attacker, "10.0.3.0/24", "198.51.100.1");
    route(attacker, "2001:db8:3::/64", "2001:db8:66::1");
    route(container, "198.51.100.0/24", "10.0.3.1");
    route(container, "2001:db8:66::/64", "2001:db8:3::1");
    server4 = serve(SOCK_DGRAM, "198.51.100.1", 53);
    server6 = serve(SOCK_DGRAM, "2001:db8:66::1", 53);
    networks.in(container, [&] {
      inside4 = serve(SOCK_DGRAM, "10.0.3.2", 53);
      inside6 = serve(SOCK_DGRAM, "2001:db8:3::2", 53);
    });
    networks.in(attacker, [&] {
      theirs4 = serve(SOCK_DGRAM, "198.51.100.66", 53);
      theirs6 = serve(SOCK_DGRAM, "2001:db8:66::66", 53);
    });
  }

  void route(size_t network, std::string_view destination, std::string_view gateway) {
    networks.in(network, [&] {
      EXPECT_TRUE(
          test::add_route(destination, gateway, static_cast<int>(::if_nametoindex("eth0"))));
    });
  }

  // Six ways for each family: to us, through us to the container, from us; and answers' ways.
  std::string passing(int patience) const {
    std::string all;
    networks.in(attacker, [&] {
      all += arrives(server4, "198.51.100.66", "198.51.100.1", 53, patience) ? "in4 " : "";
      all += arrives(server6, "2001:db8:66::66", "2001:db8:66::1", 53, patience) ? "in6 " : "";
      all += arrives(inside4, "198.51.100.66", "10.0.3.2", 53, patience) ? "fwd4 " : "";
      all += arrives(inside6, "2001:db8:66::66", "2001:db8:3::2", 53, patience) ? "fwd6 " : "";
    });
    all += arrives(theirs4, "198.51.100.1", "198.51.100.66", 53, patience) ? "out4 " : "";
    all += arrives(theirs6, "2001:db8:66::1", "2001:db8:66::66", 53, patience) ? "out6 " : "";
    networks.in(container, [&] {
      all += arrives(theirs4, "10.0.3.2", "198.51.100.66", 53, patience) ? "back4 " : "";
      all += arrives(theirs6, "2001:db8:3::2", "2001:db8:66::66", 53, patience) ? "back6 " : "";
    });
    return all;
  }

  OtherNetworks networks;
  size_t attacker = 0;
  size_t container = 0;
  sys::Fd server4, server6, inside4, inside6, theirs4, theirs6;
};

constexpr int kSoon = 5000;
constexpr auto kAllWays = "in4 in6 fwd4 fwd6 out4 out6 back4 back6 ";

TEST(BanTable, WhatIsBannedReachesNeitherUsNorAContainerAndIsNotReached) {
  in_private_network([] {
    const Stage stage;
    sys::NfTables tables = open_tables();
    const std::string before = digest(tables);
    ASSERT_EQ(stage.passing(kSoon), kAllWays);
    change(tables, {{ban_of("198.51.100.0/25", std::chrono::hours(1)),
                     ban_of("2001:db8:66::/64", std::chrono::hours(1))},
                    {}});
    EXPECT_EQ(stage.passing(kNever), "");
    const BanTable table = table_of(tables);
    EXPECT_TRUE(table.altered.empty()) << table.altered[0].text.en;
    EXPECT_EQ(networks_of(table), "198.51.100.0/25 2001:db8:66::/64 ");
    EXPECT_GE(table.packets.value_or(0), 8U);
    for (const auto& [network, ban] : table.bans) {
      EXPECT_GE(ban.packets.value_or(99), 4U) << "each counts its own";
      ASSERT_TRUE(ban.remaining);
      EXPECT_LE(*ban.remaining, std::chrono::hours(1));
    }
    change(tables, {{}, {net("198.51.100.0/25")}});
    EXPECT_EQ(stage.passing(kNever), "in4 fwd4 out4 back4 ");
    change(tables, {{}, {net("2001:db8:66::/64")}});
    EXPECT_FALSE(table_of(tables).present) << "the table goes with the last ban";
    EXPECT_EQ(digest(tables), before);
    EXPECT_EQ(stage.passing(kSoon), kAllWays);
  });
}

// Waits for what the kernel does by itself; the limit is only for a kernel that never does it.
bool becomes_empty(sys::NfTables& tables) {
  for (int i = 0; i < 400; ++i) {
    if (table_of(tables).bans.empty()) {
      return true;
    }
    std::this_thread::sleep_for(milliseconds(50));
  }
  return false;
}

TEST(BanTable, ABanEndsByItselfAndMayBeSetAgainAtOnce) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    change(tables, {{ban_of("192.0.2.0/24", milliseconds(300))}, {}});
    ASSERT_TRUE(becomes_empty(tables));
    EXPECT_TRUE(table_of(tables).present) << "nobody was there to take it away";
    // What the kernel still lists of it must not stand in the way of what overlaps it.
    change(tables, {{ban_of("192.0.2.128/25", milliseconds(300)), ban_of("192.0.2.7/32")}, {}});
    EXPECT_EQ(networks_of(table_of(tables)), "192.0.2.7/32 192.0.2.128/25 ");
    std::this_thread::sleep_for(milliseconds(350));
    change(tables, {{ban_of("192.0.2.0/23")}, {net("192.0.2.7/32"), net("192.0.2.128/25")}});
    EXPECT_EQ(networks_of(table_of(tables)), "192.0.2.0/23 ");
    change(tables, {{}, {net("192.0.2.0/23")}});
    EXPECT_FALSE(table_of(tables).present);
  });
}

TEST(BanTable, LargerOnesReplaceSmallerOnesAndNeighboursTouch) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    change(tables, {{ban_of("192.0.2.0/25"), ban_of("192.0.2.128/25"), ban_of("192.0.3.0/32"),
                     ban_of("255.255.255.255/32"), ban_of("0.0.0.0/32"), ban_of("ff00::/8")},
                    {}});
    EXPECT_EQ(networks_of(table_of(tables)),
              "0.0.0.0/32 192.0.2.0/25 192.0.2.128/25 192.0.3.0/32 255.255.255.255/32 ff00::/8 ");
    change(tables, {{ban_of("192.0.2.0/23", std::chrono::minutes(5))},
                    {net("192.0.2.0/25"), net("192.0.2.128/25"), net("192.0.3.0/32")}});
    const BanTable table = table_of(tables);
    EXPECT_EQ(networks_of(table), "0.0.0.0/32 192.0.2.0/23 255.255.255.255/32 ff00::/8 ");
    EXPECT_TRUE(table.bans.at(net("192.0.2.0/23")).remaining);
    EXPECT_FALSE(table.bans.at(net("0.0.0.0/32")).remaining);
  });
}

TEST(BanTable, RenewingSetsTheTimeAnewInBothDirections) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    const auto left = [&] { return table_of(tables).bans.at(net("192.0.2.7/32")).remaining; };
    change(tables, {{ban_of("192.0.2.7/32", std::chrono::minutes(10))}, {}});
    change(tables, {{ban_of("192.0.2.7/32", std::chrono::hours(5))}, {}});
    EXPECT_GT(left().value(), std::chrono::hours(4));
    change(tables, {{ban_of("192.0.2.7/32")}, {}});
    EXPECT_FALSE(left());
    change(tables, {{ban_of("192.0.2.7/32", std::chrono::minutes(1))}, {}});
    EXPECT_LE(left().value(), std::chrono::minutes(1));
  });
}

TEST(BanTable, ARulesetThatChangedMeanwhileRefusesTheBatch) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    const BanTable table = table_of(tables);
    expect_done(tables.commit(sys::NftBatch{}.add_table(test::kTable)));
    const auto refused = tables.commit(ban_batch(table, {{ban_of("192.0.2.7/32")}, {}}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode::kGone);
    EXPECT_FALSE(table_of(tables).present);
  });
}

TEST(BanTable, WhatSomebodyChangedIsSaidAndMadeAnewWithItsBans) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    const auto tamper = [&](sys::NftBatch& batch, const char* id) {
      change(tables, {{ban_of("192.0.2.7/32", std::chrono::hours(9))}, {}});
      expect_done(tables.commit(batch));
      const BanTable table = table_of(tables);
      ASSERT_FALSE(table.altered.empty()) << id;
      EXPECT_EQ(table.altered[0].id, id);
      change(tables, {{ban_of("198.51.100.7/32")}, {}});
      const BanTable anew = table_of(tables);
      EXPECT_TRUE(anew.altered.empty()) << id;
      EXPECT_GE(anew.bans.size(), 2U) << id;
      EXPECT_GT(anew.bans.at(net("192.0.2.7/32")).remaining, std::chrono::hours(8)) << id;
    };
    sys::NftBatch flushed;
    flushed.flush_chain(ban_table_name(), "incoming");
    tamper(flushed, "altered");
    sys::NftBatch added;
    added.add_rule(ban_table_name(), "outgoing", sys::NftRule{}.accept());
    tamper(added, "altered");
    sys::NftBatch dormant;
    dormant.message(NFT_MSG_NEWTABLE, 0, NFPROTO_INET,
                    sys::NftAttributes{}
                        .text(NFTA_TABLE_NAME, ban_table_name().name)
                        .u32(NFTA_TABLE_FLAGS, NFT_TABLE_F_DORMANT),
                    "switching off");
    tamper(dormant, "dormant");
    const sys::NftSet set{ban_table_name(),
                          "banned4",
                          {sys::kNftKeyIpv4},
                          sys::NftElements::kRanges,
                          sys::NftTimeouts::kAllowed};
    sys::NftElement range;
    range.key = {sys::nft_number(sys::kNftIpv4Source, 0x0A000001)};
    range.last = {sys::nft_number(sys::kNftIpv4Source, 0x0A000004)};
    sys::NftBatch foreign;
    foreign.add_elements(set, std::span(&range, 1));
    tamper(foreign, "foreign_range");
    EXPECT_EQ(networks_of(table_of(tables)),
              "10.0.0.1/32 10.0.0.2/31 10.0.0.4/32 192.0.2.7/32 198.51.100.7/32 ");
  });
}

TEST(BanTable, ATableOfThatNameThatIsNotOursIsLeftAlone) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    expect_done(tables.commit(
        sys::NftBatch{}.add_table(ban_table_name(), sys::NftOwnership::kNone, "mine")));
    const auto table = read_ban_table(tables);
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().code, base::ErrorCode::kInvalid);
    EXPECT_NE(table.error().what.find("'mine'"), std::string::npos) << table.error().what;
  });
}

TEST(BanTable, ThousandsAreOneBatch) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    constexpr size_t kMany = 20'000;
    std::vector<model::StandingBan> bans;
    for (uint32_t i = 0; i < kMany; ++i) {
      base::Network network = net(i % 4 == 0 ? "2001:db8::/64" : "100.64.0.0/32");
      network.address.bytes[i % 4 == 0 ? 6 : 2] = static_cast<uint8_t>(i >> 8U);
      network.address.bytes[i % 4 == 0 ? 7 : 3] = static_cast<uint8_t>(i);
      bans.push_back({network, std::chrono::hours(1), {}});
    }
    const auto took = [](auto since) {
      return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - since)
          .count();
    };
    auto begin = std::chrono::steady_clock::now();
    change(tables, {bans, {}});
    std::printf("[ measured ] %zu bans set in %ld ms\n", bans.size(), long{took(begin)});
    begin = std::chrono::steady_clock::now();
    EXPECT_EQ(table_of(tables).bans.size(), bans.size());
    std::printf("[ measured ] %zu bans read in %ld ms\n", bans.size(), long{took(begin)});
    begin = std::chrono::steady_clock::now();
    change(tables, {bans, {}});
    std::printf("[ measured ] %zu bans renewed in %ld ms\n", bans.size(), long{took(begin)});
    std::vector<Network> all;
    for (const auto& ban : bans) {
      all.push_back(ban.network);
    }
    change(tables, {{}, all});
    EXPECT_FALSE(table_of(tables).present);
  });
}

}  // namespace
}  // namespace genba::act
