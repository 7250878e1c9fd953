// SPDX-License-Identifier: Apache-2.0
#include "sys/nf_tables/nf_tables.h"

#include <netinet/in.h>  // before linux/netfilter.h

#include <gtest/gtest.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "support/nf_tables_lab.h"
#include "support/private_network.h"
#include "sys/nf_tables/nf_tables_dump.h"

namespace genba::sys {
namespace {

using base::ErrorCode;
using test::expect_done;
using test::flush_ruleset;
using test::in_private_network;
using test::kTable;
using test::open_tables;
using test::output_chain;
using test::passes;

size_t count_tables(NfTables& tables) {
  const auto ruleset = read_nft_ruleset(tables);
  EXPECT_TRUE(ruleset) << ruleset.error().what;
  return ruleset ? ruleset->tables : 0;
}

NftSet armed_set() {
  return {kTable, "armed", {kNftKeyFamily}, NftElements::kSingle, NftTimeouts::kAllowed};
}

NftElement family(uint8_t number, std::optional<std::chrono::milliseconds> timeout = {}) {
  NftElement element;
  element.key = {nft_number(kNftNfproto, number)};
  element.timeout = timeout;
  return element;
}

// Waits for what the kernel does by itself; the limit is only for a kernel that never does it.
bool comes_to_pass(int domain) {
  for (int i = 0; i < 600; ++i) {
    if (passes(domain)) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

// The shape that containment has: a base chain that accepts, and a jump for as long as it is armed.
NftBatch armed_batch(std::chrono::milliseconds timeout) {
  NftBatch batch;
  batch.add_table(kTable, NftOwnership::kNone, "a case")
      .add_set(armed_set())
      .add_chain({kTable, "lock", {}})
      .add_chain(output_chain())
      .add_rule(kTable, "lock", NftRule{}.counter().drop().comment("all else"))
      .add_rule(kTable, "out", NftRule{}.in("armed", {kNftNfproto}).jump("lock"));
  const NftElement elements[] = {family(NFPROTO_IPV4, timeout), family(NFPROTO_IPV6, timeout)};
  batch.add_elements(armed_set(), elements);
  return batch;
}

TEST(NfTables, ABatchBecomesReal) {
  in_private_network([] {
    NfTables tables = open_tables();
    ASSERT_TRUE(passes(AF_INET));
    const auto before = tables.generation();
    NftBatch batch;
    batch.add_table(kTable).add_chain(output_chain("out", NF_DROP));
    expect_done(tables.commit(batch));
    EXPECT_FALSE(passes(AF_INET));
    EXPECT_FALSE(passes(AF_INET6));
    const auto after = tables.generation();
    ASSERT_TRUE(before && after);
    EXPECT_NE(before->number, after->number);
    EXPECT_EQ(after->pid, static_cast<uint32_t>(::getpid()));
    expect_done(tables.commit(NftBatch{}.delete_table(kTable)));
    EXPECT_TRUE(passes(AF_INET));
    EXPECT_TRUE(passes(AF_INET6));
  });
}

TEST(NfTables, ABadLastMessageLeavesNothingBehind) {
  in_private_network([] {
    NfTables tables = open_tables();
    NftBatch batch = armed_batch(std::chrono::minutes(1));
    batch.add_rule(kTable, "out", NftRule{}.jump("nowhere").comment("bad"));
    const auto refused = tables.commit(batch);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
    EXPECT_NE(refused.error().what.find("message 8 of 8, adding rule 'bad' to chain 'out'"),
              std::string::npos)
        << refused.error().what;
    EXPECT_EQ(count_tables(tables), 0U);
    EXPECT_TRUE(passes(AF_INET));
  });
}

TEST(NfTables, AMessageInTheMiddleIsNamedAndTheSocketGoesOn) {
  in_private_network([] {
    NfTables tables = open_tables();
    NftBatch batch;
    batch.add_table(kTable).add_rule(kTable, "missing", NftRule{}.drop()).add_chain(output_chain());
    const auto refused = tables.commit(batch);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().what.find("message 2 of 3"), std::string::npos)
        << refused.error().what;
    expect_done(tables.commit(NftBatch{}.add_table(kTable)));
    EXPECT_EQ(count_tables(tables), 1U);
  });
}

TEST(NfTables, ACheckChangesNothing) {
  in_private_network([] {
    NfTables tables = open_tables();
    const auto before = tables.generation();
    NftBatch batch = armed_batch(std::chrono::minutes(1));
    expect_done(tables.check(batch));
    EXPECT_EQ(count_tables(tables), 0U);
    EXPECT_EQ(tables.generation()->number, before->number);
    batch.add_rule(kTable, "out", NftRule{}.jump("nowhere"));
    const auto refused = tables.check(batch);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().what.find("message 8 of 8"), std::string::npos)
        << refused.error().what;
    EXPECT_FALSE(tables.check(NftBatch{}.delete_table(kTable)));
    expect_done(tables.commit(armed_batch(std::chrono::minutes(1))));
    expect_done(tables.check(NftBatch{}.delete_table(kTable)));
    EXPECT_FALSE(passes(AF_INET)) << "still there";
  });
}

TEST(NfTables, WhatExistsIsNotMadeTwice) {
  in_private_network([] {
    NfTables tables = open_tables();
    expect_done(tables.commit(NftBatch{}.add_table(kTable).add_chain(output_chain())));
    const auto refused = tables.commit(NftBatch{}.add_chain(output_chain()));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().sys_errno, EEXIST);
  });
}

TEST(NfTables, ElementsThatExpireOpenTheChainByThemselves) {
  in_private_network([] {
    NfTables tables = open_tables();
    constexpr auto kTimeout = std::chrono::milliseconds(1000);
    const auto start = std::chrono::steady_clock::now();
    expect_done(tables.commit(armed_batch(kTimeout)));
    const bool open = passes(AF_INET) || passes(AF_INET6);
    // On a machine that was stopped for so long they have expired rightly.
    EXPECT_TRUE(!open || std::chrono::steady_clock::now() - start >= kTimeout);
    EXPECT_TRUE(comes_to_pass(AF_INET));
    EXPECT_TRUE(comes_to_pass(AF_INET6));
  });
}

TEST(NfTables, ATimeoutIsExtendedAndMadePermanentInOneBatch) {
  in_private_network([] {
    NfTables tables = open_tables();
    expect_done(tables.commit(armed_batch(std::chrono::milliseconds(700))));
    const NftElement longer[] = {family(NFPROTO_IPV4, std::chrono::minutes(1)),
                                 family(NFPROTO_IPV6)};
    expect_done(tables.commit(NftBatch{}.replace_elements(armed_set(), longer)));
    std::this_thread::sleep_for(std::chrono::milliseconds(1200));
    EXPECT_FALSE(passes(AF_INET));
    EXPECT_FALSE(passes(AF_INET6));
    const NftElement shorter[] = {family(NFPROTO_IPV4, std::chrono::milliseconds(100)),
                                  family(NFPROTO_IPV6, std::chrono::milliseconds(100))};
    expect_done(tables.commit(NftBatch{}.replace_elements(armed_set(), shorter)));
    EXPECT_TRUE(comes_to_pass(AF_INET));
    // What has expired can be armed again.
    expect_done(tables.commit(NftBatch{}.replace_elements(armed_set(), longer)));
    EXPECT_FALSE(passes(AF_INET));
    expect_done(tables.commit(NftBatch{}.remove_elements(armed_set(), longer)));
    EXPECT_TRUE(passes(AF_INET));
    EXPECT_TRUE(passes(AF_INET6));
  });
}

TEST(NfTables, ABatchIsRefusedWhenTheRulesetHasChanged) {
  in_private_network([] {
    NfTables tables = open_tables();
    const auto before = tables.generation();
    ASSERT_TRUE(before);
    expect_done(tables.commit(NftBatch{}.add_table(kTable)));
    const auto late =
        tables.commit(NftBatch{}.delete_table(kTable).require_generation(before->number));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::kGone) << late.error().what;
    const auto now = tables.generation();
    expect_done(tables.commit(NftBatch{}.delete_table(kTable).require_generation(now->number)));
  });
}

