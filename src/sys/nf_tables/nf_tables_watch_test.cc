// SPDX-License-Identifier: Apache-2.0
#include "sys/nf_tables/nf_tables_watch.h"

#include <netinet/in.h>  // before linux/netfilter.h

#include <gtest/gtest.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

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

constexpr int kSoon = 20000;

NftWatch open_watch() {
  (void)open_tables();
  auto watch = NftWatch::open(nf_tables_present());
  EXPECT_TRUE(watch) << watch.error().what;
  return std::move(*watch);
}

TEST(NftWatch, AChangeIsToldWithItsMaker) {
  in_private_network([] {
    NftWatch watch = open_watch();
    NfTables tables = open_tables();
    expect_done(tables.commit(
        NftBatch{}.add_table(kTable).add_chain(output_chain()).add_table({NFPROTO_IPV4, "x"})));
    const auto change = watch.wait(kSoon);
    ASSERT_TRUE(change) << change.error().what;
    EXPECT_EQ(change->generation.number, tables.generation()->number);
    EXPECT_EQ(change->generation.pid, static_cast<uint32_t>(::getpid()));
    EXPECT_FALSE(change->generation.name.empty());
    EXPECT_EQ(change->port, tables.port());
    EXPECT_EQ(change->tables, (std::vector<NftTableName>{kTable, {NFPROTO_IPV4, "x"}}));
    EXPECT_FALSE(change->lost);
  });
}

TEST(NftWatch, SilenceTimesOut) {
  in_private_network([] {
    NftWatch watch = open_watch();
    const auto change = watch.wait(20);
    ASSERT_FALSE(change);
    EXPECT_EQ(change.error().code, base::ErrorCode::kTimedOut);
  });
}

TEST(NftWatch, ARefusedBatchIsNoChange) {
  in_private_network([] {
    NftWatch watch = open_watch();
    NfTables tables = open_tables();
    EXPECT_FALSE(tables.commit(NftBatch{}.add_table(kTable).delete_table({NFPROTO_INET, "none"})));
    EXPECT_FALSE(watch.wait(20));
  });
}

TEST(NftWatch, AFlushByAnotherSocketIsTold) {
  in_private_network([] {
    NfTables tables = open_tables();
    expect_done(tables.commit(NftBatch{}.add_table(kTable)));
    NftWatch watch = open_watch();
    NfTables other = open_tables();
    expect_done(other.commit(flush_ruleset()));
    const auto change = watch.wait(kSoon);
    ASSERT_TRUE(change) << change.error().what;
    EXPECT_EQ(change->port, other.port());
    EXPECT_EQ(change->tables, std::vector<NftTableName>{kTable});
  });
}

TEST(NftWatch, WhatTheKernelDoesByItselfIsNotTold) {
  in_private_network([] {
    const NftSet set{kTable, "armed", {kNftKeyFamily}, NftElements::kSingle, NftTimeouts::kAllowed};
    NftElement four;
    four.key = {std::string(1, NFPROTO_IPV4)};
    four.timeout = std::chrono::milliseconds(50);
    auto owner = std::make_unique<NfTables>(open_tables());
    NftBatch batch;
    batch.add_table(kTable, NftOwnership::kOwned).add_set(set).add_elements(set, {&four, 1});
    NftWatch watch = open_watch();
    expect_done(owner->commit(batch));
    ASSERT_TRUE(watch.wait(kSoon));
    EXPECT_FALSE(watch.wait(200)) << "an element expired";
    owner.reset();
    const auto told = watch.wait(200);
    // Should a kernel tell of it one day, the header has to say so.
    EXPECT_FALSE(told) << "the owner has gone";
    NfTables tables = open_tables();
    EXPECT_FALSE(tables.commit(NftBatch{}.delete_table(kTable))) << "and with it the table";
  });
}

TEST(NftWatch, LostChangesAreToldAsLost) {
  in_private_network([] {
    NftWatch watch = open_watch();
    NfTables tables = open_tables();
    const int small = 1;
    ASSERT_EQ(::setsockopt(watch.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    for (int i = 0; i < 200; ++i) {
      expect_done(tables.commit(NftBatch{}.add_table(kTable).add_chain(output_chain())));
      expect_done(tables.commit(NftBatch{}.delete_table(kTable)));
    }
    bool lost = false;
    for (int i = 0; i < 500 && !lost; ++i) {
      const auto change = watch.wait(0);
      lost = change && change->lost;
    }
    EXPECT_TRUE(lost);
  });
}

TEST(NftWatch, DamageIsAnError) {
  NftChangeReader reader;
  EXPECT_FALSE(reader.add("short"));
  NftChange change;
  EXPECT_FALSE(reader.take(change));
}

}  // namespace
}  // namespace genba::sys
