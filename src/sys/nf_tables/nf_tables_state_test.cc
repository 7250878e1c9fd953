// SPDX-License-Identifier: Apache-2.0
#include "sys/nf_tables/nf_tables_state.h"

#include <netinet/in.h>  // before linux/netfilter.h

#include <gtest/gtest.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <thread>

#include "support/nf_tables_lab.h"
#include "support/private_network.h"

namespace genba::sys {
namespace {

using test::expect_done;
using test::in_private_network;
using test::kFirst;
using test::kTable;
using test::open_tables;
using test::output_chain;
using test::passes;

NftSet networks(NftElements elements = NftElements::kRanges) {
  return {kTable, "networks", {kNftKeyIpv4}, elements, NftTimeouts::kAllowed};
}

NftElement range(uint32_t first, uint32_t last,
                 std::optional<std::chrono::milliseconds> timeout = {}) {
  NftElement element;
  element.key = {nft_number(kNftIpv4Source, first)};
  element.last = {nft_number(kNftIpv4Source, last)};
  element.timeout = timeout;
  return element;
}

TEST(NftState, AMissingTableIsNotFound) {
  in_private_network([] {
    NfTables tables = open_tables();
    const auto state = read_nft_table(tables, kTable);
    ASSERT_FALSE(state);
    EXPECT_EQ(state.error().code, base::ErrorCode::kNotFound);
    EXPECT_NE(state.error().what.find("inet 'genba_test'"), std::string::npos);
  });
}

TEST(NftState, OwnerCommentChainsAndCountersAreRead) {
  in_private_network([] {
    NfTables tables = open_tables();
    NftBatch batch;
    batch.add_table(kTable, NftOwnership::kOwned, "case 7")
        .add_chain(output_chain("out", NF_DROP))
        .add_chain({kTable, "side", {}})
        .add_rule(kTable, "out", NftRule{}.nfproto(NFPROTO_IPV6).counter().accept().comment("six"))
        .add_rule(kTable, "out", NftRule{}.nfproto(NFPROTO_IPV4).accept().comment("four"));
    expect_done(tables.commit(batch));
    EXPECT_TRUE(passes(AF_INET6));
    const auto state = read_nft_table(tables, kTable);
    ASSERT_TRUE(state) << state.error().what;
    EXPECT_EQ(state->table.name, kTable);
    EXPECT_EQ(state->table.flags, uint32_t{NFT_TABLE_F_OWNER});
    EXPECT_EQ(state->table.owner, tables.port());
    EXPECT_EQ(state->table.comment, "case 7");
    ASSERT_NE(state->find_chain("out"), nullptr);
    ASSERT_TRUE(state->find_chain("out")->hook);
    EXPECT_EQ(state->find_chain("out")->hook->number, uint32_t{NF_INET_LOCAL_OUT});
    EXPECT_EQ(state->find_chain("out")->hook->priority, kFirst);
    EXPECT_EQ(state->find_chain("out")->hook->policy, uint32_t{NF_DROP});
    EXPECT_FALSE(state->find_chain("side")->hook);
    ASSERT_NE(state->find_rule("six"), nullptr);
    ASSERT_TRUE(state->find_rule("six")->counter);
    EXPECT_EQ(state->find_rule("six")->counter->packets, 1U);
    EXPECT_GT(state->find_rule("six")->counter->bytes, 40U);
    EXPECT_FALSE(state->find_rule("four")->counter);
    EXPECT_EQ(state->find_rule("none"), nullptr);
    // A rule goes by the handle that was read.
    const uint64_t handle = state->find_rule("six")->handle;
    expect_done(tables.commit(NftBatch{}.delete_rule(kTable, "out", handle)));
    EXPECT_FALSE(passes(AF_INET6));
    EXPECT_TRUE(passes(AF_INET));
  });
}

TEST(NftState, RangesHaveTheirEndsAndTheirRemainingTime) {
  in_private_network([] {
    NfTables tables = open_tables();
    constexpr auto kLong = std::chrono::hours(1);
    const NftElement elements[] = {range(0x0A000000, 0x0A0000FF, kLong),
                                   range(0x0A000100, 0x0A000100), range(0xFFFFFF00, 0xFFFFFFFF)};
    NftBatch batch;
    batch.add_table(kTable).add_set(networks()).add_elements(networks(), elements);
    expect_done(tables.commit(batch));
    const auto state = read_nft_table(tables, kTable);
    ASSERT_TRUE(state) << state.error().what;
    const NftSetInfo* set = state->find_set("networks");
    ASSERT_NE(set, nullptr);
    ASSERT_EQ(set->elements.size(), 3U);
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(set->elements[i].key, elements[i].key.front());
      EXPECT_EQ(set->elements[i].last, elements[i].last.front());
    }
    ASSERT_TRUE(set->elements[0].timeout && set->elements[0].remaining);
    EXPECT_EQ(*set->elements[0].timeout, kLong);
    EXPECT_LE(*set->elements[0].remaining, kLong);
    EXPECT_GT(set->elements[0].remaining->count(), 0);
    EXPECT_FALSE(set->elements[1].remaining);
  });
}

TEST(NftState, ARangeIsExtendedAndMadePermanent) {
  in_private_network([] {
    NfTables tables = open_tables();
    const auto remaining = [&] {
      const auto state = read_nft_table(tables, kTable);
      EXPECT_TRUE(state) << state.error().what;
      EXPECT_EQ(state->find_set("networks")->elements.size(), 1U);
      return state->find_set("networks")->elements.front().remaining;
    };
    const auto replace = [&](std::optional<std::chrono::milliseconds> timeout) {
      const NftElement elements[] = {range(0x0A000000, 0x0A0000FF, timeout)};
      expect_done(tables.commit(NftBatch{}.replace_elements(networks(), elements)));
    };
    expect_done(tables.commit(NftBatch{}.add_table(kTable).add_set(networks())));
    replace(std::chrono::minutes(1));
    ASSERT_TRUE(remaining());
    EXPECT_LE(*remaining(), std::chrono::minutes(1));
    replace(std::chrono::hours(2));
    ASSERT_TRUE(remaining());
    EXPECT_GT(*remaining(), std::chrono::hours(1));
    // What has expired, collected or not, can be put back.
    replace(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    replace(std::chrono::hours(2));
    ASSERT_TRUE(remaining());
    replace({});
    EXPECT_FALSE(remaining());
  });
}

TEST(NftState, ElementsForEverythingElseAndConcatenationsAreRead) {
  in_private_network([] {
    NfTables tables = open_tables();
    const NftSet set{kTable,
                     "tuples",
                     {kNftKeyProtocol, kNftKeyIpv4, kNftKeyPort},
                     NftElements::kRanges,
                     NftTimeouts::kAllowed};
    NftElement element;
    element.key = {"\x06", nft_number(kNftIpv4Source, 0x0A000000),
                   nft_number(kNftSourcePort, 1000)};
    element.last = {"\x06", nft_number(kNftIpv4Source, 0x0A0000FF),
                    nft_number(kNftSourcePort, 2000)};
    NftElement rest;
    rest.match = NftElement::Match::kEverythingElse;
    rest.timeout = std::chrono::hours(1);
    const NftElement elements[] = {element, rest};
    expect_done(
        tables.commit(NftBatch{}.add_table(kTable).add_set(set).add_elements(set, elements)));
    const auto state = read_nft_table(tables, kTable);
    ASSERT_TRUE(state) << state.error().what;
    const auto& found = state->find_set("tuples")->elements;
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].key, std::string("\x06\0\0\0\x0A\0\0\0\x03\xE8\0\0", 12));
    EXPECT_EQ(found[0].last, std::string("\x06\0\0\0\x0A\0\0\xFF\x07\xD0\0\0", 12));
    EXPECT_EQ(found[1].match, NftElement::Match::kEverythingElse);
    EXPECT_TRUE(found[1].remaining);
    expect_done(tables.commit(NftBatch{}.replace_elements(set, elements)));
    expect_done(tables.commit(NftBatch{}.delete_elements(set, elements)));
    EXPECT_TRUE(read_nft_table(tables, kTable)->find_set("tuples")->elements.empty());
  });
}

