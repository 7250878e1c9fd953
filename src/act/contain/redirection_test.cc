// SPDX-License-Identifier: Apache-2.0
//
// When it is looked for, and when it is told that nobody did. That a kernel's NAT is found, and the
// session kept, is shown by tests/live/contain_redirection_test.cc.
#include "act/contain/redirection.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/contain_story.h"
#include "support/fake_host.h"
#include "support/private_network.h"

namespace genba::act {
namespace {

using sys::ModuleLoading;

constexpr const char* kCount = "/proc/sys/net/netfilter/nf_conntrack_count";
constexpr const char* kNat = "nf_nat 57344 1 - Live 0x0\n";
constexpr const char* kAsked = "nf_conntrack_netlink 57344 0 - Live 0x0\n";

Found with_session() {
  test::Story story;
  story.login(100, 1000, "198.51.100.7", 50000);
  Found found;
  found.responder = story.find(102, 1000, "pts/100");
  return found;
}

// What a host is found to be whose connection tracking counts so much, with these modules.
Found looked_at(const char* count, const std::string& modules, Netfilter netfilter,
                Found found = with_session()) {
  test::FakeHost host;
  host.add_file("/proc/modules", modules).add_file("/proc/kallsyms", "0 T nf_nat_hook\n");
  if (count != nullptr) {
    host.add_file(kCount, count);
  }
  find_redirection(host, netfilter, ModuleLoading::kForbidden, found);
  return found;
}

bool is_told(const Found& found, std::string_view words) {
  const Plan plan = plan_containment(found, {});
  const auto note = std::find_if(plan.not_covered.begin(), plan.not_covered.end(),
                                 [](const PlanNote& row) { return row.id == "redirection"; });
  EXPECT_TRUE(note == plan.not_covered.end() || !note->text.ja.empty());
  return note != plan.not_covered.end() && note->text.en.find(words) != std::string::npos;
}

TEST(Redirection, APlanSaysThatItDidNotLookWhereItCanMatter) {
  EXPECT_TRUE(is_told(looked_at("12\n", kNat, Netfilter::kForbidden), "apply looks"));
  EXPECT_FALSE(is_told(looked_at("0\n", kNat, Netfilter::kForbidden), "")) << "nothing is tracked";
  EXPECT_FALSE(is_told(looked_at(nullptr, kNat, Netfilter::kForbidden), "")) << "no tracking";
  EXPECT_FALSE(is_told(looked_at("12\n", "", Netfilter::kForbidden), "")) << "no NAT";
}

TEST(Redirection, ACountThatCannotBeReadIsNoAssurance) {
  test::FakeHost host;
  host.add_file("/proc/modules", kNat).add_file(kCount, "0\n").deny(kCount);
  Found found = with_session();
  find_redirection(host, Netfilter::kForbidden, ModuleLoading::kForbidden, found);
  EXPECT_TRUE(found.redirection_unknown);
}

TEST(Redirection, AModuleIsNotLoadedForIt) {
  EXPECT_TRUE(is_told(looked_at("12\n", kNat, Netfilter::kPermitted), "--allow-module-load"));
  EXPECT_FALSE(is_told(looked_at("12\n", "", Netfilter::kPermitted), "")) << "no NAT";
}

TEST(Redirection, WithoutASessionOnThisNetworkNobodyAsks) {
  Found console;
  console.responder.way = SessionWay::kConsole;
  Found elsewhere = with_session();
  elsewhere.self.net_namespace = 4026532000;
  Found loopback = with_session();
  loopback.responder.candidates[0].loopback = true;
  for (const Found& found : {console, elsewhere, loopback}) {
    EXPECT_FALSE(looked_at("12\n", kNat, Netfilter::kForbidden, found).redirection_unknown);
  }
}

TEST(Redirection, ASessionThatIsNotTrackedIsNotRedirected) {
  test::in_private_network([] {
    const Found found = looked_at("12\n", std::string(kNat) + kAsked, Netfilter::kPermitted);
    EXPECT_TRUE(found.redirected.empty());
    // A kernel without ctnetlink says so, and then so does the plan.
    EXPECT_TRUE(!found.redirection_unknown || is_told(found, "gave no answer"));
  });
}

TEST(Redirection, AnswersAreThoseOfSshd) {
  const sys::ConntrackTuple reply = reply_of(*with_session().responder.session());
  EXPECT_EQ(base::to_text(reply.source), "192.0.2.1");
  EXPECT_EQ(reply.source_port, 22);
  EXPECT_EQ(base::to_text(reply.destination), "198.51.100.7");
  EXPECT_EQ(reply.destination_port, 50000);
  EXPECT_EQ(reply.protocol, 6);
}

}  // namespace
}  // namespace genba::act
