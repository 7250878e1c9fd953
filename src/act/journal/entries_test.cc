// SPDX-License-Identifier: Apache-2.0
#include "act/journal/entries.h"

#include "gtest/gtest.h"

namespace genba::act {
namespace {

using model::Action;
using model::ActionEffect;
using model::ActionLog;
using model::ActionOutcome;

// A journal in memory, written line by line as the real one.
class Lines {
 public:
  Lines() { add(header_line("0.1.0", "web", {{5}, "boot-a", 7})); }

  uint64_t intention(const Action& action) {
    const uint64_t id = count_;
    add(intention_line(id, action));
    return id;
  }
  void outcome(uint64_t id, ActionOutcome outcome, std::string after = {},
               std::string boot_id = "boot-a") {
    Action action;
    action.id = id;
    action.outcome = outcome;
    action.ended = model::ActionTime{{9}, std::move(boot_id), 9};
    action.after.text = std::move(after);
    add(outcome_line(count_, action));
  }
  void add(store::CaseLineBuilder line) {
    text += line.finish(chain_);
    ++count_;
  }
  ActionLog read(std::string_view boot_id = "boot-a") const {
    return read_entries(store::read_chained_log("actions.jsonl", text), boot_id);
  }

  std::string text;

 private:
  std::string chain_ = store::kFirstChain;
  uint64_t count_ = 0;
};

Action apply() {
  Action action;
  action.began = {{1'000}, "boot-a", 100};
  action.actor = {0, 1000, "pts/0", "203.0.113.9"};
  action.verb = "contain apply";
  action.subject = "containment";
  action.why = "worm \xe7\x8f\xbe\x1b[2J";
  action.plan_sha256 = "abcd";
  action.effect = ActionEffect::kEstablishes;
  action.before.text = R"({"tables":[]})";
  return action;
}

Action undo() {
  Action action = apply();
  action.verb = "contain undo";
  action.effect = ActionEffect::kLifts;
  return action;
}

TEST(Entries, AnActionComesBackWhole) {
  Lines lines;
  lines.outcome(lines.intention(apply()), ActionOutcome::kProven, R"({"tables":["genba"]})");
  const ActionLog log = lines.read();
  EXPECT_EQ(log.host, "web");
  EXPECT_EQ(log.version, "0.1.0");
  EXPECT_TRUE(log.notes.empty());
  ASSERT_EQ(log.actions.size(), 1U);
  const Action& action = log.actions[0];
  const Action wanted = apply();
  EXPECT_EQ(action.id, 1U);
  EXPECT_EQ(log.find(1), &action);
  EXPECT_EQ(log.find(2), nullptr);
  EXPECT_EQ(action.began.utc, wanted.began.utc);
  EXPECT_EQ(action.began.since_boot, 100);
  EXPECT_EQ(action.actor.loginuid, 1000);
  EXPECT_EQ(action.actor.tty, "pts/0");
  EXPECT_EQ(action.actor.address, "203.0.113.9");
  EXPECT_EQ(action.verb, wanted.verb);
  EXPECT_EQ(action.why, wanted.why);
  EXPECT_EQ(action.plan_sha256, "abcd");
  EXPECT_EQ(action.before.text, wanted.before.text);
  EXPECT_EQ(action.after.text, R"({"tables":["genba"]})");
  EXPECT_EQ(action.outcome, ActionOutcome::kProven);
  EXPECT_TRUE(action.proven);
}

struct InForceCase {
  std::string_view name;
  // a: applied and done, p: proven, f: apply that failed, k: apply without an outcome (killed),
  // u: undone, U: undo that failed, K: undo without an outcome
  std::string_view steps;
  bool in_force;
  size_t open;
};

class InForceTest : public testing::TestWithParam<InForceCase> {};

TEST_P(InForceTest, FollowsFromTheSteps) {
  Lines lines;
  for (const char step : GetParam().steps) {
    const bool lifts = step == 'u' || step == 'U' || step == 'K';
    const uint64_t id = lines.intention(lifts ? undo() : apply());
    if (step != 'k' && step != 'K') {
      lines.outcome(id, step == 'f' || step == 'U' ? ActionOutcome::kFailed
                        : step == 'p'              ? ActionOutcome::kProven
                                                   : ActionOutcome::kDone);
    }
  }
  const ActionLog log = lines.read();
  EXPECT_EQ(!log.in_force.empty(), GetParam().in_force);
  EXPECT_LE(log.in_force.size(), 1U);
  EXPECT_EQ(log.open.size(), GetParam().open);
}

INSTANTIATE_TEST_SUITE_P(Steps, InForceTest,
                         testing::Values(InForceCase{"nothing", "", false, 0},
                                         InForceCase{"applied", "a", true, 0},
                                         InForceCase{"proven", "p", true, 0},
                                         InForceCase{"failed", "f", false, 0},
                                         InForceCase{"killed_in_apply", "k", false, 1},
                                         InForceCase{"undone", "au", false, 0},
                                         InForceCase{"undo_failed", "aU", true, 0},
                                         InForceCase{"killed_in_undo", "aK", true, 1},
                                         InForceCase{"extended", "aa", true, 0},
                                         InForceCase{"second_apply_failed", "af", true, 0},
                                         InForceCase{"again", "aua", true, 0}),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(Entries, AnotherBootHasForgottenWhatTheKernelHeld) {
  Lines lines;
  lines.outcome(lines.intention(apply()), ActionOutcome::kProven);
  EXPECT_TRUE(lines.read("boot-a").in_force.at(0).of_this_boot);
  EXPECT_FALSE(lines.read("boot-b").in_force.at(0).of_this_boot);
  EXPECT_TRUE(lines.read("").in_force.at(0).of_this_boot) << "read elsewhere: nothing is known";
}

TEST(Entries, ClockSetBackAYearChangesNothing) {
  constexpr int64_t kYear = 365LL * 86'400 * 1'000'000'000;
  Lines lines;
  Action first = apply();
  first.began = {{3 * kYear}, "boot-a", 100};
  lines.outcome(lines.intention(first), ActionOutcome::kDone);
  Action second = undo();
  second.began = {{2 * kYear}, "boot-a", 200};
  lines.outcome(lines.intention(second), ActionOutcome::kDone);
  const ActionLog log = lines.read();
  EXPECT_TRUE(log.in_force.empty());
  ASSERT_EQ(log.actions.size(), 2U);
  EXPECT_EQ(log.actions[1].verb, "contain undo");
}

TEST(Entries, LaterRunMayEndWhatAnEarlierOneLeftOpen) {
  Lines lines;
  const uint64_t left = lines.intention(apply());
  lines.outcome(lines.intention(undo()), ActionOutcome::kDone);
  EXPECT_EQ(lines.read().open, std::vector<uint64_t>{left});
  lines.outcome(left, ActionOutcome::kFailed);
  EXPECT_TRUE(lines.read().open.empty());
}

TEST(Entries, AlteredActionIsShownUnproven) {
  Lines lines;
  lines.outcome(lines.intention(apply()), ActionOutcome::kDone);
  lines.text.replace(lines.text.find("worm"), 4, "test");
  const ActionLog log = lines.read();
  EXPECT_TRUE(log.altered);
  ASSERT_EQ(log.actions.size(), 1U);
  EXPECT_FALSE(log.actions[0].proven);
  EXPECT_EQ(log.in_force.size(), 1U) << "what may be in force is told, not hidden";
}

TEST(Entries, StrayOutcomesAndUnknownKindsAreNoted) {
  Lines lines;
  lines.outcome(77, ActionOutcome::kDone);
  lines.add(store::CaseLineBuilder("genba.tomorrow\x1b", 2));
  EXPECT_EQ(lines.read().notes.size(), 2U);
}

}  // namespace
}  // namespace genba::act
