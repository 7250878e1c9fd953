// SPDX-License-Identifier: Apache-2.0
//
// With routes, in network namespaces of the test's own: cgroup programs hang at the root of the
// real machine, so their control is tried in the lab.
#include "act/ladder/ladder_control.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "act/contain/background.h"
#include "act/journal/self.h"
#include "act/ladder/routes.h"
#include "support/far_machine.h"
#include "support/private_network.h"
#include "support/scratch.h"
#include "sys/process.h"

namespace genba::act {
namespace {

using base::ErrorCode;
using model::ContainmentPlan;
using model::ContainmentState;

bool is_open() {
  return test::send_datagram(AF_INET, 0, "198.51.100.7", 53) == 0;
}

ContainmentPlan plan_for(int64_t seconds) {
  ContainmentPlan plan;
  model::AllowedFlow flow;
  flow.id = "session";
  flow.protocol = IPPROTO_UDP;
  flow.remote = *base::parse_network(test::far_address(AF_INET));
  flow.local = {base::Address{flow.remote.address.family, {}}, 0};
  plan.flows.push_back(flow);
  plan.timeout = seconds;
  plan.hold = seconds == 0;
  return plan;
}

class LadderControl : public ::testing::Test {
 protected:
  void in_network(const std::function<void()>& body) {
    test::in_private_network([&] {
      const test::FarMachine far;
      auto host = host::open_live_host({});
      ASSERT_TRUE(host);
      host_ = *std::move(host);
      ASSERT_TRUE(is_open());
      body();
    });
  }

  LadderOptions options(GuardUse guard = GuardUse::kKeep) const {
    LadderOptions options;
    options.open = [host = host_.get()] { return open_rung(Rung::kRoutes, *host); };
    options.version = "9.9.9";
    options.guard = guard;
    options.journal_directory = directory_;
    return options;
  }
  base::Result<Journal> journal() const {
    JournalOptions options;
    options.directory = directory_;
    options.version = "9.9.9";
    options.actor = read_actor();
    return Journal::open(std::move(options));
  }
  base::Result<LadderReport> apply(int64_t seconds, GuardUse guard = GuardUse::kKeep) const {
    auto log = journal();
    return log ? apply_rung(*host_, plan_for(seconds), options(guard), *log)
               : base::fail(log.error());
  }
  // What the journal and the kernel say now.
  std::optional<StandingRung> standing() const {
    return find_standing_rung(*host_, read_log(), directory_);
  }
  // Without its lock.
  model::ActionLog read_log() const {
    const auto tree = host::open_tree_host(directory_);
    return tree ? read_journal(**tree, read_boot_id()).value_or(model::ActionLog())
                : model::ActionLog();
  }
  model::ContainmentStatus status() const {
    const auto found = standing();
    EXPECT_TRUE(found);
    const auto told = read_rung_status(*host_, found.value_or(StandingRung{Rung::kRoutes, {}, {}}),
                                       options().open);
    EXPECT_TRUE(told) << told.error().what;
    return told.value_or(model::ContainmentStatus());
  }
  base::Result<model::ContainmentChange> undo() const {
    const auto found = standing();
    auto log = journal();
    return found && log ? undo_rung(*host_, *found, options(), *log)
                        : base::fail(ErrorCode::kNotFound, "nothing stands");
  }
  // A guard is no child of whoever waits for it here; ten times what it takes.
  static bool opens_within(int64_t seconds) {
    for (int64_t i = 0; i < seconds * 20 && !is_open(); ++i) {
      sys::sleep_nanoseconds(50'000'000);
    }
    return is_open();
  }

