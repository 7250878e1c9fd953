// SPDX-License-Identifier: Apache-2.0
#include "act/contain/ruleset.h"

#include <netinet/in.h>  // before linux/netfilter.h

#include <gtest/gtest.h>
#include <linux/netfilter/nf_tables.h>

#include <array>

#include "act/contain/contact.h"
#include "support/nf_tables_lab.h"
#include "support/private_network.h"

namespace genba::act {
namespace {

using test::expect_done;
using test::in_private_network;
using test::open_tables;

model::AllowedFlow flow(std::string id, std::string_view local, std::string_view remote) {
  model::AllowedFlow made;
  made.id = std::move(id);
  made.protocol = IPPROTO_TCP;
  made.local = *base::parse_network(local);
  made.remote = *base::parse_network(remote);
  return made;
}

// The comments of a chain's rules, in order, as the kernel lists them.
std::vector<std::string> rules_in(const sys::NftTableState& table, std::string_view chain) {
  std::vector<std::string> comments;
  for (const sys::NftRuleInfo& rule : table.rules) {
    if (rule.chain == chain) {
      comments.push_back(rule.comment);
    }
  }
  return comments;
}

using Comments = std::vector<std::string>;

TEST(Ruleset, TheKernelHasItAsItIsMeant) {
  in_private_network([] {
    Ruleset ruleset;
    ruleset.flows = {flow("session", "192.0.2.1", "192.0.2.2"), flow("wide", "0.0.0.0/0", "::/0")};
    ruleset.flows[1].remote = *base::parse_network("0.0.0.0/0");
    ruleset.flows[1].direction = model::FlowDirection::kOut;
    ruleset.blocked = {*base::parse_network("169.254.169.254")};
    ruleset.devices = {{1, "lo"}};
    ruleset.comment = contain_comment("c-1", {0}, "9");
    ruleset.timeout = std::chrono::seconds(90);
    sys::NfTables tables = open_tables();
    expect_done(tables.commit(make_ruleset(ruleset)));
    const auto ours = read_our_tables(tables);
    ASSERT_TRUE(ours && ours->inet && ours->netdev);
    EXPECT_EQ(ours->inet->table.comment, ruleset.comment);
    EXPECT_EQ(rules_in(*ours->inet, "lock_in"),
              (Comments{"drop metadata", "allow session", "drop in"}));
    EXPECT_EQ(rules_in(*ours->inet, "lock_out"),
              (Comments{"drop metadata", "allow session", "allow wide", "drop out"}));
    EXPECT_EQ(rules_in(*ours->inet, "lock_forward"),
              (Comments{"drop metadata", "drop metadata", "allow session", "allow session",
                        "drop forward"}))
        << "what names no address of ours passes nothing through";
    for (const char* name : {"prerouting", "input", "forward", "output"}) {
      const sys::NftChain* chain = ours->inet->find_chain(name);
      ASSERT_NE(chain, nullptr) << name;
      EXPECT_EQ(chain->hook->priority, -400);
      EXPECT_EQ(chain->hook->policy, uint32_t{NF_ACCEPT});
      EXPECT_EQ(rules_in(*ours->inet, name).size(), 1U);
    }
    EXPECT_EQ(rules_in(*ours->netdev, "ingress_1").size(), 1U);
    EXPECT_EQ(rules_in(*ours->netdev, "egress_1").size(), 2U);
    EXPECT_EQ(rules_in(*ours->netdev, "lock_out"), rules_in(*ours->inet, "lock_out"));
    for (const sys::NftTableState* table : std::array{&*ours->inet, &*ours->netdev}) {
      EXPECT_EQ(table->find_set("armed")->elements.size(), 2U);
      ASSERT_TRUE(timer_of(*table).remaining);
      EXPECT_LE(timer_of(*table).remaining->count(), 90'000);
      EXPECT_GT(timer_of(*table).remaining->count(), 30'000);
    }
  });
}

TEST(Ruleset, RemadeItIsTheSameWhateverIsLeft) {
  in_private_network([] {
    Ruleset ruleset;
    ruleset.flows = {flow("session", "192.0.2.1", "192.0.2.2")};
    ruleset.devices = {{1, "lo"}};
    sys::NfTables tables = open_tables();
    expect_done(tables.commit(make_ruleset(ruleset)));
    const auto contents = read_our_contents(tables);
    ASSERT_TRUE(contents);
    const auto remade = [&] {
      expect_done(tables.commit(remake_ruleset(ruleset)));
      return *read_our_contents(tables);
    };
    EXPECT_EQ(remade(), *contents) << "over all of it";
    expect_done(tables.commit(sys::NftBatch{}.delete_table(contain_netdev())));
    EXPECT_EQ(remade(), *contents) << "over half of it";
    expect_done(tables.commit(test::flush_ruleset()));
    EXPECT_EQ(remade(), *contents) << "over nothing";
    ruleset.flows[0].remote_ports = {1, 2};
    EXPECT_NE(remade(), *contents) << "and another one is another";
  });
}

TEST(Ruleset, EveryKindOfFlowIsTakenByTheKernel) {
  in_private_network([] {
    Ruleset ruleset;
    for (const int protocol : {0, 1, 4, 6, 17, 41, 47, 50, 58, 132, 136}) {
      for (const auto* network :
           {"0.0.0.0/0", "192.0.2.0/23", "192.0.2.1", "::/0", "2001:db8::/61", "2001:db8::1"}) {
        auto made = flow("f" + std::to_string(protocol), network, network);
        made.protocol = static_cast<uint8_t>(protocol);
        made.local_ports = {1000, 2000};
        made.remote_ports = {443, 443};
        made.device = "a device";
        ruleset.flows.push_back(made);
        made.types = {1, 2, 3, 9, 255};
        made.code = 4;
        made.hop_limit = 255;
        ruleset.flows.push_back(made);
      }
    }
    ruleset.devices = {{1, "lo"}};
    sys::NfTables tables = open_tables();
    const sys::NftBatch batch = make_ruleset(ruleset);
    EXPECT_EQ(batch.mistake(), "");
    expect_done(tables.commit(batch));
  });
}

TEST(Ruleset, AnotherNamespaceGetsNoFlows) {
  Ruleset ruleset;
  ruleset.scope = Ruleset::Scope::kOther;
  ruleset.flows = {flow("session", "192.0.2.1", "192.0.2.2")};
  const sys::NftBatch batch = make_ruleset(ruleset);
  for (const auto& message : batch.messages()) {
    EXPECT_EQ(message.doing.find("session"), std::string::npos) << message.doing;
  }
}

TEST(Ruleset, TheCommentTellsWhoAndSinceWhen) {
  const auto parsed = parse_contain_comment(
      contain_comment("c-1f0e", *base::parse_rfc3339("2026-11-29T03:13:44Z"), "0.1.0"));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->id, "c-1f0e");
  EXPECT_EQ(parsed->version, "0.1.0");
  EXPECT_TRUE(parsed->since.starts_with("2026-11-29T03:13:44"));
  for (const char* other :
       {"", "genba", "genba  since 2026-11-29T03:13:44Z, genba 1", "genba x since y, genba 1",
        "genba ../x since 2026-11-29T03:13:44Z, genba 1", "genba x, genba 1 since "}) {
    EXPECT_FALSE(parse_contain_comment(other)) << other;
  }
}

}  // namespace
}  // namespace genba::act