TEST(NfTables, AnOwnedTableSurvivesAFlushAndGoesWithItsOwner) {
  in_private_network([] {
    NfTables other = open_tables();
    {
      NfTables owner = open_tables();
      expect_done(owner.commit(NftBatch{}.add_table(kTable, NftOwnership::kOwned)));
      expect_done(other.commit(NftBatch{}.add_table({NFPROTO_IPV4, "plain"})));
      expect_done(other.commit(flush_ruleset()));
      EXPECT_EQ(count_tables(other), 1U) << "the owned one stays, the plain one goes";
      const auto refused = other.commit(NftBatch{}.delete_table(kTable));
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, ErrorCode::kDenied);
      EXPECT_NE(refused.error().what.find("another socket owns the table"), std::string::npos)
          << refused.error().what;
    }
    EXPECT_EQ(count_tables(other), 0U);
  });
}

TEST(NfTables, APersistentTableStaysAndIsAdopted) {
  in_private_network([] {
    NfTables other = open_tables();
    {
      NfTables owner = open_tables();
      const auto made =
          owner.commit(NftBatch{}.add_table(kTable, NftOwnership::kOwnedAndPersistent));
      if (!made) {
        test::network_cannot_be_made_here();  // before Linux 6.9
      }
      expect_done(other.commit(flush_ruleset()));
    }
    EXPECT_EQ(count_tables(other), 1U) << "the owner has gone, its table has not";
    NfTables next = open_tables();
    expect_done(next.commit(NftBatch{}.adopt_table(kTable)));
    EXPECT_FALSE(other.commit(NftBatch{}.delete_table(kTable)));
    expect_done(next.commit(NftBatch{}.delete_table(kTable)));
    EXPECT_EQ(count_tables(other), 0U);
  });
}

