// SPDX-License-Identifier: Apache-2.0
#include "base/moment.h"

#include "gtest/gtest.h"

namespace genba::base {
namespace {

constexpr Timestamp kNow{1795230000LL * 1'000'000'000LL};  // 2026-11-21T03:00:00Z

TEST(Moment, DatesAreUtcWhateverTheirLength) {
  const auto text = [](std::string_view moment) {
    const auto time = parse_moment(moment, kNow);
    return time ? to_rfc3339(*time).substr(0, 19) : std::string("none");
  };
  EXPECT_EQ(text("2026-11-21"), "2026-11-21T00:00:00");
  EXPECT_EQ(text("2026-11-21 03:12"), "2026-11-21T03:12:00");
  EXPECT_EQ(text("2026-11-21T03:12:09"), "2026-11-21T03:12:09");
  EXPECT_EQ(text("2026-11-21 03:12:09.5"), "2026-11-21T03:12:09");
  EXPECT_EQ(text("2026-11-21T12:12:09+09:00"), "2026-11-21T03:12:09");
  EXPECT_EQ(text("now"), "2026-11-21T03:00:00");
  EXPECT_EQ(text("2h"), "2026-11-21T01:00:00");
  EXPECT_EQ(text("1w"), "2026-11-14T03:00:00");
}

TEST(Moment, NonsenseIsNoTime) {
  for (const char* text : {"", "yesterday", "2026-13-01", "2026-11-21T25:00", "-2h", "2y", "h",
                           "99999999999999999999d", "2h30m", "2026-11-21T03"}) {
    EXPECT_FALSE(parse_moment(text, kNow)) << text;
  }
}

TEST(Moment, DurationsHaveOneUnit) {
  EXPECT_EQ(parse_duration("90s"), 90LL * 1'000'000'000);
  EXPECT_EQ(parse_duration("30m"), 1800LL * 1'000'000'000);
  EXPECT_EQ(parse_duration("0h"), 0);
  EXPECT_FALSE(parse_duration("30"));
  EXPECT_FALSE(parse_duration("300000w"));
}

}  // namespace
}  // namespace genba::base
