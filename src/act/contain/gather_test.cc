// SPDX-License-Identifier: Apache-2.0
#include "act/contain/gather.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/tables/login_attempts.h"
#include "model/tables/logins.h"
#include "support/contain_story.h"
#include "support/fake_host.h"
#include "support/network_building.h"
#include "support/private_network.h"

namespace genba::act {
namespace {

using test::Story;

constexpr int64_t kOwn = 7000;
constexpr int64_t kOwnNetwork = 4026531840;

// This run: a child of `parent`, on pts/0, of the login 1000.
void add_run(test::FakeHost& host, int64_t parent) {
  host.add_process({.pid = kOwn, .ppid = parent, .name = "genba", .arguments = {"genba"}});
  host.add_file("/proc/7000/loginuid", "1000");
  host.add_magic_link("/proc/7000/ns/net", "net:[4026531840]");
  host.add_magic_link("/proc/7000/ns/mnt", "mnt:[4026531841]");
  host.add_file("/etc/resolv.conf", "nameserver 192.0.2.53\n");
  host.add_file("/dev/vsock", "");
}

model::Facts facts_of(Story& story) {
  model::Facts facts;
  story.live_in(kOwnNetwork);
  facts.rows<model::Process>() = story.processes;
  facts.rows<model::ProcessOpenSocket>() = story.sockets;
  facts.rows<model::ListeningPort>() = story.ports;
  (void)facts.rows<model::Mount>();
  return facts;
}

TEST(GatherContain, TheNetworkAndTheSessionMeet) {
  test::in_private_network([] {
    const int index = test::add_veth("up0", "far");
    if (index == 0 || !test::add_address(index, "192.0.2.1/24") ||
        !test::add_route("0.0.0.0/0", "192.0.2.254", index)) {
      test::network_cannot_be_made_here();
    }
    Story story;
    story.login(100, 1000, "198.51.100.7", 50000);
    model::Facts facts = facts_of(story);
    model::Process guest;
    guest.pid = 900;
    guest.net_namespace = 4026532000;
    facts.rows<model::Process>().push_back(guest);
    model::Mount mounted;
    mounted.type = "nsfs";
    mounted.root = "net:[4026532001]";
    mounted.path = "/run/netns/blue";
    mounted.mnt_namespace = 4026531841;
    facts.rows<model::Mount>().push_back(mounted);
    model::Login login;
    login.username = "alice";
    login.address = "198.51.100.7";
    facts.rows<model::Login>().push_back(login);
    (void)facts.open(model::tables::login_attempts());
    test::FakeHost host;
    add_run(host, 102);
    const Found found = gather_found(host, facts, kOwn, {});
    EXPECT_TRUE(found.unread.empty()) << found.unread[0].en;
    EXPECT_EQ(found.self.loginuid, 1000);
    ASSERT_NE(found.responder.session(), nullptr);
    ASSERT_TRUE(found.way);
    EXPECT_EQ(found.way->hops.at(0).index, index);
    EXPECT_EQ(found.users_of_address, (std::vector<std::string>{"alice"}));
    ASSERT_EQ(found.namespaces.size(), 2U);
    EXPECT_EQ(found.namespaces[0].pid, 900);
    EXPECT_EQ(found.namespaces[1].path, "/run/netns/blue");

    const Plan plan = plan_containment(found, {});
    EXPECT_TRUE(plan.refusals.empty()) << plan.refusals[0].text.en;
    ASSERT_EQ(plan.devices.size(), 1U) << "the end without a route is no way out";
    EXPECT_EQ(plan.devices[0].name, "up0");
    EXPECT_TRUE(
        std::any_of(plan.not_covered.begin(), plan.not_covered.end(), [](const PlanNote& note) {
          return note.id == "vsock" && note.text.en.find("it is there") != std::string::npos;
        }));
  });
}

TEST(GatherContain, WhatWasNotReadIsSaid) {
  test::in_private_network([] {
    test::FakeHost host;
    add_run(host, 1);
    const Found found = gather_found(host, model::Facts(), kOwn, {});
    EXPECT_EQ(found.unread.size(), 5U) << "four tables, and the logs";
    EXPECT_FALSE(plan_containment(found, {}).refusals.empty());
  });
}

TEST(GatherContain, AFewMistakesAreNoGuessing) {
  model::Facts facts;
  const auto add = [&](const char* address, int64_t attempts, int64_t users) {
    model::LoginAttempts row;
    row.address = address;
    row.attempts = attempts;
    row.users = users;
    ASSERT_TRUE(facts.append_large(row));
  };
  add("198.51.100.7", 2, 1);
  add("198.51.100.8", 30, 1);
  add("::ffff:203.0.113.66", 400, 90);
  const auto suspects = suspects_of_attempts(facts);
  ASSERT_EQ(suspects.size(), 2U);
  EXPECT_FALSE(suspects[0].sure);
  EXPECT_TRUE(suspects[1].sure);
  EXPECT_EQ(base::to_text(suspects[1].network.address), "203.0.113.66");
  EXPECT_EQ(suspects[1].network.bits, 32);
}

TEST(GatherContain, ALoginThatWasNeverSetIsAbsent) {
  test::FakeHost host;
  add_run(host, 1);
  host.remove("/proc/7000/loginuid").add_file("/proc/7000/loginuid", "4294967295");
  const auto self = read_self(host, kOwn);
  ASSERT_TRUE(self) << self.error().what;
  EXPECT_FALSE(self->loginuid);
  EXPECT_EQ(self->parent, 1);
  EXPECT_FALSE(read_self(host, 7001));
}

}  // namespace
}  // namespace genba::act
