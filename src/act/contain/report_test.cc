// SPDX-License-Identifier: Apache-2.0
#include "act/contain/report.h"

#include <gtest/gtest.h>

namespace genba::act {
namespace {

ApplyReport applied() {
  ApplyReport report;
  report.state.id = "c-1";
  report.state.timeout = 300;
  report.state.armed_utc = 5'000'000'000;
  report.state.guard = {77, 1};
  ContainedNamespace own;
  own.own = own.contained = own.owned = true;
  own.inode = 9;
  own.hooks = DeviceHooks::kIngressAndEgress;
  own.devices = {{2, "eth0"}};
  own.before.sha256 = "aa";
  ContainedNamespace other;
  other.inode = 10;
  other.trouble = "refused";
  report.state.namespaces = {own, other};
  return report;
}

TEST(ContainReport, OfApplyTellsEachNamespace) {
  const auto report = to_report(applied(), "ff", "/var/lib/x");
  EXPECT_EQ(report.rung, model::ContainmentRung::kNftables);
  ASSERT_TRUE(report.opens_at);
  EXPECT_EQ(report.opens_at->nanoseconds, 305'000'000'000);
  ASSERT_EQ(report.namespaces.size(), 2U);
  EXPECT_TRUE(report.namespaces[0].locked && report.namespaces[0].owned);
  EXPECT_TRUE(report.namespaces[0].egress);
  EXPECT_EQ(report.namespaces[0].hooked, std::vector<std::string>{"eth0"});
  EXPECT_EQ(report.namespaces[0].digest_before, "aa");
  EXPECT_FALSE(report.namespaces[1].locked);
  EXPECT_EQ(report.namespaces[1].error.ja, "refused");
  EXPECT_EQ(report.guard.pid, 77);
  auto held = applied();
  held.state.hold = true;
  EXPECT_FALSE(to_report(held, "", "").opens_at);
}

TEST(ContainReport, OfStatusAddsUpTheCountersOfAllNamespaces) {
  ContainStatus found;
  found.condition = ContainCondition::kTrial;
  found.since = "2026-11-29T03:13:44Z";
  NamespaceStatus own;
  own.own = own.locked = true;
  own.remaining = std::chrono::milliseconds(1);
  own.counters = {{"drop in", {2, 20}}, {"allow session", {5, 50}}};
  own.hooked = {"eth0"};
  own.new_devices = {"eth1"};
  own.doubts = {{"device_new", {"x", "x"}}};
  NamespaceStatus other;
  other.counters = {{"drop in", {3, 30}}};
  found.namespaces = {own, other};
  auto status = to_status(found);
  EXPECT_EQ(status.state, model::ContainmentState::kTrial);
  EXPECT_EQ(status.remaining, 1) << "it still runs";
  ASSERT_EQ(status.dropped.size(), 1U);
  EXPECT_EQ(status.dropped[0].packets, 5);
  ASSERT_EQ(status.allowed.size(), 1U);
  EXPECT_EQ(status.allowed[0].id, "session");
  EXPECT_EQ(status.tampering.size(), 1U);
  EXPECT_EQ(status.new_devices, std::vector<std::string>{"eth1"});
  found.condition = ContainCondition::kHeld;
  EXPECT_EQ(to_status(found).state, model::ContainmentState::kConfirmed);
  found.recorded = Containment();
  found.recorded->hold = true;
  EXPECT_EQ(to_status(found).state, model::ContainmentState::kHold);
  found.condition = ContainCondition::kMissing;
  EXPECT_EQ(to_status(found).state, model::ContainmentState::kGone);
}

TEST(ContainReport, OfUndoTellsWhetherTheRulesAreAsBefore) {
  UndoReport undone;
  UndoneNamespace same;
  same.own = true;
  same.rules = UndoneNamespace::Rules::kIdentical;
  same.before_sha256 = "aa";
  same.now.sha256 = "aa";
  UndoneNamespace changed;
  changed.rules = UndoneNamespace::Rules::kChanged;
  changed.before_sha256 = "aa";
  changed.now.sha256 = "bb";
  changed.difference = {"there is a new table", "増えています"};
  undone.namespaces = {same, changed};
  const auto change = to_change(undone, "");
  EXPECT_EQ(change.namespaces[0].digest_before, change.namespaces[0].digest_after);
  EXPECT_NE(change.namespaces[1].digest_before, change.namespaces[1].digest_after);
  ASSERT_EQ(change.notes.size(), 1U);
  EXPECT_EQ(change.notes[0].id, "rules_changed");
  EXPECT_FALSE(change.failed());
}

TEST(ContainReport, OfExtendTellsTheTime) {
  ControlReport changed;
  changed.state = applied().state;
  changed.remaining = std::chrono::milliseconds(90'001);
  const auto change = to_change(model::ContainmentChangeKind::kExtend, changed, "/j");
  EXPECT_EQ(change.remaining, 91);
  EXPECT_EQ(change.namespaces.size(), 2U);
  EXPECT_EQ(change.journal, "/j");
}

}  // namespace
}  // namespace genba::act
