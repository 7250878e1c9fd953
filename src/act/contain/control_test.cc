// SPDX-License-Identifier: Apache-2.0
#include "act/contain/control.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "act/contain/takeover.h"
#include "act/journal/self.h"
#include "support/contain_lab.h"
#include "support/nf_tables_lab.h"
#include "support/private_network.h"

namespace genba::act {
namespace {

using test::connect;
using test::ContainLab;
using test::datagram_arrives;
using test::expect_done;
using test::in_private_network;
using test::open_tables;

Timer timer_now() {
  sys::NfTables tables = open_tables();
  const auto ours = read_our_tables(tables);
  return ours && ours->inet ? timer_of(*ours->inet) : Timer{};
}

TEST(Confirm, AfterItTheHostStaysClosed) {
  in_private_network([] {
    ContainLab lab;
    ASSERT_TRUE(lab.apply(lab.plan(3), lab.apply_options()));
    const ProcessKey first = lab.guard();
    const auto confirmed = lab.confirm();
    ASSERT_TRUE(confirmed) << confirmed.error().what;
    EXPECT_EQ(confirmed->outcome, model::ActionOutcome::kDone);
    EXPECT_FALSE(confirmed->remaining);
    EXPECT_TRUE(confirmed->state.confirmed);
    EXPECT_FALSE(is_guard(lab.host(), first)) << "another has its place";
    EXPECT_TRUE(is_guard(lab.host(), lab.guard()));
    ::sleep(4);
    EXPECT_TRUE(lab.is_closed());
    EXPECT_TRUE(connect(lab.world4(), lab.here4(), 22).talks());
    const auto again = lab.confirm();
    EXPECT_TRUE(again) << "it may be said twice";
  });
}

TEST(Confirm, WithoutAProvenSessionItIsRefused) {
  in_private_network([] {
    ContainLab lab;
    ASSERT_TRUE(lab.apply(lab.plan(60), lab.apply_options()));
    const auto refused = lab.confirm(SessionProof::kUnproven);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode::kInvalid);
    EXPECT_TRUE(timer_now().remaining) << "the timer runs on";
    EXPECT_EQ(lab.journal().log().actions.size(), 1U);
    Journal journal = lab.journal();
    const auto forced =
        confirm(lab.host(), SessionProof::kUnproven, Force::kYes, lab.control_options(), journal);
    ASSERT_TRUE(forced) << forced.error().what;
    EXPECT_FALSE(timer_now().remaining);
    (void)end_guard(lab.host(), forced->state.guard);
  });
}

TEST(Confirm, WhatIsNotThereCannotBeConfirmed) {
  in_private_network([] {
    ContainLab lab;
    const auto none = lab.confirm();
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, base::ErrorCode::kNotFound);
    ApplyOptions options = lab.apply_options();
    options.guard = GuardUse::kNone;
    ASSERT_TRUE(lab.apply(lab.plan(1), options));
    ASSERT_TRUE(lab.opens_within(20));
    const auto late = lab.confirm();
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, base::ErrorCode::kGone);
    EXPECT_TRUE(lab.is_open()) << "too late is too late";
    EXPECT_TRUE(lab.undo()) << "the empty tables go";
  });
}

