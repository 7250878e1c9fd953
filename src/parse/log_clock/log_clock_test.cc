// SPDX-License-Identifier: Apache-2.0
#include "parse/log_clock/log_clock.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/time.h"
#include "parse/fields.h"
#include "parse/log_clock/first_year.h"
#include "parse/log_time/calendar.h"

namespace genba::parse {
namespace {

using base::Certainty;

LogTime at(std::string_view text) {
  LogTime time;
  EXPECT_TRUE(text[0] >= '0' && text[0] <= '9' ? take_iso_time(text, time)
                                               : take_syslog_time(text, time))
      << text;
  EXPECT_EQ(text, "");
  return time;
}

std::string shown(const ResolvedTime& time) {
  return base::to_rfc3339(base::timestamp_from_unix(time.seconds)).substr(0, 19);
}

int64_t unix_time(std::string_view utc) {
  return base::parse_rfc3339(std::string(utc) + "Z")->nanoseconds / 1'000'000'000;
}

const ZoneInfo& paris() {
  static const ZoneInfo kZone = *ZoneInfo::parse_posix("CET-1CEST,M3.5.0,M10.5.0/3");
  return kZone;
}

const ZoneInfo& utc() {
  static const ZoneInfo kZone = ZoneInfo::utc();
  return kZone;
}

/// The years that a clock of UTC, begun in 2024, gives to the times.
std::vector<int> years(const std::vector<std::string>& times, int32_t first_year = 2024) {
  LogClock clock(utc(), first_year);
  std::vector<int> result;
  for (const std::string& time : times) {
    result.push_back(std::stoi(shown(clock.resolve(at(time))).substr(0, 4)));
  }
  return result;
}

YearlessSpan span_of(const std::vector<std::string>& times) {
  YearCounter counter;
  for (const std::string& time : times) {
    counter.count(at(time));
  }
  return counter.span();
}

FirstYear infer(const std::vector<std::string>& times, std::string_view not_after,
                const std::vector<YearAnchor>& anchors = {}, const ZoneInfo& zone = utc()) {
  return infer_first_year(span_of(times), unix_time(not_after), kClockSlack, anchors, zone);
}

TEST(LogClock, FullTimesAreExact) {
  LogClock clock(paris(), 2020);
  const ResolvedTime time = clock.resolve(at("2026-11-21T03:12:09.5+09:00"));
  EXPECT_EQ(shown(time), "2026-11-20T18:12:09");
  EXPECT_EQ(time.nanosecond, 500'000'000);
  EXPECT_EQ(time.certainty, Certainty::kExact);
  EXPECT_EQ(clock.find_first_year().year, 2020);
}

TEST(LogClock, CertaintyTellsWhatWasFilledIn) {
  LogClock clock(paris(), 2026);
  EXPECT_EQ(clock.resolve(at("2026-11-21T03:12:09")).certainty, Certainty::kAssumedZone);
  EXPECT_EQ(clock.resolve(at("Nov 21 03:12:09")).certainty, Certainty::kInferredYear);
  LogClock anchored(paris(), 2026, Certainty::kAnchored, Certainty::kAnchored);
  EXPECT_EQ(anchored.resolve(at("Nov 21 03:12:09")).certainty, Certainty::kAnchored);
  LogClock mixed(paris(), 2026, Certainty::kAnchored);
  EXPECT_EQ(mixed.resolve(at("Nov 21 03:12:09")).certainty, Certainty::kAssumedZone);
}

TEST(LogClock, LocalTimesAreMadeUtc) {
  LogClock clock(paris(), 2026);
  EXPECT_EQ(shown(clock.resolve(at("Mar 29 01:59:59"))), "2026-03-29T00:59:59");
  EXPECT_EQ(shown(clock.resolve(at("Mar 29 03:00:00"))), "2026-03-29T01:00:00");
  EXPECT_EQ(shown(clock.resolve(at("Jul  1 12:00:00"))), "2026-07-01T10:00:00");
  EXPECT_EQ(shown(clock.resolve(at("Dec  1 12:00:00"))), "2026-12-01T11:00:00");
  EXPECT_EQ(shown(clock.resolve(at("Dec 31 23:59:59"))), "2026-12-31T22:59:59");
  EXPECT_EQ(shown(clock.resolve(at("Jan  1 00:00:00"))), "2026-12-31T23:00:00");
}

TEST(LogClock, SkippedHourIsReadWithTheOffsetBefore) {
  LogClock clock(paris(), 2026);
  const ResolvedTime time = clock.resolve(at("Mar 29 02:30:00"));
  EXPECT_EQ(shown(time), "2026-03-29T01:30:00");
}

TEST(LogClock, DoubledHourGoesOnWhenTimeFallsBack) {
  LogClock clock(paris(), 2026);
  const auto next = [&](const char* time) {
    const ResolvedTime resolved = clock.resolve(at(time));
    return shown(resolved).substr(11);
  };
  EXPECT_EQ(shown(clock.resolve(at("Oct 25 01:59:59"))), "2026-10-24T23:59:59");
  EXPECT_EQ(next("Oct 25 02:00:00"), "00:00:00");
  EXPECT_EQ(next("Oct 25 02:50:10"), "00:50:10");
  EXPECT_EQ(next("Oct 25 02:50:09"), "00:50:09");  // two threads, not a clock set back
  EXPECT_EQ(next("Oct 25 02:50:11"), "00:50:11");
  EXPECT_EQ(next("Oct 25 02:05:00"), "01:05:00");
  EXPECT_EQ(next("Oct 25 02:04:59"), "01:04:59");
  EXPECT_EQ(next("Oct 25 02:50:30"), "01:50:30");
  EXPECT_EQ(next("Oct 25 02:59:59"), "01:59:59");
  const ResolvedTime after = clock.resolve(at("Oct 25 03:00:00"));
  EXPECT_EQ(shown(after), "2026-10-25T02:00:00");
  EXPECT_EQ(next("Oct 25 02:59:59"), "01:59:59");
}

TEST(LogClock, ExactLineDecidesBetweenTheReadings) {
  LogClock clock(paris(), 2026);
  (void)clock.resolve(at("2026-10-25T02:10:00+01:00"));
  EXPECT_EQ(shown(clock.resolve(at("Oct 25 02:20:00"))), "2026-10-25T01:20:00");
}

TEST(LogClock, YearStepsAtNewYear) {
  EXPECT_EQ(years({"Nov 30 10:00:00", "Dec 31 23:59:59", "Jan  1 00:00:00", "Feb  1 00:00:00"}),
            (std::vector<int>{2024, 2024, 2025, 2025}));
  EXPECT_EQ(years({"Nov 30 10:00:00", "Sep  1 00:00:00"}), (std::vector<int>{2024, 2025}));
  EXPECT_EQ(years({"Jan 22 00:00:00", "Dec 18 00:00:00"}), (std::vector<int>{2024, 2024}));
}

TEST(LogClock, ClockSetBackIsNoNewYear) {
  EXPECT_EQ(years({"Jun  5 10:00:00", "Jun  5 09:00:00", "Jun  1 09:00:00", "May 31 23:00:00",
                   "Jun  5 11:00:00"}),
            (std::vector<int>{2024, 2024, 2024, 2024, 2024}));
  EXPECT_EQ(years({"Feb  1 00:00:00", "Jan 31 23:59:59"}), (std::vector<int>{2024, 2024}));
}

TEST(LogClock, ClockSetBackOverNewYearStepsBack) {
  EXPECT_EQ(years({"Dec 31 23:59:59", "Jan  1 00:00:01", "Dec 31 23:59:58", "Jan  1 00:00:02",
                   "Jan  3 00:00:00"}),
            (std::vector<int>{2024, 2025, 2024, 2025, 2025}));
  EXPECT_EQ(years({"Jan  1 00:00:01", "Dec 31 23:59:59", "Jan  1 00:00:02"}),
            (std::vector<int>{2024, 2023, 2024}));
}

TEST(LogClock, ClockThatLostItsTimeIsNoNewYear) {
  EXPECT_EQ(years({"Jun  5 10:00:00", "Jan  1 00:00:09", "Jan  1 00:00:20", "Jun  5 10:02:00",
                   "Dec 31 10:00:00", "Jan  1 10:00:00"}),
            (std::vector<int>{2024, 2025, 2025, 2024, 2024, 2025}));
  // West of Greenwich, 1970 begins on 31 December.
  EXPECT_EQ(years({"Jun  5 10:00:00", "Dec 31 19:00:09", "Jun  5 10:02:00"}),
            (std::vector<int>{2024, 2024, 2024}));
  // A log with few lines: the next June is another one.
  EXPECT_EQ(years({"Jun  5 10:00:00", "Jan  1 00:00:09", "Jun 20 10:02:00"}),
            (std::vector<int>{2024, 2025, 2025}));
  EXPECT_EQ(years({"Jun  5 10:00:00", "Jan  1 00:00:09", "Jan  9 00:00:00", "Jun  6 10:02:00"}),
            (std::vector<int>{2024, 2025, 2025, 2025}));
}

TEST(LogClock, LinesWithYearsDoNotCount) {
  EXPECT_EQ(years({"Nov 30 10:00:00", "1970-01-01T00:00:00Z", "Nov 30 10:00:01"}),
            (std::vector<int>{2024, 1970, 2024}));
}

// As lines of other hosts or a forger's: those behind them keep their year.
TEST(LogClock, LinesThatDoNotBelongChangeNothingBehindThem) {
  const std::vector<std::string> odd = {"Mar  1 00:00:00", "Feb 29 00:00:00", "Dec 25 00:00:00",
                                        "Jan  1 00:00:00", "Jun  5 00:00:00"};
  for (const std::string& each : odd) {
    for (const char* back : {"Nov  8 10:00:01", "Nov  9 10:00:00"}) {
      EXPECT_EQ(
          years({"Nov  8 10:00:00", "Nov  8 10:00:00", "Nov  8 10:00:00", each, back}, 2026).back(),
          2026)
          << each;
    }
    EXPECT_EQ(years({"Nov  6 10:00:00", "Nov  7 10:00:00", "Nov  8 10:00:00", each,
                     "Nov 12 10:00:00", "Dec 31 00:00:00", "Jan  1 00:00:00"},
                    2026)
                  .back(),
              2027)
        << each;
    EXPECT_EQ(years({"Dec 29 10:00:00", "Dec 30 10:00:00", "Dec 31 10:00:00", each,
                     "Jan  1 10:00:00", each, "Jan  1 11:00:00"},
                    2026)
                  .back(),
              2027)
        << each;
  }
  std::vector<std::string> times = {"Nov  6 10:00:00", "Nov  7 10:00:00", "Nov  8 10:00:00"};
  times.insert(times.end(), odd.begin(), odd.end());
  times.emplace_back("Nov  8 10:00:01");
  EXPECT_EQ(years(times, 2026).back(), 2026);
}

TEST(LogClock, GapOfMonthsIsBelievedWhenTheLogGoesOnBehindIt) {
  std::vector<std::string> times = {"Nov  6 10:00:00", "Nov  7 10:00:00", "Nov  8 10:00:00"};
  for (const char* month : {"Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"}) {
    for (int day = 1; day <= 28; day += 3) {
      times.push_back(std::string(month) + (day < 10 ? "  " : " ") + std::to_string(day) +
                      " 00:00:00");
    }
  }
  EXPECT_EQ(years(times, 2025)[3], 2026);
  EXPECT_EQ(years(times, 2025).back(), 2026);
}

TEST(LogClock, LeapDayOfAnotherYearIsTheFirstOfMarch) {
  EXPECT_EQ(years({"Jan  1 00:00:00", "Feb 29 00:00:00", "Mar  1 00:00:00"}, 2025),
            (std::vector<int>{2025, 2025, 2025}));
  LogClock clock(utc(), 2025);
  EXPECT_EQ(shown(clock.resolve(at("Feb 29 12:00:00"))), "2025-03-01T12:00:00");
  // A second one shows the gap of years between.
  EXPECT_EQ(years({"Feb 29 00:00:00", "Dec  1 00:00:00", "Jan  1 00:00:00", "Feb 29 00:00:00",
                   "Mar  1 00:00:00"}),
            (std::vector<int>{2024, 2024, 2025, 2028, 2028}));
}

/// The first year that a clock which began in 2020 finds.
int first_year(const std::vector<std::string>& times, std::string_view not_after) {
  LogClock clock(utc(), 2020);
  clock.expect_end(unix_time(not_after));
  for (const std::string& time : times) {
    (void)clock.resolve(at(time));
  }
  return clock.find_first_year().year;
}

TEST(LogClock, FirstYearIsFoundInOnePass) {
  EXPECT_EQ(first_year({"Nov  1 00:00:00", "Nov 20 00:00:00"}, "2026-11-20T00:00:05"), 2026);
  EXPECT_EQ(first_year({"Dec 30 00:00:00", "Jan  2 00:00:00"}, "2026-01-02T00:00:01"), 2025);
  EXPECT_EQ(first_year({"Feb 27 00:00:00", "Feb 28 00:00:00", "Feb 29 00:00:00", "Mar  1 00:00:00",
                        "Nov 20 00:00:00"},
                       "2026-11-25T00:00:00"),
            2024);
  EXPECT_EQ(first_year({"2023-11-20T00:00:00Z", "Nov 20 00:00:01"}, "2026-12-20T00:00:00"), 2023);
  EXPECT_EQ(first_year({}, "2026-11-20T00:00:05"), 2020);
}

TEST(LogClock, LineThatDoesNotBelongDoesNotMoveTheLogByAYear) {
  for (const char* odd : {"Dec 25 00:00:00", "Mar  1 00:00:00", "Feb 29 00:00:00"}) {
    for (const char* not_after : {"2026-11-20T00:00:05", "2026-11-21T10:00:00"}) {
      EXPECT_EQ(
          first_year({"Nov 18 00:00:00", "Nov 19 00:00:00", "Nov 20 00:00:00", odd}, not_after),
          2026)
          << odd;
      EXPECT_EQ(first_year({"Nov 18 00:00:00", "Nov 18 00:00:00", "Nov 18 00:00:00", odd,
                            "Nov 19 00:00:00", "Nov 20 00:00:00"},
                           not_after),
                2026)
          << odd;
      EXPECT_EQ(first_year({odd, "Nov 19 00:00:00", "Nov 20 00:00:00"}, not_after), 2026) << odd;
    }
  }
  EXPECT_EQ(
      first_year({"Dec 30 00:00:00", "Dec 31 00:00:00", "Mar  5 00:00:00"}, "2027-01-01T00:00:05"),
      2026);
  // Copied on a day that is by chance one of the last that the log knows: it goes on behind it.
  EXPECT_EQ(
      first_year({"Nov 28 00:00:00", "Nov 30 00:00:00", "Dec  3 00:00:00"}, "2026-11-28T00:00:00"),
      2025);
}

TEST(LogClock, LeapSecondIsTheSecondBehind) {
  LogClock clock(utc(), 2016);
  EXPECT_EQ(shown(clock.resolve(at("2016-12-31T23:59:60Z"))), "2017-01-01T00:00:00");
}

TEST(LogClock, ForgedYearsDoNotRunAway) {
  YearCounter counter;
  int32_t step = 0;
  for (int i = 0; i < 100'000; ++i) {
    counter.count(at("Dec  1 00:00:00"));
    counter.count(at("Jun  1 00:00:00"));
    step = counter.count(at("Feb 29 00:00:00"));
  }
  EXPECT_GE(step, 10'000);
  EXPECT_LT(step, 10'010);
  EXPECT_EQ(years({"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}).size(), 2U);
}

TEST(FirstYear, IsTheNewestBeforeTheBound) {
  EXPECT_EQ(infer({"Nov  1 00:00:00", "Nov 20 00:00:00"}, "2026-11-20T00:00:05").year, 2026);
  EXPECT_EQ(infer({"Nov  1 00:00:00", "Nov 30 00:00:00"}, "2026-11-20T00:00:05").year, 2025);
  EXPECT_EQ(infer({"Dec 30 00:00:00", "Jan  2 00:00:00"}, "2026-01-02T00:00:01").year, 2025);
  EXPECT_EQ(infer({"Dec 30 00:00:00", "Dec 31 23:59:59"}, "2026-01-01T00:00:01").year, 2025);
  EXPECT_FALSE(infer({"Nov  1 00:00:00"}, "2026-11-20T00:00:05").contradicts_bound);
}

TEST(FirstYear, SlackAllowsForAClockThatWasFast) {
  EXPECT_EQ(infer({"Jan  1 00:00:30"}, "2025-12-31T23:59:59").year, 2026);
  EXPECT_EQ(infer({"Jan  3 00:00:30"}, "2025-12-31T23:59:59").year, 2025);
  const YearlessSpan span = span_of({"Jan  1 00:00:30"});
  EXPECT_EQ(infer_first_year(span, unix_time("2025-12-31T23:59:59"), 0, {}, utc()).year, 2025);
}

TEST(FirstYear, BoundIsComparedInTheLogsZone) {
  const ZoneInfo tokyo = ZoneInfo::fixed(9 * 3600);
  const YearlessSpan span = span_of({"Jan  1 08:59:00"});
  EXPECT_EQ(infer_first_year(span, unix_time("2025-12-31T23:59:00"), 0, {}, tokyo).year, 2026);
  EXPECT_EQ(infer_first_year(span, unix_time("2025-12-31T23:58:59"), 0, {}, tokyo).year, 2025);
}

TEST(FirstYear, LeapDayRulesYearsOut) {
  EXPECT_EQ(infer({"Feb 28 00:00:00", "Feb 29 00:00:00"}, "2026-11-20T00:00:00").year, 2024);
  EXPECT_EQ(infer({"Dec 28 00:00:00", "Feb 29 00:00:00"}, "2026-11-20T00:00:00").year, 2023);
  EXPECT_EQ(infer({"Feb 29 00:00:00"}, "2024-02-20T00:00:00").year, 2020);
  EXPECT_EQ(infer({"Feb 29 00:00:00"}, "2103-02-20T00:00:00").year, 2096);
  EXPECT_EQ(
      infer({"Feb 29 00:00:00", "Dec  1 00:00:00", "Mar  1 00:00:00"}, "2026-11-20T00:00:00").year,
      2024);
}

TEST(FirstYear, ALineWithItsYearGoesFirst) {
  const YearAnchor told{1, 2022};
  const FirstYear found =
      infer({"Dec 30 00:00:00", "Jan  2 00:00:00"}, "2026-11-20T00:00:00", {told});
  EXPECT_EQ(found.year, 2021);
  EXPECT_FALSE(found.contradicts_bound);
  EXPECT_FALSE(found.contradicts_anchors);
  EXPECT_TRUE(infer({"Dec 30 00:00:00", "Jan  2 00:00:00"}, "2020-11-20T00:00:00", {told})
                  .contradicts_bound);
}

TEST(FirstYear, MostOfTheLinesThatDisagreeWin) {
  const FirstYear found =
      infer({"Jun  1 00:00:00"}, "2026-11-20T00:00:00", {{0, 2023}, {0, 1970}, {1, 2024}});
  EXPECT_EQ(found.year, 2023);
  EXPECT_TRUE(found.contradicts_anchors);
  EXPECT_EQ(infer({"Jun  1 00:00:00"}, "2026-11-20T00:00:00", {{0, 2023}, {0, 2021}}).year, 2023);
  EXPECT_TRUE(infer({"Feb 29 00:00:00"}, "2026-11-20T00:00:00", {{0, 2023}}).contradicts_anchors);
}

TEST(FirstYear, ForgedAnchorsAndBoundsDoNoHarm) {
  for (const int32_t year : {INT32_MIN, -1, INT32_MAX}) {
    for (const int32_t step : {INT32_MIN, 0, INT32_MAX}) {
      const std::vector<YearAnchor> anchors = {{step, year}};
      for (const int64_t bound : {INT64_MIN, int64_t{0}, INT64_MAX}) {
        const FirstYear found =
            infer_first_year(span_of({"Feb 29 00:00:00"}), bound, bound, anchors, paris());
        EXPECT_GE(found.year, -10'000);
        EXPECT_LE(found.year, 20'000);
        LogClock clock(paris(), year);
        clock.expect_end(bound);
        (void)clock.resolve(at("Feb 29 00:00:00"));
        EXPECT_LE(clock.find_first_year().year, 20'000);
      }
    }
  }
}

TEST(YearCounter, LooksAheadWithoutCounting) {
  YearCounter counter;
  EXPECT_EQ(counter.step_of(at("Jan  1 00:00:00")), 0);
  counter.count(at("Dec 30 00:00:00"));
  EXPECT_EQ(counter.step_of(at("2026-01-01T00:00:00Z")), 1);
  EXPECT_EQ(counter.count(at("Dec 31 00:00:00")), 0);
  EXPECT_TRUE(counter.span().any);
  EXPECT_EQ(counter.span().leap_day_step, -1);
  EXPECT_EQ(counter.span().last.day, 31);
  EXPECT_EQ(counter.span().first.day, 30);
}

// plaso/tests/parsers/text_plugins/syslog.py: event 9 of this file lies a year after event 0.
TEST(LogClockOfPlaso, YearIsSteppedWherePlasoStepsIt) {
  const char* shared = std::getenv("GENBA_SHARED_DIR");
  const std::string path = std::string(shared == nullptr ? "../shared" : shared) +
                           "/data/plaso-linux/test_data/syslog/syslog";
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no " << path;
  }
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  std::vector<LogTime> times;
  YearCounter counter;
  for (std::string_view rest = bytes; !rest.empty();) {
    std::string_view line = next_line(rest);
    LogTime time;
    if (take_syslog_time(line, time)) {
      counter.count(time);
      times.push_back(time);
    }
  }
  ASSERT_EQ(times.size(), 16U);
  const FirstYear first =
      infer_first_year(counter.span(), unix_time("2016-06-01T00:00:00"), kClockSlack, {}, utc());
  EXPECT_EQ(first.year, 2012);
  LogClock clock(utc(), first.year);
  std::vector<std::string> found;
  for (const LogTime& time : times) {
    found.push_back(shown(clock.resolve(time)));
  }
  EXPECT_EQ(found[0], "2012-01-22T07:52:33");
  EXPECT_EQ(found[6], "2012-02-29T01:15:43");
  EXPECT_EQ(found[7], "2012-12-18T17:54:32");
  EXPECT_EQ(found[9], "2013-03-23T23:01:18");
  EXPECT_EQ(found[12], "2014-02-06T15:16:30");
  EXPECT_EQ(found[15], "2014-11-18T08:31:20");
}

}  // namespace
}  // namespace genba::parse
