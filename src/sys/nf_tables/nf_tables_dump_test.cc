// SPDX-License-Identifier: Apache-2.0
#include "sys/nf_tables/nf_tables_dump.h"

#include <netinet/in.h>  // before linux/netfilter.h

#include <gtest/gtest.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include <functional>
#include <thread>

#include "support/nf_tables_lab.h"
#include "support/private_network.h"

namespace genba::sys {
namespace {

using test::expect_done;
using test::flush_ruleset;
using test::in_private_network;
using test::kTable;
using test::open_tables;
using test::output_chain;
using test::passes;

constexpr uint16_t kCreate = NLM_F_CREATE;
constexpr uint16_t kExclusive = NLM_F_EXCL;
const NftTableName kForeign{NFPROTO_INET, "foreign"};
const NftTableName kForeignDevice{NFPROTO_NETDEV, "foreign"};
const NftSet kNetworks{
    kForeign, "networks", {kNftKeyIpv4}, NftElements::kRanges, NftTimeouts::kNone};
const NftSet kBans{kForeign, "bans", {kNftKeyIpv4}, NftElements::kRanges, NftTimeouts::kAllowed};
const NftSet kTuples{
    kForeign, "tuples", {kNftKeyIpv6, kNftKeyPort}, NftElements::kRanges, NftTimeouts::kNone};

NftElement network(uint32_t first, uint32_t last,
                   std::optional<std::chrono::milliseconds> timeout = {}) {
  NftElement element;
  element.key = {nft_number(kNftIpv4Source, first)};
  element.last = {nft_number(kNftIpv4Source, last)};
  element.timeout = timeout;
  return element;
}

NftAttributes expression(std::string_view name, const NftAttributes& data) {
  return NftAttributes{}.text(NFTA_EXPR_NAME, name).nested(NFTA_EXPR_DATA, data);
}

// A set that packets add themselves to, and a rule that makes them: `add @seen { ip saddr }`.
void add_dynamic_set(NftBatch& batch) {
  batch.message(NFT_MSG_NEWSET, kCreate | kExclusive, kForeign.family,
                NftAttributes{}
                    .text(NFTA_SET_TABLE, kForeign.name)
                    .text(NFTA_SET_NAME, "seen")
                    .u32(NFTA_SET_FLAGS, NFT_SET_EVAL)
                    .u32(NFTA_SET_KEY_TYPE, kNftKeyIpv4.nft_type)
                    .u32(NFTA_SET_KEY_LEN, kNftKeyIpv4.size)
                    .u32(NFTA_SET_ID, 900)
                    .nested(NFTA_SET_DESC, NftAttributes{}.u32(NFTA_SET_DESC_SIZE, 100)),
                "adding a set that packets write to");
  NftRule rule;
  rule.nfproto(NFPROTO_IPV4).is_not(kNftIpv4Source, 0U);
  rule.expression("dynset", NftAttributes{}
                                .text(NFTA_DYNSET_SET_NAME, "seen")
                                .u32(NFTA_DYNSET_OP, NFT_DYNSET_OP_ADD)
                                .u32(NFTA_DYNSET_SREG_KEY, NFT_REG_1));
  batch.add_rule(kForeign, "out", rule.comment("dynamic"));
}

// A map from a port to a verdict, with one element.
void add_map(NftBatch& batch) {
  batch.message(NFT_MSG_NEWSET, kCreate | kExclusive, kForeign.family,
                NftAttributes{}
                    .text(NFTA_SET_TABLE, kForeign.name)
                    .text(NFTA_SET_NAME, "verdicts")
                    .u32(NFTA_SET_FLAGS, NFT_SET_MAP)
                    .u32(NFTA_SET_KEY_TYPE, kNftKeyPort.nft_type)
                    .u32(NFTA_SET_KEY_LEN, kNftKeyPort.size)
                    .u32(NFTA_SET_DATA_TYPE, NFT_DATA_VERDICT)
                    .u32(NFTA_SET_ID, 901),
                "adding a map");
  const auto verdict = NftAttributes{}.u32(NFTA_VERDICT_CODE, NF_ACCEPT);
  const auto element =
      NftAttributes{}
          .nested(NFTA_SET_ELEM_KEY, NftAttributes{}.raw(NFTA_DATA_VALUE, {"\0\x16", 2}))
          .nested(NFTA_SET_ELEM_DATA, NftAttributes{}.nested(NFTA_DATA_VERDICT, verdict));
  batch.message(
      NFT_MSG_NEWSETELEM, kCreate, kForeign.family,
      NftAttributes{}
          .text(NFTA_SET_ELEM_LIST_TABLE, kForeign.name)
          .text(NFTA_SET_ELEM_LIST_SET, "verdicts")
          .nested(NFTA_SET_ELEM_LIST_ELEMENTS, NftAttributes{}.nested(NFTA_LIST_ELEM, element)),
      "adding to a map");
}

// A set whose elements count.
void add_counting_set(NftBatch& batch) {
  batch.message(
      NFT_MSG_NEWSET, kCreate | kExclusive, kForeign.family,
      NftAttributes{}
          .text(NFTA_SET_TABLE, kForeign.name)
          .text(NFTA_SET_NAME, "counting")
          .u32(NFTA_SET_FLAGS, 0)
          .u32(NFTA_SET_KEY_TYPE, kNftKeyIpv4.nft_type)
          .u32(NFTA_SET_KEY_LEN, kNftKeyIpv4.size)
          .u32(NFTA_SET_ID, 902)
          .nested(NFTA_SET_EXPR, expression("counter", NftAttributes{}.u64(NFTA_COUNTER_BYTES, 0))),
      "adding a set that counts");
  const NftSet set{kForeign, "counting", {kNftKeyIpv4}};
  NftElement loopback;
  loopback.key = {std::string("\x7f\0\0\x01", 4)};
  batch.add_elements(set, {&loopback, 1});
  batch.add_rule(kForeign, "out", NftRule{}.nfproto(NFPROTO_IPV4).in("counting", {kNftIpv4Source}));
}

void add_object(NftBatch& batch, std::string_view name, uint32_t type, const NftAttributes& data) {
  batch.message(NFT_MSG_NEWOBJ, kCreate | kExclusive, kForeign.family,
                NftAttributes{}
                    .text(NFTA_OBJ_TABLE, kForeign.name)
                    .text(NFTA_OBJ_NAME, name)
                    .u32(NFTA_OBJ_TYPE, type)
                    .nested(NFTA_OBJ_DATA, data),
                "adding an object");
  batch.add_rule(
      kForeign, "out",
      NftRule{}.expression(
          "objref",
          NftAttributes{}.u32(NFTA_OBJREF_IMM_TYPE, type).text(NFTA_OBJREF_IMM_NAME, name)));
}

// Somebody else's ruleset with a bit of everything, much of which counts.
NftBatch foreign_batch() {
  NftBatch batch;
  batch.add_table(kForeign, NftOwnership::kNone, "somebody else's");
  batch.add_chain({kForeign, "out", NftHook{NF_INET_LOCAL_OUT, 0, NF_ACCEPT, {}}});
  batch.add_chain({kForeign, "in", NftHook{NF_INET_LOCAL_IN, 0, NF_ACCEPT, {}}});
  batch.add_chain({kForeign, "side", {}});
  batch.add_set(kNetworks).add_set(kBans).add_set(kTuples);
  const NftElement networks[] = {network(0x0A000000, 0x0AFFFFFF), network(0xC0A80000, 0xC0A8FFFF)};
  const NftElement bans[] = {network(0x01020300, 0x010203FF, std::chrono::hours(1)),
                             network(0x01020400, 0x010204FF)};
  NftElement tuple;
  tuple.key = {std::string(16, '\x20'), nft_number(kNftSourcePort, 1)};
  tuple.last = {std::string(16, '\x21'), nft_number(kNftSourcePort, 9)};
  batch.add_elements(kNetworks, networks).add_elements(kBans, bans);
  batch.add_elements(kTuples, {&tuple, 1});
  batch.add_rule(kForeign, "out", NftRule{}.counter().comment("counts"));
  batch.add_rule(kForeign, "out", NftRule{}.limit(5).jump("side").comment("limited"));
  batch.add_rule(kForeign, "side", NftRule{}.not_in("bans", {kNftIpv4Source}).return_to_caller());
  NftRule quota;
  quota.expression("quota", NftAttributes{}.u64(NFTA_QUOTA_BYTES, 10).u32(NFTA_QUOTA_FLAGS, 0));
  batch.add_rule(kForeign, "in", quota.counter());
  add_dynamic_set(batch);
  add_map(batch);
  add_counting_set(batch);
  add_object(batch, "total", NFT_OBJECT_COUNTER,
             NftAttributes{}.u64(NFTA_COUNTER_BYTES, 0).u64(NFTA_COUNTER_PACKETS, 0));
  add_object(batch, "volume", NFT_OBJECT_QUOTA, NftAttributes{}.u64(NFTA_QUOTA_BYTES, 10));
  batch.add_table(kForeignDevice);
  batch.add_chain({kForeignDevice, "lo", NftHook{NF_NETDEV_INGRESS, 0, NF_ACCEPT, {"lo"}}});
  batch.add_rule(kForeignDevice, "lo", NftRule{}.counter());
  return batch;
}

// Devices whose flows leave the chains out; false where the kernel has none of these.
bool add_flowtable(NfTables& tables) {
  const auto hook =
      NftAttributes{}
          .u32(NFTA_FLOWTABLE_HOOK_NUM, NF_NETDEV_INGRESS)
          .u32(NFTA_FLOWTABLE_HOOK_PRIORITY, 0)
          .nested(NFTA_FLOWTABLE_HOOK_DEVS, NftAttributes{}.text(NFTA_DEVICE_NAME, "lo"));
  NftBatch batch;
  batch.message(NFT_MSG_NEWFLOWTABLE, kCreate, kForeign.family,
                NftAttributes{}
                    .text(NFTA_FLOWTABLE_TABLE, kForeign.name)
                    .text(NFTA_FLOWTABLE_NAME, "fast")
                    .nested(NFTA_FLOWTABLE_HOOK, hook),
                "adding a flowtable");
  return tables.commit(batch).has_value();
}

NftRuleset read_all(NfTables& tables, std::span<const NftTableName> without = {}) {
  auto ruleset = read_nft_ruleset(tables, without);
  EXPECT_TRUE(ruleset) << ruleset.error().what;
  return ruleset ? std::move(*ruleset) : NftRuleset{};
}

NftBatch own_batch() {
  const NftSet set{kTable, "armed", {kNftKeyFamily}, NftElements::kSingle, NftTimeouts::kAllowed};
  NftElement four;
  four.key = {std::string(1, NFPROTO_IPV4)};
  four.timeout = std::chrono::minutes(1);
  NftBatch batch;
  batch.add_table(kTable, NftOwnership::kOwned).add_set(set).add_elements(set, {&four, 1});
  batch.add_chain(output_chain()).add_rule(kTable, "out", NftRule{}.counter().comment("ours"));
  return batch;
}

TEST(NftRuleset, IsTheSameAfterOurTableHasComeAndGone) {
  in_private_network([] {
    NfTables tables = open_tables();
    expect_done(tables.commit(foreign_batch()));
    const bool flowtable = add_flowtable(tables);
    const NftRuleset before = read_all(tables);
    EXPECT_EQ(before.tables, 2U);
    EXPECT_EQ(before.passing_elements, 1U);
    EXPECT_EQ(before.settled.find("fast") != std::string::npos, flowtable);
    for (const std::string_view part : {"total", "volume", "verdicts", "counting", "tuples"}) {
      EXPECT_NE(before.settled.find(part), std::string::npos) << part;
    }
    expect_done(tables.commit(own_batch()));
    EXPECT_NE(read_all(tables).settled, before.settled);
    const NftRuleset without = read_all(tables, std::span(&kTable, 1));
    EXPECT_EQ(without.settled, before.settled);
    EXPECT_EQ(without.passing, before.passing);
    for (int i = 0; i < 20; ++i) {
      EXPECT_TRUE(passes(AF_INET));
      EXPECT_TRUE(passes(AF_INET6));
    }
    expect_done(tables.commit(NftBatch{}.delete_table(kTable)));
    const NftRuleset after = read_all(tables);
    EXPECT_EQ(after.settled, before.settled);
    EXPECT_NE(after.generation, before.generation);
    // A packet put its address into the set that packets write to.
    EXPECT_EQ(after.passing_elements, 2U);
  });
}

TEST(NftRuleset, IsTheSameWithNewHandles) {
  in_private_network([] {
    NfTables tables = open_tables();
    expect_done(tables.commit(foreign_batch()));
    const NftRuleset before = read_all(tables);
    expect_done(tables.commit(flush_ruleset()));
    EXPECT_EQ(read_all(tables).settled, "");
    expect_done(tables.commit(foreign_batch()));
    const NftRuleset after = read_all(tables);
    EXPECT_EQ(after.settled, before.settled);
    EXPECT_EQ(after.passing, before.passing);
  });
}

// What `change` does to a foreign ruleset.
NftRuleset changed(NfTables& tables, const std::function<void(NftBatch&)>& change) {
  expect_done(tables.commit(foreign_batch()));
  NftBatch batch;
  change(batch);
  expect_done(tables.commit(batch));
  NftRuleset ruleset = read_all(tables);
  expect_done(tables.commit(flush_ruleset()));
  return ruleset;
}

TEST(NftRuleset, ShowsEveryChange) {
  in_private_network([] {
    NfTables tables = open_tables();
    const NftRuleset same = changed(tables, [](NftBatch&) {});
    const NftElement one[] = {network(0x0B000000, 0x0B0000FF)};
    const NftElement first[] = {network(0xC0A80000, 0xC0A8FFFF)};
    const NftElement ban[] = {network(0x01020300, 0x010203FF, std::chrono::hours(2))};
    const std::function<void(NftBatch&)> changes[] = {
        [](NftBatch& batch) { batch.add_rule(kForeign, "in", NftRule{}.accept()); },
        [](NftBatch& batch) { batch.flush_chain(kForeign, "side"); },
        [](NftBatch& batch) {
          batch.add_chain({kForeign, "more", {}});
        },
        [](NftBatch& batch) {
          batch.add_table({NFPROTO_IPV4, "more"});
        },
        [](NftBatch& batch) { batch.delete_table(kForeignDevice); },
        [&](NftBatch& batch) { batch.add_elements(kNetworks, one); },
        [&](NftBatch& batch) { batch.delete_elements(kNetworks, first); },
        [&](NftBatch& batch) { batch.add_elements(kBans, one); },
        [](NftBatch& batch) {
          batch.message(NFT_MSG_NEWCHAIN, 0, kForeign.family,
                        NftAttributes{}
                            .text(NFTA_CHAIN_TABLE, kForeign.name)
                            .text(NFTA_CHAIN_NAME, "out")
                            .u32(NFTA_CHAIN_POLICY, NF_DROP),
                        "changing a policy");
        },
        [](NftBatch& batch) {
          batch.message(NFT_MSG_NEWTABLE, 0, kForeign.family,
                        NftAttributes{}
                            .text(NFTA_TABLE_NAME, kForeign.name)
                            .u32(NFTA_TABLE_FLAGS, NFT_TABLE_F_DORMANT),
                        "putting a table to sleep");
        },
    };
    for (size_t i = 0; i < std::size(changes); ++i) {
      const NftRuleset other = changed(tables, changes[i]);
      EXPECT_NE(other.settled, same.settled) << "change " << i;
      EXPECT_EQ(other.passing, same.passing) << "change " << i;
    }
    const NftRuleset longer =
        changed(tables, [&](NftBatch& batch) { batch.replace_elements(kBans, ban); });
    EXPECT_EQ(longer.settled, same.settled);
    EXPECT_NE(longer.passing, same.passing);
  });
}

TEST(NftRuleset, OrderOfRulesCounts) {
  in_private_network([] {
    NfTables tables = open_tables();
    const auto with = [&](const NftRule& one, const NftRule& two) {
      NftBatch batch;
      batch.add_table(kTable).add_chain(output_chain());
      batch.add_rule(kTable, "out", one).add_rule(kTable, "out", two);
      expect_done(tables.commit(batch));
      std::string settled = read_all(tables).settled;
      expect_done(tables.commit(NftBatch{}.delete_table(kTable)));
      return settled;
    };
    const NftRule four = NftRule{}.nfproto(NFPROTO_IPV4).accept();
    const NftRule six = NftRule{}.nfproto(NFPROTO_IPV6).accept();
    EXPECT_EQ(with(four, six), with(four, six));
    EXPECT_NE(with(four, six), with(six, four));
  });
}

TEST(NftRuleset, IsReadWholeWhileOthersChangeIt) {
  in_private_network([] {
    NfTables tables = open_tables();
    NfTables other = open_tables();
    expect_done(tables.commit(foreign_batch()));
    const NftRuleset same = read_all(tables);
    // Every second read finds the generation moved once, and is repeated.
    int reads = 0;
    const auto generation = tables.read_consistently([&]() -> Result<NfTables::Consistency> {
      if (++reads < 5) {
        expect_done(other.commit(NftBatch{}.add_table(kTable)));
        expect_done(other.commit(NftBatch{}.delete_table(kTable)));
      }
      return NfTables::Consistency::kWhole;
    });
    ASSERT_TRUE(generation);
    EXPECT_EQ(reads, 5);
    const auto never = tables.read_consistently([&]() -> Result<NfTables::Consistency> {
      expect_done(other.commit(NftBatch{}.add_table(kTable)));
      expect_done(other.commit(NftBatch{}.delete_table(kTable)));
      return NfTables::Consistency::kWhole;
    });
    ASSERT_FALSE(never);
    EXPECT_EQ(never.error().code, base::ErrorCode::kTimedOut);
    EXPECT_EQ(read_all(tables).settled, same.settled);
  });
}

TEST(NftRuleset, IsOneStateThoughAnotherThreadChangesItAllTheTime) {
  in_private_network([] {
    NfTables tables = open_tables();
    NfTables other = open_tables();
    // Two states: both sets are full, or both are empty.
    const NftSet one{kTable, "one", {kNftKeyIpv4}, NftElements::kRanges, NftTimeouts::kNone};
    NftSet two = one;
    two.name = "two";
    std::vector<NftElement> elements;
    for (uint32_t i = 0; i < 3000; ++i) {
      elements.push_back(network(0x0A000000 + 4 * i, 0x0A000001 + 4 * i));
    }
    NftBatch fill;
    fill.add_elements(one, elements).add_elements(two, elements);
    NftBatch empty;
    empty.flush_set(kTable, "one").flush_set(kTable, "two");
    expect_done(tables.commit(NftBatch{}.add_table(kTable).add_set(one).add_set(two)));
    const std::string without = read_all(tables).settled;
    expect_done(tables.commit(fill));
    const std::string with = read_all(tables).settled;
    std::thread writer([&] {
      for (int i = 0; i < 40; ++i) {
        expect_done(other.commit(i % 2 == 0 ? empty : fill));
      }
    });
    for (int i = 0; i < 20; ++i) {
      const auto ruleset = read_nft_ruleset(tables);
      // Given up is fine, a mixture is not.
      EXPECT_TRUE(ruleset ? ruleset->settled == with || ruleset->settled == without
                          : ruleset.error().code == base::ErrorCode::kTimedOut);
    }
    writer.join();
    EXPECT_EQ(read_all(tables).settled, with);
  });
}

TEST(NftRuleset, AnExpiredRangeLeavesNothingAmongWhatStays) {
  in_private_network([] {
    NfTables tables = open_tables();
    const NftSet set{kTable, "bans", {kNftKeyIpv4}, NftElements::kRanges, NftTimeouts::kAllowed};
    const NftElement stays[] = {network(0x0A000000, 0x0A0000FF)};
    const NftElement goes[] = {network(0x0B000000, 0x0B0000FF, std::chrono::milliseconds(100))};
    expect_done(tables.commit(NftBatch{}.add_table(kTable).add_set(set).add_elements(set, stays)));
    const NftRuleset before = read_all(tables);
    expect_done(tables.commit(NftBatch{}.add_elements(set, goes)));
    EXPECT_EQ(read_all(tables).settled, before.settled);
    NftRuleset after;
    for (int i = 0; i < 400 && (i == 0 || after.passing_elements != 0); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      after = read_all(tables);
      EXPECT_EQ(after.settled, before.settled);
    }
    EXPECT_EQ(after.passing, "");
  });
}

TEST(NftRuleset, UnknownAttributesAreKeptAndDamageIsNot) {
  constexpr uint16_t kUnknown = 0x123;
  const auto table = [](std::string_view value, uint64_t handle) {
    return NftAttributes{}
        .text(NFTA_TABLE_NAME, "x")
        .u64(NFTA_TABLE_HANDLE, handle)
        .raw(NFTA_TABLE_PAD, "")
        .raw(kUnknown, value)
        .bytes();
  };
  const auto one = canonical_nft_message(NFT_MSG_NEWTABLE, table("one", 1));
  ASSERT_TRUE(one);
  EXPECT_EQ(*one, *canonical_nft_message(NFT_MSG_NEWTABLE, table("one", 2)));
  EXPECT_NE(*one, *canonical_nft_message(NFT_MSG_NEWTABLE, table("two", 1)));
  std::string cut = table("one", 1);
  cut.resize(cut.size() - 2);
  EXPECT_FALSE(canonical_nft_message(NFT_MSG_NEWTABLE, cut));
}

}  // namespace
}  // namespace genba::sys
