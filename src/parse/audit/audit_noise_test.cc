// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "gtest/gtest.h"
#include "parse/audit/audit_test_support.h"

namespace genba::parse {
namespace {

constexpr std::string_view kNoise =
    "type=SYSCALL msg=audit(5.000:1): arch=c000003e syscall=257 success=yes exit=3 pid=1 "
    "comm=\"a\" exe=\"/x/a\" key=(null)\x1d"
    "ARCH=x86_64 SYSCALL=openat\n"
    "type=CWD msg=audit(5.000:1): cwd=\"/\"\n"
    "type=PATH msg=audit(5.000:1): item=0 name=\"/etc/passwd\"\n";

TEST(AuditNoise, NoiseIsCountedAndNotDelivered) {
  const JoinedAudit skipped = join_audit(kNoise, AuditDetail::kSkipNoise);
  EXPECT_TRUE(skipped.events.empty());
  EXPECT_EQ(skipped.totals.noise_events, 1U);
  EXPECT_EQ(skipped.totals.records, 3U);
  const JoinedAudit all = join_audit(kNoise);
  ASSERT_EQ(all.events.size(), 1U);
  EXPECT_EQ(all.events[0].syscall, "openat");
  EXPECT_EQ(all.events[0].paths.at(0).name, "/etc/passwd");
}

TEST(AuditNoise, NoiseThatTurnsOutToBeMoreIsDecodedAfterAll) {
  const JoinedAudit joined = join_audit(
      std::string(kNoise) + "type=AVC msg=audit(5.000:1): avc:  denied  { open } for  pid=1\n",
      AuditDetail::kSkipNoise);
  ASSERT_EQ(joined.events.size(), 1U);
  EXPECT_EQ(joined.events[0].kind, "avc");
  EXPECT_EQ(joined.events[0].exe, "/x/a");
  EXPECT_EQ(joined.events[0].success, true);
  EXPECT_EQ(joined.events[0].records, 4U);
  EXPECT_EQ(joined.totals.noise_events, 0U);
}

TEST(AuditNoise, KeyedExecutedOrNotableCallsAreNoNoise) {
  const JoinedAudit joined = join_audit(
      "type=SYSCALL msg=audit(5.000:1): arch=c000003e syscall=257 pid=1 key=\"k\"\n"
      "type=SYSCALL msg=audit(5.000:2): arch=c000003e syscall=59 pid=1 key=(null)\n"
      "type=SYSCALL msg=audit(5.000:3): arch=c000003e syscall=101 pid=1 key=(null)\n"
      "type=SYSCALL msg=audit(5.000:4): arch=80000016 syscall=5 pid=1 key=(null)\n",
      AuditDetail::kSkipNoise);
  EXPECT_EQ(joined.events.size(), 4U);
  EXPECT_EQ(joined.totals.noise_events, 0U);
}

}  // namespace
}  // namespace genba::parse
