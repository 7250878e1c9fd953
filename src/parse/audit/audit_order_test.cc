// SPDX-License-Identifier: Apache-2.0
#include "parse/audit/audit_order.h"

#include "gtest/gtest.h"
#include "parse/audit/audit_test_support.h"

namespace genba::parse {
namespace {

constexpr int32_t kCall = 1300;
constexpr int32_t kUserLogin = 1112;
constexpr int32_t kDaemonStart = 1200;

TEST(AuditOrder, RemovedEventsAreAHoleBetweenTwoTimes) {
  AuditOrderWatch watch;
  for (uint64_t serial = 1; serial <= 20; ++serial) {
    if (serial < 8 || serial > 12) {
      watch.see("", serial, static_cast<int64_t>(serial) * 1000, kCall);
    }
  }
  watch.finish();
  ASSERT_EQ(watch.facts().size(), 1U);
  const AuditOrderFact& hole = watch.facts()[0];
  EXPECT_EQ(hole.order, AuditOrder::kHole);
  EXPECT_EQ(hole.first, 8U);
  EXPECT_EQ(hole.last, 12U);
  EXPECT_EQ(hole.count, 5U);
  EXPECT_EQ(hole.time_before, 7000);
  EXPECT_EQ(hole.time_after, 13000);
  EXPECT_EQ(watch.missing_serials(), 5U);
}

TEST(AuditOrder, EventsOutOfOrderAreNoHoles) {
  AuditOrderWatch watch;
  for (const uint64_t serial : {1U, 4U, 2U, 3U, 3U, 900U}) {
    watch.see("", serial, 1000, kCall);
  }
  for (uint64_t serial = 899; serial > 4; --serial) {
    watch.see("", serial, 1000, kCall);
  }
  watch.finish();
  EXPECT_TRUE(watch.facts().empty());
}

TEST(AuditOrder, LongHolesCostNoTime) {
  AuditOrderWatch watch;
  watch.see("", 1, 1000, kCall);
  watch.see("", 4'294'967'295, 2000, kCall);
  watch.see("", 4'294'967'296, 2000, kCall);
  watch.finish();
  ASSERT_EQ(watch.facts().size(), 1U);
  EXPECT_EQ(watch.facts()[0].first, 2U);
  EXPECT_EQ(watch.facts()[0].last, 4'294'967'294U);
  EXPECT_EQ(watch.facts()[0].count, 4'294'967'293U);
  EXPECT_EQ(watch.unwatched_records(), 1U);
}

TEST(AuditOrder, NewBootStartsLowAgain) {
  AuditOrderWatch watch;
  for (uint64_t serial = 500; serial <= 510; ++serial) {
    watch.see("", serial, 10'000, kCall);
  }
  for (uint64_t serial = 5; serial <= 9; ++serial) {
    watch.see("", serial, 90'000, kCall);
  }
  watch.see("", 11, 95'000, kCall);
  watch.finish();
  ASSERT_EQ(watch.facts().size(), 2U);
  EXPECT_EQ(watch.facts()[0].order, AuditOrder::kRestart);
  EXPECT_EQ(watch.facts()[0].first, 510U);
  EXPECT_EQ(watch.facts()[0].last, 5U);
  EXPECT_EQ(watch.facts()[0].time_before, 10'000);
  EXPECT_EQ(watch.facts()[0].time_after, 90'000);
  EXPECT_EQ(watch.facts()[1].order, AuditOrder::kHole);
  EXPECT_EQ(watch.facts()[1].boot, 1U);
  EXPECT_EQ(watch.facts()[1].first, 10U);
  EXPECT_EQ(watch.facts()[1].last, 10U);
}

TEST(AuditOrder, NewBootWithinTheWindowIsFoundByATakenSerial) {
  AuditOrderWatch watch;
  for (uint64_t serial = 1; serial <= 50; ++serial) {
    watch.see("", serial, 10'000, kCall);
  }
  watch.see("", 1, 90'000, kCall);
  watch.finish();
  ASSERT_EQ(watch.facts().size(), 1U);
  EXPECT_EQ(watch.facts()[0].order, AuditOrder::kRestart);
}

TEST(AuditOrder, LinesPutBackInAreLate) {
  AuditOrderWatch watch;
  watch.see("", 5000, 50'000, kCall);
  watch.see("", 10, 1'000, kCall);
  watch.see("", 11, 2'000, kCall);
  watch.see("", 5001, 50'100, kCall);
  watch.finish();
  ASSERT_EQ(watch.facts().size(), 1U);
  EXPECT_EQ(watch.facts()[0].order, AuditOrder::kLate);
  EXPECT_EQ(watch.facts()[0].first, 10U);
  EXPECT_EQ(watch.facts()[0].last, 11U);
  EXPECT_EQ(watch.facts()[0].count, 2U);
}

TEST(AuditOrder, BootWithAnOlderClockIsNotLateForEver) {
  AuditOrderWatch watch;
  watch.see("", 100'000, 9'000'000, kCall);
  for (uint64_t serial = 1; serial <= 200; ++serial) {
    if (serial != 150) {
      watch.see("", serial, static_cast<int64_t>(serial), kCall);
    }
  }
  watch.finish();
  ASSERT_EQ(watch.facts().size(), 3U);
  EXPECT_EQ(watch.facts()[0].order, AuditOrder::kLate);
  EXPECT_EQ(watch.facts()[0].count, 63U);
  EXPECT_EQ(watch.facts()[1].order, AuditOrder::kRestart);
  EXPECT_EQ(watch.facts()[1].last, 64U);
  EXPECT_EQ(watch.facts()[2].order, AuditOrder::kHole);
  EXPECT_EQ(watch.facts()[2].first, 150U);
}

TEST(AuditOrder, ClockSetBackIsSeenInProgramsRecordsOnly) {
  AuditOrderWatch watch;
  watch.see("", 1, 100'000, kUserLogin);
  watch.see("", 2, 20'000, kCall);  // a call that slept
  watch.see("", 3, 99'500, kUserLogin);
  watch.see("", 4, 50'000, kUserLogin);
  watch.finish();
  ASSERT_EQ(watch.facts().size(), 1U);
  EXPECT_EQ(watch.facts()[0].order, AuditOrder::kTimeBack);
  EXPECT_EQ(watch.facts()[0].first, 3U);
  EXPECT_EQ(watch.facts()[0].last, 4U);
  EXPECT_EQ(watch.facts()[0].time_before, 99'500);
  EXPECT_EQ(watch.facts()[0].time_after, 50'000);
}

TEST(AuditOrder, AuditdsOwnSerialsAndZeroDoNotCount) {
  AuditOrderWatch watch;
  watch.see("", 10, 1000, kCall);
  watch.see("", 7777, 1000, kDaemonStart);
  watch.see("", 0, 1000, kCall);
  watch.see("", 11, 1000, kCall);
  watch.finish();
  EXPECT_TRUE(watch.facts().empty());
}

TEST(AuditOrder, EachNodeCountsForItself) {
  AuditOrderWatch watch;
  for (uint64_t serial = 1; serial <= 10; ++serial) {
    watch.see("a", serial, 1000, kCall);
    watch.see("b", serial + 5000, 1000, kCall);
  }
  watch.see("b", 5012, 2000, kCall);
  watch.finish();
  ASSERT_EQ(watch.facts().size(), 1U);
  EXPECT_EQ(watch.facts()[0].node, "b");
  EXPECT_EQ(watch.facts()[0].first, 5011U);
}

TEST(AuditOrder, FactsAndNodesAreCapped) {
  AuditOrderWatch watch;
  for (uint64_t serial = 1; serial <= 10'001; serial += 2) {
    watch.see("", serial, 1000, kCall);
  }
  for (int i = 0; i < 100; ++i) {
    watch.see("n" + std::to_string(i), 1, 1000, kCall);
  }
  watch.finish();
  EXPECT_EQ(watch.facts().size(), AuditOrderWatch::kMaxFacts);
  EXPECT_EQ(watch.dropped_facts(), 5000U - 1024U);
  EXPECT_EQ(watch.missing_serials(), 5000U);
  EXPECT_EQ(watch.unwatched_records(), 37U);
}

TEST(AuditOrder, ForgedSerialsUpAndDownStayCheap) {
  AuditOrderWatch watch;
  for (int i = 0; i < 20'000; ++i) {
    watch.see("", i % 2 == 0 ? 1 : 4'000'000'000, i * 10'000, kCall);
  }
  watch.finish();
  EXPECT_EQ(watch.facts().size(), AuditOrderWatch::kMaxFacts);
}

TEST(AuditOrder, JoinerReportsTheHoleInALog) {
  const JoinedAudit joined = join_audit(
      "type=USER_LOGIN msg=audit(100.000:7): pid=1 msg='res=success'\n"
      "type=SYSCALL msg=audit(101.000:8): arch=c000003e syscall=59 key=(null)\n"
      "type=PROCTITLE msg=audit(101.000:8): proctitle=\"a\"\n"
      "type=DAEMON_ROTATE msg=audit(102.000:4711): op=rotate-logs res=success\n"
      "type=USER_END msg=audit(160.500:20): pid=1 msg='res=success'\n");
  ASSERT_EQ(joined.order.size(), 1U);
  EXPECT_EQ(joined.order[0].first, 9U);
  EXPECT_EQ(joined.order[0].last, 19U);
  EXPECT_EQ(joined.order[0].time_before, 101'000);
  EXPECT_EQ(joined.order[0].time_after, 160'500);
}

}  // namespace
}  // namespace genba::parse
