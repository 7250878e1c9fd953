// SPDX-License-Identifier: Apache-2.0
//
// A whole run against a journal and a kernel, in a private network.
#include "act/ban/ban_run.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "act/journal/self.h"
#include "host/host.h"
#include "support/nf_tables_lab.h"
#include "support/private_network.h"
#include "support/scratch.h"
#include "sys/nf_tables/nf_tables_dump.h"

namespace genba::act {
namespace {

using model::ActionOutcome;
using model::BanFate;
using test::in_private_network;
using test::open_tables;

// The journal's directory and what a run needs; each run opens the journal anew, as Genba does.
class Runs {
 public:
  explicit Runs(sys::NfTables& tables) : tables_(tables) {}

  model::BanReport ban(const std::vector<std::string>& texts, const char* time = nullptr,
                       std::function<void(BanStage)> reached = {}) {
    BanRequest request;
    request.targets = targets(texts);
    request.why = "guesses passwords";
    if (time != nullptr) {
      request.time = *parse_ban_time(time);
    }
    return run([&](BanWork& work) { return act::ban(work, request); }, std::move(reached));
  }

  model::BanReport unban(const std::vector<std::string>& texts,
                         std::function<void(BanStage)> reached = {}) {
    return run([&](BanWork& work) { return act::unban(work, targets(texts)); }, std::move(reached));
  }

  model::ActionLog log() const {
    const auto tree = host::open_tree_host(place_.at("actions"));
    EXPECT_TRUE(tree) << tree.error().what;
    const auto log = read_journal(**tree, read_boot_id());
    EXPECT_TRUE(log) << log.error().what;
    return log ? *log : model::ActionLog();
  }

  BanMemory memory() const { return remember_bans(log(), reader()); }

  model::BanListing list(const model::ActionTime& now = read_action_time()) {
    const auto table = read_ban_table(tables_);
    EXPECT_TRUE(table) << table.error().what;
    return list_bans(*table, memory(), now);
  }

 private:
  static std::vector<BanTarget> targets(const std::vector<std::string>& texts) {
    std::vector<BanTarget> all;
    for (const std::string& text : texts) {
      all.push_back(*parse_ban_target(text));
    }
    return all;
  }

  ReadObject reader() const {
    return [this](std::string_view sha256) -> base::Result<std::string> {
      GENBA_TRY(const auto tree, host::open_tree_host(place_.at("actions")));
      GENBA_TRY(auto read, tree->read_file("/objects/" + std::string(sha256), 64U << 20));
      return std::string(read.bytes);
    };
  }

  template <class Work>
  model::BanReport run(const Work& work, std::function<void(BanStage)> reached) {
    JournalOptions options;
    options.directory = place_.at("actions");
    options.actor = read_actor();
    options.why = "guesses passwords";
    auto journal = Journal::open(options);
    EXPECT_TRUE(journal) << journal.error().what;
    BanWork ban_work{tables_, *journal, reader(), {}, std::move(reached)};
    const auto report = work(ban_work);
    EXPECT_TRUE(report) << report.error().what;
    return report ? *report : model::BanReport();
  }

  sys::NfTables& tables_;
  test::Scratch place_;
};

size_t in_force(const model::ActionLog& log, std::string_view subject) {
  return static_cast<size_t>(
      std::count_if(log.in_force.begin(), log.in_force.end(),
                    [&](const auto& each) { return each.subject == subject; }));
}

std::string digest(sys::NfTables& tables) {
  const auto ruleset = sys::read_nft_ruleset(tables);
  EXPECT_TRUE(ruleset) << ruleset.error().what;
  return ruleset ? ruleset->settled + ruleset->passing : "";
}

void wait_until_ended(Runs& runs) {
  for (int i = 0; i < 400 && !runs.list().bans.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

TEST(BanRun, BansListsAndLiftsAndLeavesTheRulesetAsItWas) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    test::expect_done(tables.commit(sys::NftBatch{}.add_table(test::kTable, {}, "another's")));
    const std::string before = digest(tables);
    Runs runs(tables);
    const auto report = runs.ban({"192.0.2.7", "2001:db8::7"});
    EXPECT_TRUE(report.holds_all()) << report.error;
    EXPECT_EQ(report.standing, 2U);
    EXPECT_FALSE(report.journal_chain.empty());
    const auto listing = runs.list();
    ASSERT_EQ(listing.bans.size(), 2U);
    EXPECT_EQ(listing.bans[0].why, "guesses passwords");
    EXPECT_TRUE(listing.bans[0].since && listing.bans[0].action);
    EXPECT_TRUE(listing.lost.empty());
    EXPECT_EQ(in_force(runs.log(), "ban 2001:db8::/64"), 1U);
    EXPECT_EQ(runs.log().actions[0].outcome, ActionOutcome::kDone) << "not tried, so not proven";
    EXPECT_FALSE(runs.unban({"192.0.2.7"}).table_removed);
    const auto last = runs.unban({"2001:db8::7"});
    EXPECT_TRUE(last.holds_all());
    EXPECT_TRUE(last.table_removed);
    EXPECT_EQ(digest(tables), before);
    EXPECT_TRUE(runs.log().in_force.empty());
    EXPECT_TRUE(runs.log().open.empty());
  });
}

TEST(BanRun, TheSameTwiceIsTheSame) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    Runs runs(tables);
    runs.ban({"192.0.2.7"});
    const auto again = runs.ban({"192.0.2.7"});
    EXPECT_EQ(again.steps.at(0).fate, BanFate::kRenewed);
    EXPECT_EQ(again.steps.at(0).length, model::BanLength(std::chrono::hours(1)));
    EXPECT_FALSE(again.steps.at(0).escalated);
    EXPECT_EQ(again.standing, 1U);
    EXPECT_EQ(in_force(runs.log(), "ban 192.0.2.7/32"), 1U);
    EXPECT_TRUE(runs.unban({"192.0.2.7"}).holds_all());
    const auto gone = runs.unban({"192.0.2.7"});
    EXPECT_EQ(gone.steps.at(0).fate, BanFate::kNotBanned);
    EXPECT_TRUE(gone.holds_all()) << "it is so already";
  });
}