TEST(Extend, TheTimerRunsLonger) {
  in_private_network([] {
    ContainLab lab;
    ASSERT_TRUE(lab.apply(lab.plan(2), lab.apply_options()));
    const auto extended = lab.extend(100);
    ASSERT_TRUE(extended) << extended.error().what;
    ASSERT_TRUE(extended->remaining);
    EXPECT_GT(extended->remaining->count(), 100'000);
    EXPECT_LE(extended->remaining->count(), 102'000);
    ::sleep(3);
    EXPECT_TRUE(lab.is_closed());
    const Timer timer = timer_now();
    ASSERT_TRUE(timer.remaining);
    EXPECT_LE(timer.remaining->count(), 100'000);
    EXPECT_TRUE(is_guard(lab.host(), lab.guard())) << "with the new deadline";
    EXPECT_FALSE(lab.extend(0));
    EXPECT_FALSE(lab.extend(-5));
    EXPECT_FALSE(lab.extend(INT64_MAX));
  });
}

TEST(Extend, WhatHoldsHasNoTimer) {
  in_private_network([] {
    ContainLab lab;
    ASSERT_TRUE(lab.apply(lab.held_plan(), lab.apply_options()));
    const auto refused = lab.extend(10);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode::kInvalid);
    EXPECT_FALSE(timer_now().remaining);
    EXPECT_TRUE(is_guard(lab.host(), lab.guard()));
  });
}

TEST(Undo, EverythingIsAsItWas) {
  in_private_network([] {
    ContainLab lab;
    ASSERT_TRUE(lab.apply(lab.held_plan(), lab.apply_options()));
    EXPECT_TRUE(lab.is_closed());
    const auto undone = lab.undo();
    ASSERT_TRUE(undone) << undone.error().what;
    EXPECT_EQ(undone->outcome, model::ActionOutcome::kDone);
    ASSERT_EQ(undone->namespaces.size(), 1U);
    EXPECT_TRUE(undone->namespaces[0].removed);
    EXPECT_EQ(undone->namespaces[0].rules, UndoneNamespace::Rules::kIdentical);
    EXPECT_TRUE(lab.is_open());
    EXPECT_FALSE(is_guard(lab.host(), lab.guard()));
    EXPECT_TRUE(lab.journal().log().in_force.empty());
    const auto twice = lab.undo();
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, base::ErrorCode::kNotFound);
  });
}

TEST(Undo, WhatSomebodyElseChangedIsTold) {
  in_private_network([] {
    ContainLab lab;
    ASSERT_TRUE(lab.apply(lab.plan(60), lab.apply_options()));
    sys::NfTables other = open_tables();
    expect_done(other.commit(sys::NftBatch{}.add_table({NFPROTO_INET, "newcomer"})));
    const auto undone = lab.undo();
    ASSERT_TRUE(undone) << undone.error().what;
    EXPECT_EQ(undone->outcome, model::ActionOutcome::kDone) << "ours is gone; the rest is told";
    EXPECT_EQ(undone->namespaces[0].rules, UndoneNamespace::Rules::kChanged);
    EXPECT_NE(undone->namespaces[0].difference.en.find("newcomer"), std::string::npos)
        << undone->namespaces[0].difference.en;
  });
}

TEST(Undo, WithoutTheJournalTheKernelIsEnough) {
  in_private_network([] {
    for (const bool persistent : {true, false}) {
      ContainLab lab;
      ApplyOptions options = lab.apply_options();
      options.abilities = KernelAbilities{persistent, DeviceHooks::kIngressAndEgress};
      const auto report = lab.apply(lab.held_plan(), options);
      ASSERT_TRUE(report) << report.error().what;
      std::filesystem::remove_all(lab.journal_directory());
      const auto undone = lab.undo();
      ASSERT_TRUE(undone) << undone.error().what;
      EXPECT_EQ(undone->id, report->state.id);
      EXPECT_EQ(undone->outcome, model::ActionOutcome::kDone);
      ASSERT_EQ(undone->namespaces.size(), 1U);
      EXPECT_EQ(undone->namespaces[0].rules, UndoneNamespace::Rules::kUnknown);
      EXPECT_FALSE(is_guard(lab.host(), lab.guard())) << "found without a record";
      ::usleep(300'000);
      EXPECT_TRUE(lab.is_open()) << "and nobody makes the rules again";
      test::delete_device("up0");
    }
  });
}

TEST(Confirm, WithoutTheJournalTheKernelIsEnough) {
  in_private_network([] {
    ContainLab lab;
    const auto report = lab.apply(lab.plan(3), lab.apply_options());
    ASSERT_TRUE(report);
    std::filesystem::remove_all(lab.journal_directory());
    const auto confirmed = lab.confirm();
    ASSERT_TRUE(confirmed) << confirmed.error().what;
    EXPECT_EQ(confirmed->state.id, report->state.id);
    EXPECT_FALSE(confirmed->notes.empty());
    ::sleep(4);
    EXPECT_TRUE(lab.is_closed());
    EXPECT_TRUE(lab.undo());
    EXPECT_TRUE(lab.is_open());
  });
}

TEST(Undo, ANamespaceThatIsGoneIsFine) {
  in_private_network([] {
    ContainLab lab;
    {
      test::Tenant guest;
      auto plan = lab.plan(60);
      plan.namespaces = {guest.as_other()};
      const auto report = lab.apply(plan, lab.apply_options());
      ASSERT_TRUE(report) << report.error().what;
      EXPECT_TRUE(report->state.namespaces[1].contained);
    }
    const auto undone = lab.undo();
    ASSERT_TRUE(undone) << undone.error().what;
    EXPECT_EQ(undone->outcome, model::ActionOutcome::kDone);
    EXPECT_FALSE(undone->notes.empty());
    EXPECT_TRUE(lab.is_open());
  });
}

TEST(Confirm, OtherNamespacesAreConfirmedToo) {
  in_private_network([] {
    ContainLab lab;
    test::Tenant guest;
    auto plan = lab.plan(3);
    plan.namespaces = {guest.as_other()};
    ASSERT_TRUE(lab.apply(plan, lab.apply_options()));
    ASSERT_TRUE(lab.confirm());
    ::sleep(4);
    guest.place().in([] {
      const Timer timer = timer_now();
      EXPECT_TRUE(timer.armed);
      EXPECT_FALSE(timer.remaining);
    });
    const auto undone = lab.undo();
    ASSERT_TRUE(undone) << undone.error().what;
    EXPECT_EQ(undone->namespaces.size(), 2U);
    guest.place().in([] { EXPECT_FALSE(timer_now().armed); });
  });
}

// A container may have a responder of its own.
TEST(Undo, SomebodyElsesContainmentElsewhereIsLeftAlone) {
  in_private_network([] {
    ContainLab lab;
    test::Tenant guest;
    guest.place().in([] {
      Ruleset theirs;
      theirs.comment = contain_comment("c-theirs", {0}, "9");
      theirs.hooks = DeviceHooks::kNone;
      sys::NfTables tables = open_tables();
      expect_done(tables.commit(make_ruleset(theirs)));
    });
    ASSERT_TRUE(lab.apply(lab.plan(60), lab.apply_options()));
    ASSERT_TRUE(lab.undo());
    guest.place().in([] { EXPECT_TRUE(timer_now().armed); });
  });
}

TEST(Undo, AfterARebootThereIsNothingToDelete) {
  in_private_network([] {
    ContainLab lab;
    const auto report = lab.apply(lab.held_plan(), lab.apply_options());
    ASSERT_TRUE(report);
    // As if the machine had been started again: the kernel forgot, and the record is of before.
    {
      Journal journal = lab.journal();
      Containment state = report->state;
      state.boot_id = "00000000-0000-0000-0000-000000000000";
      const auto id = journal.begin({"contain confirm", std::string(kContainSubject),
                                     model::ActionEffect::kEstablishes, "", ""});
      ASSERT_TRUE(id);
      ASSERT_TRUE(journal.end(*id, {model::ActionOutcome::kDone, to_json(state), ""}));
    }
    lab.kill_guard();
    sys::NfTables tables = open_tables();
    expect_done(tables.commit(test::flush_ruleset()));
    const auto late = lab.confirm();
    ASSERT_FALSE(late);
    EXPECT_NE(late.error().what.find("reboot"), std::string::npos) << late.error().what;
    const auto undone = lab.undo();
    ASSERT_TRUE(undone) << undone.error().what;
    EXPECT_TRUE(undone->rebooted);
    EXPECT_EQ(undone->outcome, model::ActionOutcome::kDone);
    EXPECT_TRUE(lab.journal().log().in_force.empty());
  });
}

TEST(Undo, TablesThatAStrangerOwnsAreAFailure) {
  in_private_network([] {
    ContainLab lab;
    sys::NfTables stranger = open_tables();
    Ruleset theirs;
    theirs.comment = contain_comment("c-theirs", {0}, "9");
    theirs.hooks = DeviceHooks::kNone;
    theirs.ownership = sys::NftOwnership::kOwned;
    expect_done(stranger.commit(make_ruleset(theirs)));
    const auto undone = lab.undo();
    ASSERT_TRUE(undone) << undone.error().what;
    EXPECT_EQ(undone->outcome, model::ActionOutcome::kFailed);
    ASSERT_FALSE(undone->trouble.empty());
    EXPECT_NE(undone->trouble[0].text.en.find("owns"), std::string::npos)
        << undone->trouble[0].text.en;
    EXPECT_TRUE(lab.is_closed());
  });
}

// Confirm, killed at any moment: the timer runs or the host holds, and the next Genba can undo it.
TEST(Confirm, KilledAtAnyMomentItLeavesTheHostClosed) {
  in_private_network([] {
    ContainLab lab;
    int held = 0;
    int tries = 0;
    for (int i = 0; i < 16 || (held == 0 && i < 200); ++i) {
      ++tries;
      ASSERT_TRUE(lab.apply(lab.plan(600), lab.apply_options()));
      const pid_t child = ::fork();
      if (child == 0) {
        (void)lab.confirm();
        ::_exit(0);
      }
      ::usleep(static_cast<useconds_t>(i * 10'000));
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
      const Timer timer = timer_now();
      EXPECT_TRUE(timer.armed);
      held += timer.remaining ? 0 : 1;
      EXPECT_FALSE(datagram_arrives(lab.here4(), lab.world4()));
      const auto undone = lab.undo();
      ASSERT_TRUE(undone) << undone.error().what;
      EXPECT_EQ(undone->outcome, model::ActionOutcome::kDone)
          << (undone->trouble.empty() ? "" : undone->trouble[0].text.en);
      EXPECT_EQ(undone->namespaces[0].rules, UndoneNamespace::Rules::kIdentical);
    }
    EXPECT_GT(held, 0);
    std::printf("confirm killed %d times, held %d times\n", tries, held);
  });
}

}  // namespace
}  // namespace genba::act
