// SPDX-License-Identifier: Apache-2.0
#include "act/ban/protection.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "act/ban/networks.h"
#include "support/contain_story.h"
#include "support/fake_host.h"
#include "support/network_building.h"
#include "support/private_network.h"

namespace genba::act {
namespace {

using Strength = Protection::Strength;
using test::Story;

base::Network net(std::string_view text) {
  return *base::parse_network(text);
}

// A server that alice (process 102) works on, over ssh from 203.0.113.9.
class ProtectionTest : public testing::Test {
 protected:
  ProtectionTest() { story_.login(100, 1000, "203.0.113.9", 50000); }

  Protections find(std::span<const base::Network> mine = {}) {
    found_.processes = story_.processes;
    found_.sockets = story_.sockets;
    found_.ports = story_.ports;
    found_.self.loginuid = 1000;
    found_.responder = found_by_;
    return find_protections(found_, users_, mine);
  }
  void work_from_ssh() { found_by_ = story_.find(102, 1000, "pts/102"); }

  static const Protection* of(const Protections& all, std::string_view network) {
    const auto found =
        std::find_if(all.protections.begin(), all.protections.end(),
                     [&](const Protection& each) { return overlap(each.network, net(network)); });
    return found == all.protections.end() ? nullptr : &*found;
  }

