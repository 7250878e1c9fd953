// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <cstdint>
#include <random>

#include "gtest/gtest.h"

namespace genba::base {
namespace {

TEST(Time, PrintsAndParsesRfc3339) {
  const Timestamp time = timestamp_from_unix(1'795'230'729, 120'000'000);
  EXPECT_EQ(to_rfc3339(time), "2026-11-21T03:12:09.120000000Z");
  EXPECT_EQ(to_display(time), "2026-11-21 03:12:09 UTC");
  EXPECT_EQ(parse_rfc3339("2026-11-21T03:12:09.12Z"), time);
  EXPECT_EQ(parse_rfc3339("2026-11-21T12:12:09.12+09:00"), time);
  EXPECT_EQ(parse_rfc3339("2026-11-20t22:42:09.120-04:30"), time);
}

TEST(Time, BeforeTheEpochCountsDown) {
  EXPECT_EQ(to_rfc3339({-1}), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:59:59.999999999Z"), Timestamp{-1});
}

TEST(Time, LeapDaysAreOfTheGregorianCalendar) {
  EXPECT_TRUE(parse_rfc3339("2024-02-29T00:00:00Z"));
  EXPECT_TRUE(parse_rfc3339("2000-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("1900-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("2026-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("2026-04-31T00:00:00Z"));
}

TEST(Time, MalformedTextIsNothing) {
  for (const char* text : {"", "2026", "2026-11-21", "2026-11-21T03:12:09", "2026-11-21T24:00:00Z",
                           "2026-13-01T00:00:00Z", "2026-11-21T03:12:09.Z", "2026-11-21T03:12:09Zx",
                           "2026-11-21T03:12:09+9:00", "2026-11-21T03:12:09+24:00",
                           "2026-11-21X03:12:09Z", "-026-11-21T03:12:09Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Time, SaturatesInsteadOfOverflowing) {
  EXPECT_EQ(timestamp_from_unix(INT64_MAX).nanoseconds, INT64_MAX);
  EXPECT_EQ(timestamp_from_unix(INT64_MIN).nanoseconds, INT64_MIN);
}

TEST(Time, LimitsOfTheTypeArePrintedAndReadBack) {
  for (const int64_t limit : {INT64_MIN, INT64_MAX}) {
    EXPECT_EQ(parse_rfc3339(to_rfc3339({limit})), Timestamp{limit});
  }
}

TEST(Time, YearsBeyondTheTypeSaturateWhateverTheirOffset) {
  EXPECT_EQ(parse_rfc3339("9999-12-31T23:59:59-23:59"), Timestamp{INT64_MAX});
  EXPECT_EQ(parse_rfc3339("0001-01-01T00:00:00+23:59"), Timestamp{INT64_MIN});
}

TEST(Time, EveryMomentSurvivesTheRoundTrip) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const Timestamp time{static_cast<int64_t>(random())};
    EXPECT_EQ(from_civil(to_civil(time)), time);
    EXPECT_EQ(parse_rfc3339(to_rfc3339(time)), time);
  }
}

}  // namespace
}  // namespace genba::base