TEST(BanRun, WhoComesBackAfterABanIsBannedForLonger) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    Runs runs(tables);
    runs.ban({"192.0.2.7"}, "1s");
    wait_until_ended(runs);
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // the journal's clock, too
    auto step = runs.ban({"192.0.2.7"}).steps.at(0);
    EXPECT_TRUE(step.escalated);
    EXPECT_EQ(step.length, model::BanLength(std::chrono::minutes(10)));
    EXPECT_EQ(in_force(runs.log(), "ban 192.0.2.7/32"), 1U);
    runs.unban({"192.0.2.7"});
    step = runs.ban({"192.0.2.7"}).steps.at(0);
    EXPECT_FALSE(step.escalated) << "lifted by hand: it was a mistake";
    EXPECT_EQ(step.length, model::BanLength(std::chrono::hours(1)));
  });
}

TEST(BanRun, WhatRanOutIsNoLongerInForceInTheJournal) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    Runs runs(tables);
    runs.ban({"192.0.2.7"}, "1s");
    wait_until_ended(runs);
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    EXPECT_EQ(in_force(runs.log(), "ban 192.0.2.7/32"), 1U);
    EXPECT_TRUE(runs.list().lost.empty()) << "it ended, and was not taken away";
    const auto report = runs.unban({"192.0.2.7"});
    EXPECT_EQ(report.steps.at(0).fate, BanFate::kNotBanned);
    EXPECT_TRUE(report.table_removed) << "an empty table is of no use to anybody";
    EXPECT_EQ(in_force(runs.log(), "ban 192.0.2.7/32"), 0U);
  });
}

TEST(BanRun, ALargerBanLiftsTheSmallerOnesInTheJournalToo) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    Runs runs(tables);
    runs.ban({"192.0.2.7", "192.0.2.8"});
    const auto report = runs.ban({"192.0.2.0/24"});
    EXPECT_EQ(report.steps.at(0).replaces.size(), 2U);
    EXPECT_EQ(report.standing, 1U);
    const auto log = runs.log();
    EXPECT_EQ(log.in_force.size(), 1U);
    EXPECT_EQ(in_force(log, "ban 192.0.2.0/24"), 1U);
    const auto covered = runs.ban({"192.0.2.7"});
    EXPECT_EQ(covered.steps.at(0).fate, BanFate::kCovered);
    EXPECT_TRUE(covered.holds_all());
    EXPECT_EQ(runs.log().actions.size(), log.actions.size()) << "nothing was done";
    EXPECT_TRUE(runs.list().lost.empty());
  });
}

TEST(BanRun, KilledBetweenStepsItLeavesNothingOrTheWholeBan) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    for (const BanStage stage : {BanStage::kJournaled, BanStage::kCommitted, BanStage::kCut}) {
      Runs runs(tables);
      const pid_t child = ::fork();
      if (child == 0) {
        runs.ban({"192.0.2.7", "192.0.2.9"}, "1h", [&](BanStage at) {
          if (at == stage) {
            ::_exit(9);
          }
        });
        ::_exit(0);
      }
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 9);
      const bool banned = stage != BanStage::kJournaled;
      const auto listing = runs.list();
      ASSERT_EQ(listing.bans.size(), banned ? 2U : 0U);
      EXPECT_EQ(runs.log().open.size(), 2U);
      if (banned) {
        EXPECT_EQ(listing.bans[0].why, "guesses passwords") << "the intention tells";
      }
      EXPECT_TRUE(listing.lost.empty());
      // The next run writes down what became of it.
      runs.ban({"198.51.100.7"});
      const auto log = runs.log();
      EXPECT_TRUE(log.open.empty());
      EXPECT_EQ(log.actions[0].outcome, banned ? ActionOutcome::kDone : ActionOutcome::kFailed);
      EXPECT_EQ(in_force(log, "ban 192.0.2.7/32"), banned ? 1U : 0U);
      runs.unban({"192.0.2.7", "192.0.2.9", "198.51.100.7"});
      EXPECT_TRUE(runs.list().bans.empty());
    }
  });
}