  Story story_;
  Found found_;
  Responder found_by_;
  std::vector<model::LoggedInUser> users_;
};

TEST_F(ProtectionTest, TheRespondersOwnAddressIsOutOfReachEvenByForce) {
  work_from_ssh();
  const Protections all = find();
  const Protection* own = of(all, "203.0.113.9/32");
  ASSERT_NE(own, nullptr);
  EXPECT_EQ(own->id, "session");
  EXPECT_EQ(own->strength, Strength::kAlways);
  ASSERT_TRUE(all.session);
  EXPECT_EQ(base::to_text(*all.session), "203.0.113.9");
  EXPECT_TRUE(all.warnings.empty());
}

TEST_F(ProtectionTest, AConsoleNeedsNoAddress) {
  found_by_.way = SessionWay::kConsole;
  const Protections all = find();
  const Protection* ssh = of(all, "203.0.113.9/32");
  ASSERT_NE(ssh, nullptr) << "somebody is logged in from there";
  EXPECT_EQ(ssh->id, "ssh_session");
  EXPECT_EQ(ssh->strength, Strength::kUnlessForced);
}

TEST_F(ProtectionTest, AmongSessionsOfOneLoginNoneIsBannedUntilTheResponderNamesTheirs) {
  story_.login(200, 1000, "198.51.100.66", 40000);
  story_.process(300, 1, "tmux: server", "/usr/bin/tmux", 1000, 1000);
  story_.process(301, 300, "bash", "/bin/bash", 1000, 1000, "pts/9");
  found_by_ = story_.find(301, 1000, "pts/9");
  ASSERT_EQ(found_by_.session(), nullptr);
  Protections all = find();
  EXPECT_EQ(of(all, "198.51.100.66/32")->strength, Strength::kAlways);
  EXPECT_EQ(of(all, "203.0.113.9/32")->strength, Strength::kAlways);
  const base::Network mine[] = {net("203.0.113.0/24")};
  all = find(mine);
  EXPECT_EQ(of(all, "203.0.113.9/32")->strength, Strength::kAlways);
  EXPECT_EQ(of(all, "198.51.100.66/32")->strength, Strength::kUnlessForced);
}

TEST_F(ProtectionTest, ASessionThatIsNotFoundIsSaid) {
  const Protections all = find();
  ASSERT_EQ(all.warnings.size(), 1U);
  EXPECT_EQ(all.warnings[0].id, "no_session");
}

TEST_F(ProtectionTest, TheMachineItsGatewaysAndItsResolvers) {
  found_.addresses = {{2, *base::parse_address("192.0.2.1"), 24},
                      {2, *base::parse_address("fe80::1"), 64}};
  found_.routes.resize(2);
  found_.routes[0].hops = {{2, *base::parse_address("192.0.2.254")}};
  found_.routes[1].destination = net("10.0.0.0/8");
  found_.routes[1].hops = {{2, *base::parse_address("192.0.2.253")}};
  found_.resolvers = {*base::parse_address("9.9.9.9")};
  const Protections all = find();
  EXPECT_EQ(of(all, "192.0.2.1/32")->id, "own_address");
  EXPECT_EQ(of(all, "fe80::/64")->id, "own_address");
  EXPECT_EQ(of(all, "192.0.2.254/32")->id, "gateway");
  EXPECT_EQ(of(all, "192.0.2.253/32"), nullptr) << "no default route leads over it";
  EXPECT_EQ(of(all, "9.9.9.9/32")->id, "resolver");
  for (const auto* network : {"127.0.0.53/32", "::1/128", "224.0.0.251/32", "ff02::1/128",
                              "255.255.255.255/32", "0.0.0.0/32"}) {
    EXPECT_NE(of(all, network), nullptr) << network;
  }
  EXPECT_EQ(of(all, "192.0.2.77/32"), nullptr);
  EXPECT_EQ(of(all, "2001:db8::/64"), nullptr);
}

TEST_F(ProtectionTest, WhoeverIsLoggedIn) {
  const auto add = [&](const char* host, std::optional<bool> alive) {
    model::LoggedInUser user;
    user.user = "bob\x1b[2J";
    user.host = host;
    user.process_alive = alive;
    users_.push_back(user);
  };
  add("198.51.100.20", true);
  add("198.51.100.21 via mosh [812]", std::nullopt);
  add("198.51.100.22", false);
  add("host.example", true);
  add(":0", true);
  add("::ffff:198.51.100.23", true);
  work_from_ssh();
  const Protections all = find();
  EXPECT_EQ(of(all, "198.51.100.20/32")->id, "logged_in");
  EXPECT_NE(of(all, "198.51.100.21/32"), nullptr);
  EXPECT_EQ(of(all, "198.51.100.22/32"), nullptr) << "that session has ended";
  EXPECT_NE(of(all, "198.51.100.23/32"), nullptr);
  ASSERT_EQ(all.warnings.size(), 1U);
  EXPECT_EQ(all.warnings[0].id, "logged_in_by_name");
  EXPECT_EQ(all.warnings[0].text.en.find('\x1b'), std::string::npos);
}

TEST_F(ProtectionTest, AnSshdOnAnotherPortCountsAndOtherServicesDoNot) {
  story_.process(60, 1, "sshd", "/usr/sbin/sshd", 0, std::nullopt);
  story_.listen(60, 2222);
  story_.process(70, 1, "nginx", "/usr/sbin/nginx", 0, std::nullopt);
  story_.socket(61, 610, "192.0.2.1", 2222, "198.51.100.30", 1234);
  story_.socket(70, 700, "192.0.2.1", 443, "198.51.100.31", 1234);
  story_.socket(100, 101, "192.0.2.1", 51000, "198.51.100.32", 443);
  work_from_ssh();
  const Protections all = find();
  EXPECT_NE(of(all, "198.51.100.30/32"), nullptr);
  EXPECT_EQ(of(all, "198.51.100.31/32"), nullptr);
  EXPECT_EQ(of(all, "198.51.100.32/32"), nullptr) << "what an sshd forwards is no admin";
}

TEST(GatherProtections, WithoutTheTablesItIsSaidThatNobodyKnows) {
  test::in_private_network([] {
    const test::FakeHost host;
    const Protections none = gather_protections(host, model::Facts(), 7000, {});
    EXPECT_EQ(none.unread.size(), 2U) << "processes and connections";
    const int index = test::add_veth("up0", "far");
    if (index == 0 || !test::add_address(index, "192.0.2.1/24")) {
      test::network_cannot_be_made_here();
    }
    model::Facts facts;
    for (const model::TableInfo* table : ban_tables()) {
      (void)facts.open(*table);
    }
    const Protections all = gather_protections(host, facts, 7000, {});
    EXPECT_TRUE(all.unread.empty());
    EXPECT_TRUE(std::any_of(all.protections.begin(), all.protections.end(), [](const auto& each) {
      return each.id == "own_address" && base::to_text(each.network.address) == "192.0.2.1";
    }));
  });
}

}  // namespace
}  // namespace genba::act