TEST(NftState, TheOverviewHasChainsOnDevices) {
  in_private_network([] {
    NfTables tables = open_tables();
    const NftTableName devices{NFPROTO_NETDEV, "genba_test"};
    NftBatch batch;
    batch.add_table(kTable).add_chain(output_chain()).add_table(devices);
    batch.add_chain({devices, "in", NftHook{NF_NETDEV_INGRESS, -500, NF_ACCEPT, {"lo"}}});
    batch.add_chain({devices, "out", NftHook{NF_NETDEV_EGRESS, 7, NF_DROP, {"lo"}}});
    batch.add_chain({devices, "jumped", {}});
    expect_done(tables.commit(batch));
    EXPECT_FALSE(passes(AF_INET)) << "the egress chain drops";
    const auto overview = read_nft_overview(tables);
    ASSERT_TRUE(overview) << overview.error().what;
    EXPECT_EQ(overview->tables.size(), 2U);
    ASSERT_EQ(overview->base_chains.size(), 3U);
    const NftChain& last = overview->base_chains.back();
    EXPECT_EQ(last.name, "out");
    EXPECT_EQ(last.hook->number, uint32_t{NF_NETDEV_EGRESS});
    EXPECT_EQ(last.hook->devices, std::vector<std::string>{"lo"});
  });
}

TEST(NftState, RangesAreJoinedWhateverTheirOrder) {
  const auto listed = [](std::string key, bool ends) {
    NftListedElement one;
    one.element.key = std::move(key);
    one.ends_range = ends;
    return one;
  };
  const auto joined = join_nft_ranges(
      NFT_SET_INTERVAL, {listed("\x30", false), listed("\x20", true), listed("\x10", false),
                         listed("\x05", true), listed("\x20", false), listed("\x25", true)});
  ASSERT_EQ(joined.size(), 3U);
  EXPECT_EQ(joined[0].last, "\x1F");
  EXPECT_EQ(joined[1].key, "\x20");
  EXPECT_EQ(joined[1].last, "\x24");
  EXPECT_EQ(joined[2].last, "\xFF");
}

TEST(NftState, EachElementCountsWhatItMatched) {
  in_private_network([] {
    NfTables tables = open_tables();
    NftSet set = networks();
    set.counting = NftCounting::kEach;
    const NftElement elements[] = {range(0x7f000000, 0x7fffffff), range(0xc0000200, 0xc00002ff)};
    NftBatch batch;
    batch.add_table(kTable)
        .add_set(set)
        .add_elements(set, elements)
        .add_chain(output_chain("out"))
        .add_rule(kTable, "out", NftRule{}.nfproto(NFPROTO_IPV4).in("networks", {kNftIpv4Source}));
    expect_done(tables.commit(batch));
    EXPECT_TRUE(passes(AF_INET));
    const auto state = read_nft_table(tables, kTable);
    ASSERT_TRUE(state) << state.error().what;
    const NftSetInfo* read = state->find_set("networks");
    ASSERT_TRUE(read != nullptr && read->elements.size() == 2U);
    ASSERT_TRUE(read->elements[0].counter && read->elements[1].counter);
    EXPECT_GE(read->elements[0].counter->packets, 1U);
    EXPECT_EQ(read->elements[1].counter->packets, 0U);
  });
}

}  // namespace
}  // namespace genba::sys
