// SPDX-License-Identifier: Apache-2.0
#include "parse/log_time/log_time.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "parse/log_time/calendar.h"

namespace genba::parse {
namespace {

using Take = bool (*)(std::string_view&, LogTime&);

struct Taken {
  LogTime time;
  std::string rest;
};

/// What `take` makes of a text; also checks that a refused text stays as it was.
std::optional<Taken> taken(Take take, const std::string& whole) {
  std::string_view text = whole;
  LogTime time;
  time.nanosecond = 77;
  if (!take(text, time)) {
    EXPECT_EQ(text, whole);
    EXPECT_EQ(time.nanosecond, 77);
    return std::nullopt;
  }
  return Taken{time, std::string(text)};
}

LogTime made(int32_t year, int8_t month, int8_t day, int8_t hour, int8_t minute, int8_t second,
             int32_t nanosecond = 0, int32_t offset = LogTime::kNoOffset) {
  return {year, month, day, hour, minute, second, nanosecond, offset};
}

void expect(Take take, const std::string& text, const LogTime& time, const std::string& rest) {
  SCOPED_TRACE(text);
  const auto result = taken(take, text);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->time, time);
  EXPECT_EQ(result->rest, rest);
}

TEST(LogTime, SyslogDayHasOneOrTwoDigits) {
  expect(take_syslog_time, "Nov  8 03:12:09 h", made(0, 11, 8, 3, 12, 9), "h");
  expect(take_syslog_time, "Nov 8 03:12:09 h", made(0, 11, 8, 3, 12, 9), "h");
  expect(take_syslog_time, "Nov 08 03:12:09 h", made(0, 11, 8, 3, 12, 9), "h");
  expect(take_syslog_time, "Nov  08 03:12:09 h", made(0, 11, 8, 3, 12, 9), "h");
  expect(take_syslog_time, "Nov 18 03:12:09", made(0, 11, 18, 3, 12, 9), "");
  expect(take_syslog_time, "Nov 8 03:12:09", made(0, 11, 8, 3, 12, 9), "");
}

TEST(LogTime, SyslogMonthsAreAllKnown) {
  const char* names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (int8_t month = 1; month <= 12; ++month) {
    expect(take_syslog_time, std::string(names[month - 1]) + " 28 23:59:59 x",
           made(0, month, 28, 23, 59, 59), "x");
  }
  for (const char* name : {"nov", "NOV", "Nob", "MMM", "   "}) {
    EXPECT_FALSE(taken(take_syslog_time, std::string(name) + " 28 23:59:59 x")) << name;
  }
}

TEST(LogTime, SyslogFractionYearAndColon) {
  expect(take_syslog_time, "Mar 23 23:01:18.123 h", made(0, 3, 23, 23, 1, 18, 123'000'000), "h");
  expect(take_syslog_time, "Nov  8 2026 03:12:09 h", made(2026, 11, 8, 3, 12, 9), "h");
  expect(take_syslog_time, "Nov 18 2026 03:12:09.5: h", made(2026, 11, 18, 3, 12, 9, 500'000'000),
         ": h");
  expect(take_syslog_time, "Feb 29 01:15:43: --- x", made(0, 2, 29, 1, 15, 43), ": --- x");
  expect(take_syslog_time, "Nov  8 03:12:09. h", made(0, 11, 8, 3, 12, 9), ". h");
}

TEST(LogTime, OnlyOneBlankIsTaken) {
  expect(take_syslog_time, "Nov  8 03:12:09  h", made(0, 11, 8, 3, 12, 9), " h");
  expect(take_syslog_time, "Nov  8 03:12:09\th", made(0, 11, 8, 3, 12, 9), "h");
}

TEST(LogTime, DaysThatDoNotExistAreRefused) {
  EXPECT_TRUE(taken(take_syslog_time, "Feb 29 00:00:00 x"));
  EXPECT_FALSE(taken(take_syslog_time, "Feb 30 00:00:00 x"));
  EXPECT_FALSE(taken(take_syslog_time, "Feb 29 2026 00:00:00 x"));
  EXPECT_TRUE(taken(take_syslog_time, "Feb 29 2028 00:00:00 x"));
  EXPECT_FALSE(taken(take_syslog_time, "Apr 31 00:00:00 x"));
  EXPECT_FALSE(taken(take_syslog_time, "Apr  0 00:00:00 x"));
  EXPECT_FALSE(taken(take_syslog_time, "Apr 99 00:00:00 x"));
  EXPECT_FALSE(taken(take_iso_time, "2026-02-29T00:00:00Z"));
  EXPECT_FALSE(taken(take_iso_time, "2026-13-01T00:00:00Z"));
  EXPECT_FALSE(taken(take_iso_time, "2026-00-01T00:00:00Z"));
  EXPECT_FALSE(taken(take_iso_time, "0000-01-01T00:00:00Z"));
}

TEST(LogTime, ClocksOutOfRangeAreRefused) {
  EXPECT_FALSE(taken(take_syslog_time, "Nov  8 24:00:00 x"));
  EXPECT_FALSE(taken(take_syslog_time, "Nov  8 23:60:00 x"));
  EXPECT_FALSE(taken(take_syslog_time, "Nov  8 23:00:61 x"));
  EXPECT_FALSE(taken(take_syslog_time, "Nov  8 23-00-01 x"));
  EXPECT_FALSE(taken(take_syslog_time, "Nov  8 2:00:01 xxxxx"));
  EXPECT_FALSE(taken(take_syslog_time, "Nov  8 03:12:097 x"));
  EXPECT_FALSE(taken(take_syslog_time, "Nov  8 03:12:09x"));
  EXPECT_FALSE(taken(take_syslog_time, "Nov  8 03:12:0"));
  EXPECT_FALSE(taken(take_syslog_time, ""));
}

TEST(LogTime, LeapSecondIsTakenWhereOneCanBe) {
  expect(take_iso_time, "2016-12-31T23:59:60Z", made(2016, 12, 31, 23, 59, 60, 0, 0), "");
  EXPECT_TRUE(taken(take_iso_time, "2017-01-01T05:29:60+05:30"));
  EXPECT_FALSE(taken(take_iso_time, "2016-12-31T23:58:60Z"));
}

TEST(LogTime, IsoOffsets) {
  expect(take_iso_time, "2026-11-08T03:12:09.123456+09:00 h",
         made(2026, 11, 8, 3, 12, 9, 123'456'000, 32'400), "h");
  expect(take_iso_time, "2026-11-08T03:12:09-0330 h", made(2026, 11, 8, 3, 12, 9, 0, -12'600), "h");
  expect(take_iso_time, "2026-11-08T03:12:09+09", made(2026, 11, 8, 3, 12, 9, 0, 32'400), "");
  expect(take_iso_time, "2026-11-08t03:12:09.5z|", made(2026, 11, 8, 3, 12, 9, 500'000'000, 0),
         "|");
  expect(take_iso_time, "2026-11-08 03:12:09,123 h", made(2026, 11, 8, 3, 12, 9, 123'000'000), "h");
  expect(take_iso_time, "2026-11-08 03:12:09 h", made(2026, 11, 8, 3, 12, 9), "h");
  // Behind a blank stands the message, which may be an attacker's: no offset is taken there.
  expect(take_iso_time, "2026-11-08 03:12:09 +0900", made(2026, 11, 8, 3, 12, 9), "+0900");
}

TEST(LogTime, AnOffsetThatIsNoneIsNotReadAsLocalTime) {
  for (const char* bad : {"+24:00", "+09:60", "+9", "+", "-x", "+09:", "+09:0", "+090", "+09000",
                          "ZZ", "Zulu", "+0900x"}) {
    EXPECT_FALSE(taken(take_iso_time, std::string("2026-11-08T03:12:09") + bad)) << bad;
  }
}

TEST(LogTime, FractionsBeyondNanosecondsAreCut) {
  expect(take_iso_time, "2026-11-08T03:12:09.1234567899999Z",
         made(2026, 11, 8, 3, 12, 9, 123'456'789, 0), "");
  expect(take_iso_time, "2026-11-08T03:12:09.000000001Z", made(2026, 11, 8, 3, 12, 9, 1, 0), "");
}

TEST(LogTime, Brackets) {
  expect(take_bracket_time, "[08/Nov/2026:03:12:09 +0900] \"GET",
         made(2026, 11, 8, 3, 12, 9, 0, 32'400), "\"GET");
  expect(take_bracket_time, "[08/Nov/2026:03:12:09]", made(2026, 11, 8, 3, 12, 9), "");
  expect(take_bracket_time, "[08/Nov/2026:03:12:09.25 -0100]",
         made(2026, 11, 8, 3, 12, 9, 250'000'000, -3600), "");
  EXPECT_FALSE(taken(take_bracket_time, "[08/Nov/2026:03:12:09 +0900"));
  EXPECT_FALSE(taken(take_bracket_time, "[08/Nov/2026:03:12:09 +09xx]"));
  EXPECT_FALSE(taken(take_bracket_time, "[31/Nov/2026:03:12:09 +0900]"));
  EXPECT_FALSE(taken(take_bracket_time, "[08/Noo/2026:03:12:09 +0900]"));
  EXPECT_FALSE(taken(take_bracket_time, "08/Nov/2026:03:12:09 +0900] xx"));
}

TEST(LogTime, Slashes) {
  expect(take_slash_time, "2026/11/08 03:12:09 [error]", made(2026, 11, 8, 3, 12, 9), "[error]");
  expect(take_slash_time, "2026/11/08 03:12:09.5 x", made(2026, 11, 8, 3, 12, 9, 500'000'000), "x");
  EXPECT_FALSE(taken(take_slash_time, "2026-11-08 03:12:09 [error]"));
  EXPECT_FALSE(taken(take_slash_time, "2026/11/31 03:12:09 [error]"));
  EXPECT_FALSE(taken(take_slash_time, "2026/11/08 03:12:0"));
}

TEST(LogTime, Asctime) {
  expect(take_asctime, "Sun Nov  8 03:12:09 2026 [pid", made(2026, 11, 8, 3, 12, 9), "[pid");
  expect(take_asctime, "Sun Nov 08 03:12:09.123456 2026] [core",
         made(2026, 11, 8, 3, 12, 9, 123'456'000), "] [core");
  expect(take_asctime, "Sun Nov 8 03:12:09 2026", made(2026, 11, 8, 3, 12, 9), "");
  EXPECT_FALSE(taken(take_asctime, "Sux Nov  8 03:12:09 2026"));
  EXPECT_FALSE(taken(take_asctime, "Sun Nov  8 03:12:09 202x"));
  EXPECT_FALSE(taken(take_asctime, "Sun Nov  8 03:12:09  202"));
  EXPECT_FALSE(taken(take_asctime, "Sun Nov 31 03:12:09 2026"));
  EXPECT_FALSE(taken(take_asctime, "Sun Nov  8 03:12:09.55 20"));
}

TEST(LogTime, EveryCutOfATimeIsRefusedOrShort) {
  const std::pair<Take, std::string> whole[] = {
      {take_syslog_time, "Nov  8 2026 03:12:09.123456"},
      {take_iso_time, "2026-11-08T03:12:09.123456+09:00"},
      {take_bracket_time, "[08/Nov/2026:03:12:09 +0900]"},
      {take_slash_time, "2026/11/08 03:12:09"},
      {take_asctime, "Sun Nov  8 03:12:09.123456 2026"},
  };
  for (const auto& [take, text] : whole) {
    for (size_t length = 0; length < 14; ++length) {
      EXPECT_FALSE(taken(take, text.substr(0, length))) << text << " cut at " << length;
    }
    EXPECT_TRUE(taken(take, text)) << text;
    for (size_t at = 0; at < text.size(); ++at) {
      std::string broken = text;
      broken[at] = '\0';
      (void)taken(take, broken);
    }
  }
}

TEST(Calendar, DaysAndYears) {
  EXPECT_EQ(days_from_civil(1970, 1, 1), 0);
  EXPECT_EQ(days_from_civil(1969, 12, 31), -1);
  EXPECT_EQ(days_from_civil(2000, 3, 1), 11017);
  EXPECT_EQ(days_from_civil(2026, 11, 8), 20765);
  EXPECT_EQ(days_from_civil(1, 1, 1), -719162);
  EXPECT_EQ(days_from_civil(0, 12, 31), -719163);
  int64_t days = days_from_civil(-401, 1, 1);
  for (int64_t year = -401; year < 2500; ++year) {
    ASSERT_EQ(days_from_civil(year, 1, 1), days) << year;
    ASSERT_EQ(year_of_day(days), year);
    days += is_leap_year(year) ? 366 : 365;
    ASSERT_EQ(year_of_day(days - 1), year);
  }
}

}  // namespace
}  // namespace genba::parse