  test::Scratch scratch_;
  std::string directory_ = scratch_.at("actions");
  std::unique_ptr<host::Host> host_;
};

bool has_note(const std::vector<model::PlanNote>& notes, std::string_view id) {
  return std::any_of(notes.begin(), notes.end(), [&](const auto& note) { return note.id == id; });
}

TEST_F(LadderControl, ClosesIsConfirmedAndTakenBackAsItWas) {
  in_network([&] {
    const auto applied = apply(300);
    ASSERT_TRUE(applied) << applied.error().what;
    EXPECT_FALSE(is_open());
    EXPECT_EQ(applied->report.rung, Rung::kRoutes);
    EXPECT_TRUE(has_note(applied->report.notes, "incoming")) << "what it leaves open is told";
    EXPECT_TRUE(applied->report.opens_at);
    auto now = status();
    EXPECT_EQ(now.state, ContainmentState::kTrial);
    EXPECT_TRUE(now.guard.alive);
    EXPECT_TRUE(now.tampering.empty());
    EXPECT_GT(now.remaining.value_or(0), 200);
    const ProcessKey guard = standing()->state->guard;
    {
      auto log = journal();
      const auto unsure =
          confirm_rung(*host_, *standing(), SessionProof::kUnproven, Force::kNo, options(), *log);
      EXPECT_EQ(unsure.error().code, ErrorCode::kInvalid);
    }
    {
      const auto stands = standing();
      auto log = journal();
      const auto sure =
          confirm_rung(*host_, *stands, SessionProof::kProven, Force::kNo, options(), *log);
      ASSERT_TRUE(sure) << sure.error().what;
    }
    EXPECT_FALSE(is_guard(*host_, guard)) << "nobody is left who would open it";
    EXPECT_EQ(status().state, ContainmentState::kConfirmed);
    const auto undone = undo();
    ASSERT_TRUE(undone) << undone.error().what;
    EXPECT_FALSE(undone->failed());
    EXPECT_TRUE(has_note(undone->notes, "as_before"));
    EXPECT_TRUE(is_open());
    EXPECT_FALSE(standing());
  });
}

TEST_F(LadderControl, OpensWhenNobodyConfirmsAndTellsTheJournal) {
  in_network([&] {
    ASSERT_TRUE(apply(1));
    EXPECT_TRUE(opens_within(20));
    for (int i = 0; i < 200 && standing(); ++i) {
      sys::sleep_nanoseconds(50'000'000);
    }
    EXPECT_FALSE(standing()) << "the guard has written its end";
    const auto log = read_log();
    ASSERT_FALSE(log.actions.empty());
    EXPECT_EQ(log.actions.back().verb, "contain timer");
  });
}

TEST_F(LadderControl, ExtendedItStaysClosedPastItsFirstDeadline) {
  in_network([&] {
    ASSERT_TRUE(apply(2));
    const ProcessKey first = standing()->state->guard;
    const auto stands = standing();
    {
      auto log = journal();
      const auto longer = extend_rung(*host_, *stands, 300, options(), *log);
      ASSERT_TRUE(longer) << longer.error().what;
      EXPECT_GT(longer->remaining.value_or(0), 200);
    }
    EXPECT_FALSE(is_guard(*host_, first));
    EXPECT_NE(standing()->state->guard, first);
    sys::sleep_nanoseconds(2'500'000'000);
    EXPECT_FALSE(is_open());
    EXPECT_EQ(status().state, ContainmentState::kTrial);
    ASSERT_TRUE(undo());
  });
}

TEST_F(LadderControl, WithoutAGuardOnlyHoldIsTaken) {
  in_network([&] {
    const auto refused = apply(300, GuardUse::kNone);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().what.find("--hold"), std::string::npos) << refused.error().what;
    EXPECT_TRUE(is_open());
    EXPECT_FALSE(standing());
    ASSERT_TRUE(apply(0, GuardUse::kNone));
    EXPECT_FALSE(is_open());
    EXPECT_EQ(status().state, ContainmentState::kHold);
    const auto again = apply(0, GuardUse::kNone);
    EXPECT_EQ(again.error().code, ErrorCode::kInvalid);
    ASSERT_TRUE(undo());
  });
}

TEST_F(LadderControl, ATrialWhoseGuardIsGoneSaysThatNobodyOpens) {
  in_network([&] {
    ASSERT_TRUE(apply(300));
    ASSERT_TRUE(end_guard(*host_, standing()->state->guard));
    const auto now = status();
    EXPECT_FALSE(now.guard.alive);
    EXPECT_TRUE(has_note(now.tampering, "nobody_opens"));
    ASSERT_TRUE(undo());
  });
}

TEST_F(LadderControl, WithoutItsJournalItIsStillFoundAndTakenBack) {
  in_network([&] {
    ASSERT_TRUE(apply(0));
    std::filesystem::remove_all(directory_);
    const auto stands = standing();
    ASSERT_TRUE(stands);
    EXPECT_FALSE(stands->state);
    EXPECT_TRUE(has_note(status().tampering, "not_recorded"));
    auto log = journal();
    EXPECT_EQ(extend_rung(*host_, *stands, 60, options(), *log).error().code, ErrorCode::kNotFound);
    log = base::fail(ErrorCode::kGone, "closed");
    const auto undone = undo();
    ASSERT_TRUE(undone);
    EXPECT_TRUE(has_note(undone->notes, "before_unknown"));
    EXPECT_TRUE(is_open());
  });
}

TEST_F(LadderControl, SomebodyElsesHandIsSeen) {
  in_network([&] {
    ASSERT_TRUE(apply(300));
    auto rung = options().open();
    ASSERT_TRUE(rung && (*rung)->undo(nullptr));  // as root could
    EXPECT_EQ(status().state, ContainmentState::kGone);
    ASSERT_TRUE(undo());
  });
}

TEST_F(LadderControl, KilledWithinItsTimeIsStillKept) {
  in_network([&] {
    const pid_t pid = ::fork();
    if (pid == 0) {
      auto log = journal();
      LadderOptions killed = options();
      int opened = 0;
      killed.open = [&]() -> base::Result<std::unique_ptr<LadderRung>> {
        auto rtnetlink = sys::open_rtnetlink();
        // The second is the keeper's.
        const bool own = ++opened == 1;
        return std::unique_ptr<LadderRung>(
            std::make_unique<Routes>(*std::move(rtnetlink), [own](std::string_view step) {
              if (own && step == "rule") {
                ::kill(::getpid(), SIGKILL);
              }
            }));
      };
      (void)apply_rung(*host_, plan_for(1), killed, *log);
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_TRUE(WIFSIGNALED(status));
    for (int i = 0; i < 400 && standing(); ++i) {
      sys::sleep_nanoseconds(50'000'000);
    }
    EXPECT_FALSE(standing()) << "the keeper took back what was half made";
    EXPECT_TRUE(is_open());
  });
}

}  // namespace
}  // namespace genba::act