TEST(NfTables, ASocketStaysInItsNamespace) {
  in_private_network([] {
    NfTables tables = open_tables();
    ASSERT_TRUE(test::enter_new_network());
    expect_done(tables.commit(NftBatch{}.add_table(kTable).add_chain(output_chain("o", NF_DROP))));
    EXPECT_TRUE(passes(AF_INET)) << "the new namespace has no rules";
    EXPECT_EQ(count_tables(tables), 1U);
    NfTables here = open_tables();
    EXPECT_EQ(count_tables(here), 0U);
  });
}

TEST(NfTables, WithoutTheCapabilityTheErrorSaysSo) {
  in_private_network([] {
    ASSERT_EQ(::syscall(SYS_setresuid, 65534, 65534, 65534), 0);
    NftKernel kernel;
    kernel.presence = NftPresence::kPresent;
    const auto refused = NfTables::open(kernel);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kDenied);
    EXPECT_NE(refused.error().what.find("CAP_NET_ADMIN"), std::string::npos);
  });
}

TEST(NfTables, WhatIsNotKnownToBeThereIsNotAskedFor) {
  NftKernel kernel;
  kernel.evidence = "nothing tells";
  const auto refused = NfTables::open(kernel);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(refused.error().what.find("--allow-module-load"), std::string::npos);
}

TEST(NfTables, APieceThatIsNotLoadedIsNotAskedFor) {
  in_private_network([] {
    (void)open_tables();
    NftKernel kernel;
    kernel.presence = NftPresence::kPresent;
    kernel.pieces = {"chain inet"};
    auto tables = NfTables::open(kernel);
    ASSERT_TRUE(tables);
    NftBatch batch;
    batch.add_table(kTable)
        .add_chain(output_chain())
        .add_rule(kTable, "out", NftRule{}.limit(5).accept());
    const auto refused = tables->commit(batch);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
    EXPECT_NE(refused.error().what.find("limit"), std::string::npos);
    EXPECT_EQ(count_tables(*tables), 0U);
    auto loading = NfTables::open(kernel, ModuleLoading::kAllowed);
    ASSERT_TRUE(loading);
    expect_done(loading->commit(batch));
  });
}

TEST(NfTables, ManyElementsGoInOneBatch) {
  in_private_network([] {
    NfTables tables = open_tables();
    const NftSet set{kTable, "many", {kNftKeyIpv4}, NftElements::kRanges, NftTimeouts::kNone};
    std::vector<NftElement> elements;
    for (uint32_t i = 0; i < 20000; ++i) {
      NftElement element;
      element.key = {nft_number(kNftIpv4Source, 0x0A000000U + i * 4)};
      element.last = {nft_number(kNftIpv4Source, 0x0A000001U + i * 4)};
      elements.push_back(element);
    }
    expect_done(
        tables.commit(NftBatch{}.add_table(kTable).add_set(set).add_elements(set, elements)));
    const auto ruleset = read_nft_ruleset(tables);
    ASSERT_TRUE(ruleset) << ruleset.error().what;
    EXPECT_GT(ruleset->settled.size(), elements.size() * 2 * 16);
    elements.back().key = {nft_number(kNftIpv4Source, 1)};
    elements.back().last = {nft_number(kNftIpv4Source, 0)};
    EXPECT_FALSE(tables.commit(NftBatch{}.add_elements(set, elements)));
  });
}

}  // namespace
}  // namespace genba::sys
