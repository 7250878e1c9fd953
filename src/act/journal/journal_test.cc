// SPDX-License-Identifier: Apache-2.0
#include "act/journal/journal.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "act/journal/self.h"
#include "gtest/gtest.h"
#include "support/fake_host.h"
#include "support/private_mounts.h"
#include "support/scratch.h"

namespace genba::act {
namespace {

namespace fs = std::filesystem;
using model::ActionEffect;
using model::ActionOutcome;

Step apply(std::string before = R"({"tables":[]})") {
  return {"contain apply", "containment", ActionEffect::kEstablishes, "abcd", std::move(before)};
}

class JournalTest : public testing::Test {
 protected:
  JournalOptions options() {
    JournalOptions options;
    options.directory = place_.at("genba/actions");
    options.version = "0.1.0";
    options.actor = read_actor();
    options.why = "a test";
    options.tell = [this](std::string_view line) { told_.emplace_back(line); };
    return options;
  }
  std::string path() const { return place_.at("genba/actions/actions.jsonl"); }

  // Ends with `how` as its exit code; -1 when it did not exit by itself.
  template <class Work>
  static int in_child(Work work) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::_exit(work());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  test::Scratch place_;
  std::vector<std::string> told_;
};

TEST_F(JournalTest, WritesWhatWasDoneAndReadsItBack) {
  {
    auto journal = Journal::open(options());
    ASSERT_TRUE(journal) << journal.error().what;
    EXPECT_TRUE(journal->recorded());
    const auto id = journal->begin(apply());
    ASSERT_TRUE(id) << id.error().what;
    ASSERT_TRUE(journal->end(*id, {ActionOutcome::kProven, R"({"tables":["genba"]})", "8 of 8"}));
  }
  const auto again = Journal::open(options());
  ASSERT_TRUE(again) << again.error().what;
  ASSERT_EQ(again->log().actions.size(), 1U);
  EXPECT_EQ(again->log().actions[0].why, "a test");
  EXPECT_EQ(again->log().actions[0].detail, "8 of 8");
  ASSERT_EQ(again->log().in_force.size(), 1U);
  EXPECT_EQ(again->log().in_force[0].state.text, R"({"tables":["genba"]})");
  EXPECT_TRUE(again->log().in_force[0].of_this_boot);
  EXPECT_TRUE(told_.empty());
}

// The child is killed at each step in turn; what it had begun is told, what it had not is not.
TEST_F(JournalTest, KilledBetweenAnyTwoStepsIsToldByTheNext) {
  for (int steps = 0; steps <= 3; ++steps) {
    fs::remove_all(place_.at("genba"));
    in_child([&] {
      auto journal = Journal::open(options());
      auto id = steps > 0 ? journal->begin(apply()) : base::Result<uint64_t>(0);
      if (steps > 1) {
        (void)journal->end(*id, {ActionOutcome::kDone, "{}", ""});
      }
      if (steps > 2) {
        (void)journal->begin({"contain undo", "containment", ActionEffect::kLifts, "", "{}"});
      }
      ::raise(SIGKILL);
      return 0;
    });
    const auto journal = Journal::open(options());
    ASSERT_TRUE(journal) << steps << ": " << journal.error().what;
    EXPECT_EQ(journal->log().open.size(), steps % 2 == 1 ? 1U : 0U) << steps;
    EXPECT_EQ(journal->log().in_force.size(), steps >= 2 ? 1U : 0U) << steps;
  }
}

TEST_F(JournalTest, SecondResponderIsToldWhoTheFirstIs) {
  JournalOptions first = options();
  first.actor.address = "203.0.113.9";
  const auto journal = Journal::open(first);
  ASSERT_TRUE(journal);
  const auto second = Journal::open(options());
  ASSERT_FALSE(second);
  const std::string words = second.error().what;
  EXPECT_NE(words.find("pid " + std::to_string(::getpid())), std::string::npos) << words;
  EXPECT_NE(words.find("from 203.0.113.9"), std::string::npos) << words;
  EXPECT_EQ(words.find('\n'), std::string::npos);
  JournalOptions allowed = options();
  allowed.unrecorded = Unrecorded::kAllowed;
  EXPECT_FALSE(Journal::open(allowed)) << "two must not act at once, recorded or not";
}

// A file size limit stops the write as a full disk does.
TEST_F(JournalTest, WithoutRoomNothingIsBegun) {
  ASSERT_TRUE(Journal::open(options()));
  const int code = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    auto journal = Journal::open(options());
    const rlimit limit{fs::file_size(path()) + 20, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto begun = journal->begin(apply());
    return begun || begun.error().what.find("nothing was done") == std::string::npos ? 1 : 0;
  });
  EXPECT_EQ(code, 0);
  const auto journal = Journal::open(options());
  ASSERT_TRUE(journal) << journal.error().what;
  EXPECT_TRUE(journal->log().actions.empty());
  EXPECT_TRUE(journal->log().notes.empty());
}

TEST_F(JournalTest, FullDiskAndReadOnlyDiskAreToldInOneLine) {
  place_.directory("disk");
  JournalOptions there = options();
  there.directory = place_.at("disk/actions");
  const std::string disk = place_.at("disk");
  test::in_private_mounts([&] {
    if (::mount("none", disk.c_str(), "tmpfs", 0, "size=64k,mode=0700") != 0) {
      test::cannot_be_made_here();
    }
    {
      auto journal = Journal::open(there);
      ASSERT_TRUE(journal) << journal.error().what;
      // Fills what is left to the last byte.
      std::ofstream(place_.at("disk/ballast"), std::ios::binary) << std::string(1 << 20, 'x');
      base::Result<uint64_t> begun = 0;
      for (int i = 0; i < 200 && begun; ++i) {
        begun = journal->begin(apply());
      }
      ASSERT_FALSE(begun);
      EXPECT_EQ(begun.error().sys_errno, ENOSPC) << begun.error().what;
      EXPECT_NE(begun.error().what.find("nothing was done"), std::string::npos);
      EXPECT_EQ(begun.error().what.find('\n'), std::string::npos);
    }
    // What only lifts goes on, and finds what there is to lift.
    JournalOptions lifting = there;
    lifting.unrecorded = Unrecorded::kAllowed;
    {
      auto journal = Journal::open(lifting);
      ASSERT_TRUE(journal) << journal.error().what;
      EXPECT_FALSE(journal->log().open.empty());
      told_.clear();
      for (int i = 0; i < 200 && told_.empty(); ++i) {
        ASSERT_TRUE(journal->begin({"contain undo", "containment", ActionEffect::kLifts, "", ""}));
      }
      ASSERT_FALSE(told_.empty());
      EXPECT_NE(told_[0].find("contain undo"), std::string::npos) << told_[0];
    }
    fs::remove(place_.at("disk/ballast"));
    const size_t whole = Journal::open(there)->log().notes.size();
    EXPECT_EQ(whole, 0U);
    ASSERT_EQ(::mount("none", disk.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
    const auto refused = Journal::open(there);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().sys_errno, EROFS) << refused.error().what;
    EXPECT_NE(refused.error().what.find("--journal DIR"), std::string::npos);
    const auto unrecorded = Journal::open(lifting);
    ASSERT_TRUE(unrecorded) << unrecorded.error().what;
    EXPECT_FALSE(unrecorded->recorded());
    EXPECT_FALSE(unrecorded->log().open.empty());
  });
}

TEST_F(JournalTest, OutcomeThatDoesNotFitIsToldAndFails) {
  ASSERT_TRUE(Journal::open(options()));
  const int code = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    auto journal = Journal::open(options());
    const auto id = journal->begin(apply());
    const rlimit limit{fs::file_size(path()) + 20, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto ended = journal->end(*id, {ActionOutcome::kDone, "{}", ""});
    const bool told =
        told_.size() == 1 && told_[0].find("\"outcome\":\"done\"") != std::string::npos;
    return !ended && ended.error().code == base::ErrorCode::kOutput && told ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(Journal::open(options())->log().open.size(), 1U);
}

TEST_F(JournalTest, UnrecordedActionsAreTold) {
  place_.file("genba", "a file where the directory should be");
  const auto refused = Journal::open(options());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("--journal DIR"), std::string::npos) << refused.error().what;

  JournalOptions allowed = options();
  allowed.unrecorded = Unrecorded::kAllowed;
  auto journal = Journal::open(allowed);
  ASSERT_TRUE(journal);
  EXPECT_FALSE(journal->recorded());
  const auto id = journal->begin(apply());
  ASSERT_TRUE(id);
  ASSERT_TRUE(journal->end(*id, {ActionOutcome::kDone, "{}", ""}));
  ASSERT_EQ(told_.size(), 3U);
  EXPECT_NE(told_[0].find("not recorded"), std::string::npos);
  EXPECT_NE(told_[1].find("contain apply"), std::string::npos);
  EXPECT_NE(told_[2].find("\"outcome\":\"done\""), std::string::npos);
  EXPECT_FALSE(journal->add_object("x", "y"));
}

TEST_F(JournalTest, AlteredJournalIsNotContinued) {
  {
    auto journal = Journal::open(options());
    ASSERT_TRUE(journal->begin(apply()));
    ASSERT_TRUE(journal->begin(apply()));
  }
  std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  file.clear();
  file.seekp(static_cast<std::streamoff>(text.find("a test")));
  file << "A TEST";
  file.close();
  const auto journal = Journal::open(options());
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().code, base::ErrorCode::kDamaged);
  EXPECT_NE(journal.error().what.find("altered"), std::string::npos);

  JournalOptions allowed = options();
  allowed.unrecorded = Unrecorded::kAllowed;
  const auto unrecorded = Journal::open(allowed);
  ASSERT_TRUE(unrecorded);
  EXPECT_FALSE(unrecorded->recorded());
  EXPECT_EQ(unrecorded->log().open.size(), 2U) << "what was begun is found all the same";
}

TEST_F(JournalTest, LongStateBecomesAnObject) {
  const std::string ruleset(100'000, 'x');
  {
    auto journal = Journal::open(options());
    const auto id = journal->begin(apply(ruleset));
    ASSERT_TRUE(id) << id.error().what;
    ASSERT_TRUE(journal->end(*id, {ActionOutcome::kDone, ruleset, ""}));
  }
  const auto journal = Journal::open(options());
  const model::Action& action = journal->log().actions.at(0);
  EXPECT_TRUE(action.before.text.empty());
  EXPECT_EQ(action.before.sha256, action.after.sha256);
  EXPECT_EQ(fs::file_size(place_.at("genba/actions/objects/" + action.before.sha256)),
            ruleset.size());
  EXPECT_TRUE(journal->log().open.empty());
}

TEST_F(JournalTest, IsReadFromACaseWithoutItsLock) {
  {
    auto journal = Journal::open(options());
    ASSERT_TRUE(journal->begin(apply()));
  }
  std::ifstream file(path(), std::ios::binary);
  test::FakeHost host(host::HostKind::kTree);
  EXPECT_EQ(read_journal(host, "").error().code, base::ErrorCode::kNotFound);
  host.add_file("/actions.jsonl", std::string{std::istreambuf_iterator<char>(file), {}});
  const auto log = read_journal(host, "");
  ASSERT_TRUE(log) << log.error().what;
  EXPECT_EQ(log->open.size(), 1U);
  EXPECT_FALSE(log->headless);
}

TEST_F(JournalTest, NewJournalHasNothingToTell) {
  const auto journal = Journal::open(options());
  ASSERT_TRUE(journal);
  EXPECT_FALSE(journal->log().headless);
  EXPECT_TRUE(journal->log().notes.empty());
}

// Written anew without its beginning, every line follows the one before it.
TEST(ActionJournal, OneThatDoesNotBeginAsItShouldIsToldSo) {
  model::Action action;
  action.verb = "contain apply";
  action.subject = "containment";
  std::string chain = store::kFirstChain;
  const std::string anew = intention_line(0, action).finish(chain);
  for (const std::string& text : {std::string(), anew}) {
    test::FakeHost host(host::HostKind::kTree);
    host.add_file("/actions.jsonl", text);
    const auto log = read_journal(host, "");
    ASSERT_TRUE(log) << log.error().what;
    EXPECT_FALSE(log->altered);
    EXPECT_TRUE(log->headless);
    EXPECT_EQ(log->notes.size(), 1U);
    EXPECT_EQ(log->actions.size(), text.empty() ? 0U : 1U) << "what it says is shown all the same";
  }
}

TEST(ActionSelf, TellsThisProcess) {
  const model::ActionTime now = read_action_time();
  EXPECT_EQ(now.boot_id.size(), 36U);
  EXPECT_GT(now.since_boot, 0);
  EXPECT_EQ(read_actor().uid, static_cast<int64_t>(::geteuid()));
}

}  // namespace
}  // namespace genba::act
