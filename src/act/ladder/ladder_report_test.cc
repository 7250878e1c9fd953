// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/ladder_report.h"

#include <gtest/gtest.h>

#include "act/ladder/ladder_notes.h"

namespace genba::act {
namespace {

using model::ContainmentState;

constexpr int64_t kSecond = 1'000'000'000;

LadderState by_programs() {
  LadderState state;
  state.rung = Rung::kCgroupBpf;
  state.id = "c-0123abcd";
  state.armed_utc = 5 * kSecond;
  state.deadline = 300 * kSecond;
  state.guard = {77, 1};
  state.cgroup = CgroupState{{7, "0123456789abcdef"}, {8, "fedcba9876543210"}, 9, true};
  return state;
}

LadderStatus closed() {
  LadderStatus status;
  status.standing = LadderStanding::kClosed;
  status.remaining = 10 * kSecond + 1;
  status.counts = LadderCounts{1, 2, 3, 4};
  return status;
}

model::ContainmentStatus told(const LadderState& state, const LadderStatus& status,
                              bool guard_alive = true, int64_t now = 200 * kSecond) {
  return to_status(state.rung, state, status, guard_alive, 9, now);
}

TEST(LadderReport, OfApplySaysWhatItLeavesOpen) {
  const auto report = to_report({by_programs(), {ladder_note("no_ipv6")}}, 9, "ff", "/x");
  EXPECT_EQ(report.rung, Rung::kCgroupBpf);
  ASSERT_EQ(report.namespaces.size(), 1U);
  EXPECT_TRUE(report.namespaces[0].locked && report.namespaces[0].own);
  EXPECT_EQ(report.notes.size(), 1 + not_covered_by(Rung::kCgroupBpf).size());
  EXPECT_EQ(report.guard.pid, 77);
  EXPECT_EQ(report.outcome(), model::ProofOutcome::kAsserted) << "never the whole thing";
}

TEST(LadderReport, OfStatusCountsPacketsAndRoundsTheTimeUp) {
  const auto status = told(by_programs(), closed());
  EXPECT_EQ(status.state, ContainmentState::kTrial);
  EXPECT_EQ(status.remaining, 11);
  ASSERT_EQ(status.dropped.size(), 2U);
  EXPECT_EQ(status.dropped[0].packets, 1);
  EXPECT_FALSE(status.dropped[0].bytes);
  EXPECT_TRUE(status.tampering.empty());
  EXPECT_TRUE(told(by_programs(), closed(), false).tampering.empty()) << "the kernel opens it";
  LadderState no_timer = by_programs();
  no_timer.cgroup->has_timer = false;
  EXPECT_EQ(told(no_timer, closed(), false).tampering.size(), 1U);
}

TEST(LadderReport, EachStandingHasItsState) {
  LadderState held = by_programs();
  held.hold = true;
  EXPECT_EQ(told(held, closed()).state, ContainmentState::kHold);
  LadderState sure = by_programs();
  sure.confirmed = true;
  EXPECT_EQ(told(sure, closed()).state, ContainmentState::kConfirmed);
  const auto state_of = [](LadderStanding standing, int64_t now = 200 * kSecond) {
    LadderStatus status;
    status.standing = standing;
    return told(by_programs(), status, true, now).state;
  };
  EXPECT_EQ(state_of(LadderStanding::kPartly), ContainmentState::kTrial);
  EXPECT_EQ(state_of(LadderStanding::kOpened), ContainmentState::kOpened);
  EXPECT_EQ(state_of(LadderStanding::kAfterReboot), ContainmentState::kRebooted);
  EXPECT_EQ(state_of(LadderStanding::kGone), ContainmentState::kGone);
  EXPECT_EQ(state_of(LadderStanding::kGone, 301 * kSecond), ContainmentState::kOpened);
}

TEST(LadderReport, OfUndoFailsWhenItCameBack) {
  LadderUndone undone;
  undone.removed = 2;
  undone.as_before = true;
  EXPECT_FALSE(to_change(undone, by_programs(), 9, "/x").failed());
  undone.as_before = false;
  undone.notes = {ladder_note(kCameBack)};
  EXPECT_TRUE(to_change(undone, by_programs(), 9, "/x").failed());
}

}  // namespace
}  // namespace genba::act