TEST(BanRun, KilledInTheMiddleOfAnUnbanTheNextOneEndsIt) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    for (const BanStage stage : {BanStage::kJournaled, BanStage::kCommitted}) {
      Runs runs(tables);
      runs.ban({"192.0.2.7"});
      const pid_t child = ::fork();
      if (child == 0) {
        runs.unban({"192.0.2.7"}, [&](BanStage at) {
          if (at == stage) {
            ::_exit(9);
          }
        });
        ::_exit(0);
      }
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 9);
      EXPECT_TRUE(runs.unban({"192.0.2.7"}).holds_all());
      EXPECT_TRUE(runs.list().bans.empty());
      EXPECT_TRUE(runs.log().open.empty());
      EXPECT_TRUE(runs.log().in_force.empty());
    }
  });
}

TEST(BanRun, WhatWasTakenAwayAndWhatARebootForgotIsListed) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    Runs runs(tables);
    runs.ban({"192.0.2.7"}, "permanent");
    runs.ban({"192.0.2.8"}, "1h");
    test::expect_done(tables.commit(test::flush_ruleset()));
    auto lost = runs.list().lost;
    ASSERT_EQ(lost.size(), 2U);
    EXPECT_EQ(lost[0].cause, model::LostBan::Cause::kTakenAway);
    model::ActionTime later = read_action_time();
    later.boot_id = "another";
    lost = runs.list(later).lost;
    ASSERT_EQ(lost.size(), 2U);
    EXPECT_EQ(lost[1].cause, model::LostBan::Cause::kOtherBoot);
    EXPECT_EQ(lost[1].why, "guesses passwords");
    later.utc.nanoseconds += 2 * 3600 * 1'000'000'000LL;
    EXPECT_EQ(runs.list(later).lost.size(), 1U) << "the hour is over; the other was for good";
  });
}

TEST(BanRun, AnotherTableInTheMeantimeIsNoObstacle) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    sys::NfTables others = open_tables();
    Runs runs(tables);
    int times = 0;
    const auto report = runs.ban({"192.0.2.7"}, "1h", [&](BanStage at) {
      if (at == BanStage::kJournaled && times++ < 3) {
        test::expect_done(others.commit(
            sys::NftBatch{}.add_table({NFPROTO_INET, "other" + std::to_string(times)})));
      }
    });
    EXPECT_TRUE(report.holds_all()) << report.error;
    EXPECT_EQ(times, 4);
    EXPECT_EQ(runs.log().actions.size(), 1U) << "one intention, however often it was tried";
  });
}

TEST(BanRun, ARulesetThatNeverStandsStillIsAFailureThatIsToldAndJournaled) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    sys::NfTables others = open_tables();
    Runs runs(tables);
    int times = 0;
    const auto report = runs.ban({"192.0.2.7"}, "1h", [&](BanStage at) {
      if (at == BanStage::kJournaled) {
        test::expect_done(others.commit(
            sys::NftBatch{}.add_table({NFPROTO_INET, "other" + std::to_string(++times)})));
      }
    });
    EXPECT_FALSE(report.holds_all());
    EXPECT_EQ(report.steps.at(0).fate, BanFate::kFailed);
    EXPECT_FALSE(report.error.empty());
    EXPECT_EQ(runs.log().actions.at(0).outcome, ActionOutcome::kFailed);
    EXPECT_TRUE(runs.log().in_force.empty());
  });
}

TEST(BanRun, ThousandsShareOneEntryAndAreLiftedOneByOne) {
  in_private_network([] {
    sys::NfTables tables = open_tables();
    Runs runs(tables);
    std::vector<std::string> many;
    for (int i = 0; i < 5000; ++i) {
      many.push_back("100.64." + std::to_string(i / 250) + "." + std::to_string(i % 250));
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto report = runs.ban(many);
    const auto took = std::chrono::steady_clock::now() - begin;
    std::printf("[ measured ] %zu bans: commit %ld us, with journal %ld ms\n", many.size(),
                long{report.commit.count()},
                long{std::chrono::duration_cast<std::chrono::milliseconds>(took).count()});
    EXPECT_TRUE(report.holds_all()) << report.error;
    EXPECT_EQ(report.standing, many.size());
    auto log = runs.log();
    ASSERT_EQ(log.actions.size(), 1U);
    EXPECT_TRUE(log.actions[0].subject.starts_with("ban of 5000 networks, "))
        << log.actions[0].subject;
    EXPECT_FALSE(log.actions[0].after.sha256.empty()) << "a long state is an object";
    EXPECT_EQ(runs.list().bans.at(4999).why, "guesses passwords");
    EXPECT_TRUE(runs.unban({many[7]}).holds_all());
    EXPECT_EQ(runs.list().bans.size(), many.size() - 1);
    EXPECT_TRUE(runs.list().lost.empty());
    EXPECT_TRUE(runs.unban(many).table_removed);
    EXPECT_TRUE(runs.log().in_force.empty()) << runs.log().in_force[0].subject;
  });
}

}  // namespace
}  // namespace genba::act
