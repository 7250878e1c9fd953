// SPDX-License-Identifier: Apache-2.0
#include "act/contain/guard.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <unistd.h>

#include <chrono>

#include "support/contain_lab.h"
#include "support/network_building.h"
#include "support/nf_tables_lab.h"
#include "support/private_network.h"

namespace genba::act {
namespace {

using test::connect;
using test::ContainLab;
using test::expect_done;
using test::flush_ruleset;
using test::in_private_network;
using test::open_tables;

ApplyOptions older_kernel(const ContainLab& lab) {
  ApplyOptions options = lab.apply_options();
  options.abilities = KernelAbilities{false, DeviceHooks::kIngressAndEgress};
  return options;
}

// Skips where the kernel has no persistent ownership.
void needs_persistent_tables(const ApplyReport& report) {
  if (!report.state.namespaces[0].owned) {
    test::network_cannot_be_made_here();
  }
}

bool within(int seconds, const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (std::chrono::steady_clock::now() < end) {
    if (holds()) {
      return true;
    }
    ::usleep(20'000);
  }
  return false;
}

// A table alone says little: while a batch that adds, deletes and adds it again is on its way, the
// kernel shows an empty one (nft_deactivate_next makes what was added a moment ago visible).
bool both_stand(sys::NfTables& tables) {
  const auto ours = read_our_tables(tables);
  return ours && ours->inet && ours->netdev && timer_of(*ours->inet).armed &&
         timer_of(*ours->netdev).armed;
}

TEST(Guard, NobodyElseCanFlushOrChangeWhatItOwns) {
  in_private_network([] {
    ContainLab lab;
    const auto report = lab.apply(lab.plan(60), lab.apply_options());
    ASSERT_TRUE(report) << report.error().what;
    needs_persistent_tables(*report);
    sys::NfTables intruder = open_tables();
    expect_done(intruder.commit(flush_ruleset()));
    EXPECT_FALSE(intruder.commit(sys::NftBatch{}.delete_table(contain_inet())));
    EXPECT_FALSE(intruder.commit(sys::NftBatch{}.flush_set(contain_inet(), "armed")));
    EXPECT_FALSE(intruder.commit(sys::NftBatch{}.flush_chain(contain_inet(), "lock_out")));
    EXPECT_TRUE(both_stand(intruder));
    EXPECT_TRUE(lab.is_closed());
    EXPECT_TRUE(connect(lab.world4(), lab.here4(), 22).talks());
  });
}

TEST(Guard, KilledInATrialItLeavesTheTimerRunning) {
  in_private_network([] {
    ContainLab lab;
    ASSERT_TRUE(lab.apply(lab.plan(3), lab.apply_options()));
    lab.kill_guard();
    EXPECT_TRUE(lab.is_closed());
    EXPECT_TRUE(lab.opens_within(20));
  });
}

TEST(Guard, KilledWithHoldItOpensNothing) {
  in_private_network([] {
    ContainLab lab;
    const auto report = lab.apply(lab.held_plan(), lab.apply_options());
    ASSERT_TRUE(report);
    lab.kill_guard();
    ::usleep(200'000);
    EXPECT_TRUE(lab.is_closed());
    sys::NfTables tables = open_tables();
    const auto ours = read_our_tables(tables);
    EXPECT_FALSE(ours->owner()) << "an orphan";
    // A later Genba owns it again.
    const auto confirmed = lab.confirm();
    ASSERT_TRUE(confirmed) << confirmed.error().what;
    needs_persistent_tables(*report);
    EXPECT_TRUE(read_our_tables(tables)->owner());
    expect_done(tables.commit(flush_ruleset()));
    EXPECT_TRUE(lab.is_closed());
  });
}

TEST(Guard, OnOlderKernelsAFlushIsMadeGoodWithTheTimeThatIsLeft) {
  in_private_network([] {
    ContainLab lab;
    const auto report = lab.apply(lab.plan(60), older_kernel(lab));
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_FALSE(report->state.namespaces[0].owned);
    sys::NfTables intruder = open_tables();
    for (int i = 0; i < 5; ++i) {
      ::usleep(300'000);
      expect_done(intruder.commit(flush_ruleset()));
      ASSERT_TRUE(within(10, [&] { return both_stand(intruder); })) << i;
    }
    EXPECT_TRUE(lab.is_closed());
    EXPECT_TRUE(connect(lab.world4(), lab.here4(), 22).talks());
    const auto ours = read_our_tables(intruder);
    const Timer timer = timer_of(*ours->inet);
    ASSERT_TRUE(timer.remaining);
    EXPECT_LT(timer.remaining->count(), 58'700) << "it is no new minute";
    // What is in it is what was made first.
    EXPECT_EQ(*read_our_contents(intruder), report->state.namespaces[0].contents);
  });
}

TEST(Guard, OnOlderKernelsAlteredRulesAreMadeAnew) {
  in_private_network([] {
    ContainLab lab;
    const auto report = lab.apply(lab.held_plan(), older_kernel(lab));
    ASSERT_TRUE(report);
    sys::NfTables intruder = open_tables();
    const auto same = [&] {
      const auto contents = read_our_contents(intruder);
      return contents && *contents == report->state.namespaces[0].contents;
    };
    expect_done(intruder.commit(sys::NftBatch{}.flush_chain(contain_inet(), "lock_out")));
    EXPECT_TRUE(within(10, same));
    expect_done(intruder.commit(sys::NftBatch{}.flush_set(contain_inet(), "armed")));
    EXPECT_TRUE(within(10, [&] {
      const auto ours = read_our_tables(intruder);
      return ours && ours->inet && timer_of(*ours->inet).armed;
    }));
    expect_done(intruder.commit(sys::NftBatch{}.delete_table(contain_netdev())));
    EXPECT_TRUE(within(10, [&] { return both_stand(intruder); }));
    EXPECT_TRUE(lab.is_closed());
    EXPECT_TRUE(lab.undo());
    ::usleep(300'000);
    EXPECT_TRUE(lab.is_open()) << "nobody makes them anew after undo";
  });
}

TEST(Guard, OnOlderKernelsKilledItLeavesTheTableWithItsTimer) {
  in_private_network([] {
    ContainLab lab;
    ASSERT_TRUE(lab.apply(lab.plan(3), older_kernel(lab)));
    lab.kill_guard();
    EXPECT_TRUE(lab.is_closed());
    EXPECT_TRUE(lab.opens_within(20));
    ASSERT_TRUE(lab.undo());
    ASSERT_TRUE(lab.apply(lab.held_plan(), older_kernel(lab)));
    lab.kill_guard();
    ::usleep(200'000);
    EXPECT_TRUE(lab.is_closed());
  });
}

TEST(Guard, ADeviceThatComesBackGetsItsHooks) {
  in_private_network([] {
    for (const bool owned : {true, false}) {
      ContainLab lab;
      ASSERT_TRUE(lab.apply(lab.held_plan(), owned ? lab.apply_options() : older_kernel(lab)));
      test::delete_device("up0");
      const int again = test::add_veth("up0", "far2");
      ASSERT_NE(again, 0);
      sys::NfTables tables = open_tables();
      const std::string chain = "egress_" + std::to_string(again);
      EXPECT_TRUE(within(10, [&] {
        const auto ours = read_our_tables(tables);
        return ours && ours->netdev && ours->netdev->find_chain(chain) != nullptr;
      }));
      EXPECT_TRUE(lab.undo());
      test::delete_device("up0");
    }
  });
}

TEST(Guard, ItHoldsNothingOfItsParent) {
  in_private_network([] {
    ContainLab lab;
    ASSERT_TRUE(lab.apply(lab.held_plan(), lab.apply_options()));
    const std::string directory = "/proc/" + std::to_string(lab.guard().pid) + "/fd";
    const auto entries = lab.host().read_directory(directory);
    ASSERT_TRUE(entries);
    for (const auto& entry : *entries) {
      const auto target = lab.host().read_link(directory + "/" + entry.name);
      ASSERT_TRUE(target);
      EXPECT_TRUE(target->starts_with("socket:") || target->starts_with("pipe:")) << *target;
    }
    EXPECT_EQ(entries->size(), 3U + 4U) << "an empty pipe, thrice; four netlink sockets";
    const auto process = scan_process(lab.host(), lab.guard().pid);
    EXPECT_EQ(process->session, lab.guard().pid) << "a session of its own";
  });
}

TEST(Guard, OnlyTheVeryProcessIsEnded) {
  in_private_network([] {
    ContainLab lab;
    EXPECT_FALSE(end_guard(lab.host(), {::getpid(), 1}));
    const auto self = scan_process(lab.host(), ::getpid());
    EXPECT_FALSE(end_guard(lab.host(), self->key)) << "it is no guard";
    EXPECT_FALSE(end_guard(lab.host(), {0, 0}));
  });
}

}  // namespace
}  // namespace genba::act
