// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/rhythm.h"

#include "gtest/gtest.h"

namespace genba::collect::logs {
namespace {

// A line every ten minutes for `hours`, beginning at `from`.
Rhythm steady(int64_t from, int hours) {
  Rhythm rhythm;
  for (int i = 0; i < hours * 6; ++i) {
    rhythm.add(from + i * 600, i + 1);
  }
  return rhythm;
}

TEST(Rhythm, SilenceThatTheLogNeverHadStandsOut) {
  Rhythm rhythm = steady(0, 200);
  rhythm.append(steady(200 * 3600 + 4 * 3600, 200));
  EXPECT_EQ(rhythm.usual_silence(), 1024);  // 600 s, rounded up
  ASSERT_FALSE(rhythm.silences().empty());
  EXPECT_EQ(rhythm.silences()[0].to - rhythm.silences()[0].from, 4 * 3600 + 600);
  EXPECT_EQ(rhythm.silences_from(3600), 1U);
}

TEST(Rhythm, LogThatIsOftenSilentIsUsedToIt) {
  Rhythm rhythm;
  for (int i = 0; i < 300; ++i) {
    rhythm.add(int64_t{i} * 86'400, i + 1);
  }
  EXPECT_GE(rhythm.usual_silence(), 86'400);
}

TEST(Rhythm, ManyLinesOfOneSecondAreNoSilence) {
  Rhythm rhythm;
  for (int i = 0; i < 1000; ++i) {
    rhythm.add(77, i + 1);
  }
  EXPECT_EQ(rhythm.lines(), 1000);
  EXPECT_EQ(rhythm.usual_silence(), 0);
  EXPECT_TRUE(rhythm.silences().empty());
  EXPECT_EQ(rhythm.first(), 77);
  EXPECT_EQ(rhythm.last(), 77);
}

TEST(Rhythm, TimesThatGoBackAreKeptAndSmallOnesAreNot) {
  Rhythm rhythm;
  rhythm.add(1000, 1);
  rhythm.add(995, 2);
  rhythm.add(100, 3);
  ASSERT_EQ(rhythm.steps_back().size(), 1U);
  EXPECT_EQ(rhythm.steps_back()[0].from, 995);
  EXPECT_EQ(rhythm.steps_back()[0].to, 100);
  EXPECT_EQ(rhythm.steps_back()[0].line, 3);
}

TEST(Rhythm, LinesOfSiblingsAreCountedInsideTheSilence) {
  const Rhythm rhythm = steady(0, 10);
  EXPECT_EQ(rhythm.lines_within(3600, 7200), 5);  // 4200, 4800, 5400, 6000, 6600
  EXPECT_EQ(rhythm.lines_within(100, 200), 0);
}

// A collector of logs from two hosts whose clocks are an hour apart.
TEST(Rhythm, LinesThatComeInTurnsAreCountedByTheirTimes) {
  Rhythm rhythm;
  Rhythm later;
  for (int64_t i = 0; i < 400'000; ++i) {
    rhythm.add(i / 100 + (i % 2) * 3600, i + 1);
    later.add(i / 100 + (i % 2) * 3600, i + 1);
  }
  rhythm.append(later);
  EXPECT_EQ(rhythm.lines(), 800'000);
  EXPECT_EQ(rhythm.lines_within(-600, 600), 60'000);  // the first host's, twice
  EXPECT_EQ(rhythm.lines_within(-600, 9000), 800'000);
}

TEST(RhythmSum, CountsTheLinesOfAllLogs) {
  const Rhythm ten = steady(0, 10);
  const Rhythm some = steady(-2400, 20);
  RhythmSum sum;
  sum.add(ten);
  sum.add(Rhythm());
  sum.add(some);
  sum.settle();
  const std::pair<int64_t, int64_t> stretches[] = {{3600, 7200},    {-5000, 100}, {100, 200},
                                                   {-9000, 90'000}, {7200, 3600}, {90'000, 99'000}};
  for (const auto& [from, to] : stretches) {
    EXPECT_EQ(sum.lines_within(from, to), ten.lines_within(from, to) + some.lines_within(from, to));
  }
  EXPECT_EQ(RhythmSum().lines_within(0, 90'000), 0);
}

TEST(Rhythm, PartsAreOneLog) {
  Rhythm first;
  first.add(0, 1);
  Rhythm second(3);
  second.add(5000, 11);
  second.add(9000, 12);
  first.append(second);
  EXPECT_EQ(first.lines(), 3);
  EXPECT_EQ(first.last(), 9000);
  ASSERT_EQ(first.silences().size(), 2U);
  EXPECT_EQ(first.silences()[0].line, 11);
  EXPECT_EQ(first.silences()[0].file, 3);
  EXPECT_EQ(first.silences()[1].line, 12);
}

}  // namespace
}  // namespace genba::collect::logs
