// SPDX-License-Identifier: Apache-2.0
#include "act/contain/status.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "support/contain_lab.h"
#include "support/network_building.h"
#include "support/nf_tables_lab.h"
#include "support/private_network.h"

namespace genba::act {
namespace {

using test::connect;
using test::ContainLab;
using test::expect_done;
using test::in_private_network;
using test::open_tables;

ContainStatus look(const ContainLab& lab) {
  const Journal journal = lab.journal();
  auto status =
      read_status(lab.host(), journal.log(), lab.journal_directory(), {sys::nf_tables_present()});
  EXPECT_TRUE(status) << status.error().what;
  return *std::move(status);
}

std::vector<std::string> doubts_here(const ContainStatus& status) {
  std::vector<std::string> ids;
  for (const ContainNote& doubt : status.namespaces.front().doubts) {
    ids.push_back(doubt.id);
    EXPECT_FALSE(doubt.text.en.empty() || doubt.text.ja.empty()) << doubt.id;
  }
  return ids;
}

using Ids = std::vector<std::string>;

ApplyOptions unguarded(const ContainLab& lab) {
  ApplyOptions options = lab.apply_options();
  options.abilities = KernelAbilities{false, DeviceHooks::kIngressAndEgress};
  options.guard = GuardUse::kNone;
  return options;
}

TEST(ContainStatus, NoneTrialHeldOpened) {
  in_private_network([] {
    ContainLab lab;
    EXPECT_EQ(look(lab).condition, ContainCondition::kNone);
    ApplyOptions options = lab.apply_options();
    options.guard = GuardUse::kNone;
    const auto report = lab.apply(lab.plan(2), options);
    ASSERT_TRUE(report);
    const auto trial = look(lab);
    EXPECT_EQ(trial.condition, ContainCondition::kTrial);
    EXPECT_EQ(trial.id, report->state.id);
    EXPECT_TRUE(base::parse_rfc3339(trial.since));
    ASSERT_TRUE(trial.namespaces[0].remaining);
    EXPECT_LE(trial.namespaces[0].remaining->count(), 2000);
    EXPECT_EQ(trial.namespaces[0].owner, TableOwner::kNobody);
    EXPECT_EQ(doubts_here(trial), Ids{});
    ASSERT_TRUE(lab.opens_within(20));
    ::usleep(300'000);
    EXPECT_EQ(look(lab).condition, ContainCondition::kOpened);
    ASSERT_TRUE(lab.undo());
    EXPECT_EQ(look(lab).condition, ContainCondition::kNone);
    ASSERT_TRUE(lab.apply(lab.held_plan(), lab.apply_options()));
    const auto held = look(lab);
    EXPECT_EQ(held.condition, ContainCondition::kHeld);
    EXPECT_TRUE(held.guard_alive);
    EXPECT_EQ(doubts_here(held), Ids{});
  });
}

TEST(ContainStatus, CountsWhatWasDroppedAndAllowed) {
  in_private_network([] {
    ContainLab lab;
    ASSERT_TRUE(lab.apply(lab.plan(60), lab.apply_options()));
    EXPECT_TRUE(lab.is_closed());
    EXPECT_TRUE(connect(lab.world4(), lab.here4(), 22).talks());
    auto status = look(lab);
    auto& counters = status.namespaces[0].counters;
    EXPECT_GT(counters["drop in"].packets, 0U);
    EXPECT_GT(counters["drop out"].packets, 0U);
    EXPECT_EQ(counters["drop forward"].packets, 0U);
    EXPECT_GT(counters["allow session"].packets, 3U);
    EXPECT_EQ(status.namespaces[0].owner == TableOwner::kGuard,
              status.recorded->namespaces[0].owned);
  });
}

TEST(ContainStatus, AFlushIsMissingAndARebootIsAReboot) {
  in_private_network([] {
    ContainLab lab;
    const auto report = lab.apply(lab.held_plan(), unguarded(lab));
    ASSERT_TRUE(report);
    sys::NfTables intruder = open_tables();
    expect_done(intruder.commit(test::flush_ruleset()));
    const auto status = look(lab);
    EXPECT_EQ(status.condition, ContainCondition::kMissing);
    EXPECT_EQ(doubts_here(status), Ids{"table_missing"});
    EXPECT_FALSE(status.untouched());
    {
      Journal journal = lab.journal();
      Containment before_boot = report->state;
      before_boot.boot_id = "another";
      const auto id = journal.begin({"contain confirm", std::string(kContainSubject),
                                     model::ActionEffect::kEstablishes, "", ""});
      ASSERT_TRUE(journal.end(*id, {model::ActionOutcome::kDone, to_json(before_boot), ""}));
    }
    EXPECT_EQ(look(lab).condition, ContainCondition::kRebooted);
  });
}

TEST(ContainStatus, EachHandAtTheRulesIsSeen) {
  in_private_network([] {
    ContainLab lab;
    sys::NfTables intruder = open_tables();
    const auto after = [&](const std::function<void(sys::NftBatch&)>& change) {
      const auto report = lab.apply(lab.held_plan(), unguarded(lab));
      EXPECT_TRUE(report) << report.error().what;
      EXPECT_EQ(doubts_here(look(lab)), Ids{});
      sys::NftBatch batch;
      change(batch);
      expect_done(intruder.commit(batch));
      const Ids ids = doubts_here(look(lab));
      EXPECT_TRUE(lab.undo(Force::kYes));
      return ids;
    };
    EXPECT_EQ(after([](auto& batch) { batch.flush_chain(contain_inet(), "lock_out"); }),
              Ids{"rules_altered"});
    EXPECT_EQ(after([](auto& batch) { batch.flush_chain(contain_inet(), "output"); }),
              Ids{"rules_altered"});
    EXPECT_EQ(after([](auto& batch) { batch.flush_set(contain_inet(), "armed"); }),
              Ids{"opened_early"});
    EXPECT_EQ(after([](auto& batch) {
                sys::NftElement family;
                family.key = {sys::nft_number(sys::kNftNfproto, NFPROTO_IPV4)};
                batch.delete_elements(armed_set(contain_inet()), std::array{family});
              }),
              Ids{"opened_early"})
        << "IPv4 alone is open";
    EXPECT_EQ(after([](auto& batch) { batch.flush_set(contain_netdev(), "armed"); }),
              Ids{"opened_early"});
    EXPECT_EQ(after([](auto& batch) { batch.delete_table(contain_netdev()); }),
              (Ids{"device_new", "table_missing"}));
    // A rule that says the same of itself and does another thing.
    EXPECT_EQ(after([](auto& batch) {
                batch.flush_chain(contain_inet(), "output");
                batch.add_rule(contain_inet(), "output",
                               sys::NftRule{}.accept().comment("the lock"));
              }),
              Ids{"rules_altered"});
    EXPECT_EQ(after([](auto& batch) {
                const sys::NftTableName name{NFPROTO_INET, "early"};
                batch.add_table(name).add_chain(
                    {name, "out", sys::NftHook{NF_INET_LOCAL_OUT, -500, NF_ACCEPT, {}}});
              }),
              Ids{"chain_before"});
  });
}

TEST(ContainStatus, AKilledGuardIsTold) {
  in_private_network([] {
    ContainLab lab;
    const auto report = lab.apply(lab.held_plan(), lab.apply_options());
    ASSERT_TRUE(report);
    lab.kill_guard();
    const auto status = look(lab);
    EXPECT_EQ(status.condition, ContainCondition::kHeld);
    EXPECT_FALSE(status.guard_alive);
    EXPECT_EQ(doubts_here(status),
              report->state.namespaces[0].owned ? Ids{"owner_gone"} : Ids{"guard_gone"});
  });
}

TEST(ContainStatus, WithoutTheJournalTheKernelStillTells) {
  in_private_network([] {
    ContainLab lab;
    const auto report = lab.apply(lab.plan(60), lab.apply_options());
    ASSERT_TRUE(report);
    std::filesystem::remove_all(lab.journal_directory());
    const auto status = look(lab);
    EXPECT_EQ(status.condition, ContainCondition::kTrial);
    EXPECT_EQ(status.id, report->state.id);
    EXPECT_FALSE(status.recorded);
    EXPECT_TRUE(status.guard_alive);
  });
}

TEST(ContainStatus, ANamespaceThatCameLaterIsTold) {
  in_private_network([] {
    ContainLab lab;
    ASSERT_TRUE(lab.apply(lab.plan(60), lab.apply_options()));
    test::Tenant guest;
    const auto status = look(lab);
    const auto found = std::find_if(
        status.namespaces.begin(), status.namespaces.end(),
        [&](const NamespaceStatus& one) { return one.inode == guest.as_other().inode; });
    ASSERT_NE(found, status.namespaces.end());
    ASSERT_EQ(found->doubts.size(), 1U);
    EXPECT_EQ(found->doubts[0].id, "namespace_new");
  });
}

}  // namespace
}  // namespace genba::act
