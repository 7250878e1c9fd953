// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/attempts.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "gtest/gtest.h"

namespace genba::collect::logs {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;

Attempt attempt(int64_t time, std::string_view address = "203.0.113.7",
                std::string_view username = "root") {
  Attempt each;
  each.address = address;
  each.username = username;
  each.method = "password";
  each.program = "sshd";
  each.time = each.last_time = time;
  each.line = time / kSecond + 1;
  return each;
}

// "address user from-to count @file:line;" in minutes, by time.
std::string told(Attempts& attempts) {
  attempts.settle();
  std::vector<std::string> rows;
  for (const Episode& episode : attempts.episodes()) {
    rows.push_back(fmt::format("{} {} {:03}-{:03} x{} @{}:{};", attempts.text(episode.address),
                               attempts.text(episode.username), episode.time / kMinute,
                               episode.last_time / kMinute, episode.count, episode.file,
                               episode.line));
  }
  std::sort(rows.begin(), rows.end());
  std::string out;
  for (const std::string& row : rows) {
    out += row;
  }
  return out;
}

TEST(Attempts, OnesWithinAnHourAreOneEpisode) {
  Attempts attempts;
  attempts.add(attempt(0), 0);
  attempts.add(attempt(59 * kMinute), 0);
  attempts.add(attempt(119 * kMinute), 0);  // an hour after the last, not after the first
  EXPECT_EQ(told(attempts), "203.0.113.7 root 000-119 x3 @0:1;");
}

TEST(Attempts, AnHourAndANanosecondIsAnotherEpisode) {
  Attempts attempts;
  attempts.add(attempt(0), 0);
  attempts.add(attempt(kHour), 0);
  attempts.add(attempt(2 * kHour + 1), 0);
  EXPECT_EQ(told(attempts),
            "203.0.113.7 root 000-060 x2 @0:1;203.0.113.7 root 120-120 x1 @0:7201;");
}

TEST(Attempts, EarlierOneGivesTheEpisodeItsPlace) {
  Attempts attempts;
  Attempt late = attempt(30 * kMinute);
  late.file = 2;
  Attempt early = attempt(10 * kMinute);
  early.file = 1;
  attempts.add(late, 0);
  attempts.add(early, 0);
  EXPECT_EQ(told(attempts), "203.0.113.7 root 010-030 x2 @1:601;");
}

TEST(Attempts, AnythingThatDiffersIsAnotherEpisode) {
  Attempts attempts;
  attempts.add(attempt(0), 0);
  attempts.add(attempt(0, "203.0.113.8"), 0);
  attempts.add(attempt(0, "203.0.113.7", "admin"), 0);
  attempts.add(attempt(0), 1);
  Attempt other = attempt(0);
  other.method = "publickey";
  attempts.add(other, 0);
  other = attempt(0);
  other.program = "dropbear";
  attempts.add(other, 0);
  other = attempt(0);
  other.comm = "logger";
  attempts.add(other, 0);
  other = attempt(0);
  other.outcome = parse::AuthOutcome::kInvalidUser;
  attempts.add(other, 0);
  ASSERT_EQ(attempts.episodes().size(), 8U);
  const AttemptWay& forged = attempts.way_of(attempts.episodes()[6]);
  EXPECT_EQ(attempts.text(forged.program), "sshd");
  EXPECT_EQ(attempts.text(forged.comm), "logger");
  EXPECT_EQ(attempts.way_of(attempts.episodes()[3]).source, 1);
}

// The account's name is the attacker's: what does not fit is not told apart.
TEST(Attempts, LongNamesAreKeptToTheirBeginning) {
  Attempts attempts;
  const std::string name(100'000, 'x');
  attempts.add(attempt(0, "203.0.113.7", name + "1"), 0);
  attempts.add(attempt(kMinute, "203.0.113.7", name + "2"), 0);
  attempts.add(attempt(0, std::string(100'000, '1')), 0);
  attempts.settle();
  ASSERT_EQ(attempts.episodes().size(), 2U);
  for (const Episode& episode : attempts.episodes()) {
    EXPECT_LE(attempts.text(episode.address).size() + attempts.text(episode.username).size(), 80U);
  }
}

TEST(Attempts, NamesOfThirtyTwoBytesAreKeptWholeBesideAnyAddress) {
  // useradd's longest name; the longest text of an address without an IPv4 tail.
  const std::string user(32, 'u');
  const std::string address = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff";
  Attempts attempts;
  attempts.add(attempt(0, address, user), 0);
  EXPECT_EQ(told(attempts), address + " " + user + " 000-000 x1 @0:1;");
}

// Each pending attempt is on its way for a while: none may be lost or counted twice at any number.
TEST(Attempts, AnyNumberOfAttemptsIsCountedOnce) {
  for (int count = 0; count < 70; ++count) {
    Attempts attempts;
    for (int i = 0; i < count; ++i) {
      attempts.add(attempt(i * kSecond, fmt::format("192.0.2.{}", i % 7)), 0);
      if (i == 20) {
        attempts.settle();
      }
    }
    attempts.settle();
    uint32_t counted = 0;
    for (const Episode& episode : attempts.episodes()) {
      counted += episode.count;
    }
    EXPECT_EQ(counted, static_cast<uint32_t>(count));
    EXPECT_EQ(attempts.episodes().size(), static_cast<size_t>(std::min(count, 7)));
  }
}

TEST(Attempts, LeastSureTimeHoldsForTheEpisode) {
  Attempts attempts;
  Attempt unsure = attempt(kMinute);
  unsure.certainty = base::Certainty::kInferredYear;
  attempts.add(attempt(0), 0);
  attempts.add(unsure, 0);
  EXPECT_EQ(attempts.episodes()[0].certainty, base::Certainty::kInferredYear);
}

TEST(Attempts, CountsStopAtTheirLargestNumber) {
  Attempts attempts;
  Attempt many = attempt(0);
  many.count = int64_t{1} << 40;
  attempts.add(many, 0);
  attempts.add(many, 0);
  EXPECT_EQ(attempts.episodes()[0].count, std::numeric_limits<uint32_t>::max());
  Attempt none = attempt(0, "203.0.113.9");
  none.count = -5;
  attempts.add(none, 0);
  EXPECT_EQ(attempts.episodes()[1].count, 1U);
}

TEST(Attempts, TimesAtBothEndsOfTheClockDoNotTouch) {
  Attempts attempts;
  attempts.add(attempt(std::numeric_limits<int64_t>::min()), 0);
  attempts.add(attempt(std::numeric_limits<int64_t>::max()), 0);
  EXPECT_EQ(attempts.episodes().size(), 2U);
}

// Three parts of one log, each telling what the next one's attempts join.
TEST(Attempts, PartsMergedInAnyOrderGiveTheSameEpisodes) {
  int order[] = {0, 1, 2};
  do {
    Attempts parts[3];
    parts[0].add(attempt(0), 0);
    parts[0].add(attempt(5 * kMinute, "203.0.113.8"), 0);
    parts[1].add(attempt(50 * kMinute), 0);
    parts[2].add(attempt(100 * kMinute), 0);
    parts[2].add(attempt(101 * kMinute, "203.0.113.8"), 0);
    Attempts whole;
    for (const int part : order) {
      whole.merge(std::move(parts[part]));
    }
    whole.settle();
    EXPECT_EQ(told(whole),
              "203.0.113.7 root 000-100 x3 @0:1;203.0.113.8 root 005-005 x1 @0:301;"
              "203.0.113.8 root 101-101 x1 @0:6061;")
        << order[0] << order[1] << order[2];
  } while (std::next_permutation(std::begin(order), std::end(order)));
}

// A key that is tried every other hour for days, in a log of two parts; the newer part is read
// first.
TEST(Attempts, EpisodeOverTheBorderOfTwoLongPartsIsOne) {
  Attempts newer;
  Attempts older;
  for (int i = 0; i < 40; ++i) {
    older.add(attempt(i * 120 * kMinute), 0);
    newer.add(attempt((39 * 120 + 30 + i * 120) * kMinute), 0);
  }
  Attempts whole;
  whole.merge(std::move(newer));
  whole.merge(std::move(older));
  whole.settle();
  EXPECT_EQ(whole.episodes().size(), 79U);
}

TEST(Attempts, MergeKeepsTheCountOfWhatNobodyCouldBeToldOf) {
  Attempts nobody;
  nobody.add(Attempt{}, 0);
  Attempts whole;
  whole.merge(std::move(nobody));
  ASSERT_EQ(whole.left_out(), 1);
  Attempts more;
  more.add(attempt(0), 0);
  whole.merge(std::move(more));
  EXPECT_EQ(whole.left_out(), 1);
  EXPECT_EQ(whole.episodes().size(), 1U);
}

TEST(Attempts, MergeTranslatesNumbersOfTextsAndWays) {
  Attempts first;
  first.add(attempt(0, "192.0.2.1", "a"), 3);
  Attempts second;
  Attempt other = attempt(0, "192.0.2.9", "z");
  other.method = "none";
  second.add(other, 7);
  second.add(attempt(kMinute, "192.0.2.1", "a"), 3);
  first.merge(std::move(second));
  EXPECT_EQ(told(first), "192.0.2.1 a 000-001 x2 @0:1;192.0.2.9 z 000-000 x1 @0:1;");
  EXPECT_EQ(first.text(first.way_of(first.episodes()[1]).method), "none");
  EXPECT_EQ(first.way_of(first.episodes()[1]).source, 7);
  EXPECT_EQ(first.text(first.find_text("192.0.2.9")), "192.0.2.9");
  EXPECT_EQ(first.find_text("192.0.2.2"), 0U);
}

TEST(Attempts, TooManyEpisodesAreFoldedByDaysThenWholeThenWithoutNames) {
  Attempts attempts(4);
  const auto add = [&](int64_t time, std::string_view username) {
    attempts.add(attempt(time, "203.0.113.7", username), 0);
  };
  for (int i = 0; i < 4; ++i) {
    add(i * 2 * kHour, "root");
  }
  attempts.settle();
  EXPECT_EQ(attempts.episodes().size(), 4U);
  EXPECT_EQ(attempts.fineness(), Fineness::kHours);
  add(8 * kHour, "root");
  EXPECT_EQ(told(attempts), "203.0.113.7 root 000-480 x5 @0:1;");
  EXPECT_EQ(attempts.fineness(), Fineness::kDays);
  for (int i = 1; i < 5; ++i) {
    add(i * 2 * kDay, "root");
  }
  EXPECT_EQ(told(attempts), "203.0.113.7 root 000-11520 x9 @0:1;");
  EXPECT_EQ(attempts.fineness(), Fineness::kWhole);
  for (const char* name : {"admin", "test", "git", "oracle"}) {
    add(kMinute, name);
  }
  EXPECT_EQ(told(attempts), "203.0.113.7  000-11520 x13 @0:1;");
  EXPECT_EQ(attempts.fineness(), Fineness::kWithoutNames);
  for (int i = 0; i < 10; ++i) {  // addresses are never given up
    attempts.add(attempt(0, fmt::format("2001:db8::{:x}", i)), 0);
  }
  EXPECT_EQ(attempts.episodes().size(), 11U);
  EXPECT_EQ(attempts.left_out(), 0);
}

// Each line of a forger names another address and another method.
TEST(Attempts, MoreWaysThanThereIsRoomForAreCounted) {
  Attempts attempts(100);
  for (int i = 0; i < 800'000; ++i) {
    const std::string address = fmt::format("2001:db8::{:x}", i / 800);
    const std::string method = fmt::format("m{}", i % 800);
    Attempt each = attempt(0, address);
    each.method = method;
    attempts.add(each, 0);
  }
  attempts.settle();
  EXPECT_EQ(attempts.fineness(), Fineness::kWithoutNames);
  EXPECT_EQ(attempts.episodes().size(), 100 + Attempts::kMostTexts);
  EXPECT_EQ(attempts.left_out() + static_cast<int64_t>(attempts.episodes().size()), 800'000);
}

TEST(Attempts, CoarserFolderMakesTheOtherCoarseToo) {
  Attempts fine;
  fine.add(attempt(0), 0);
  fine.add(attempt(2 * kHour), 0);
  Attempts coarse(1);
  coarse.add(attempt(0, "203.0.113.8"), 0);
  coarse.add(attempt(2 * kHour, "203.0.113.8"), 0);
  coarse.settle();
  ASSERT_EQ(coarse.fineness(), Fineness::kDays);
  fine.merge(std::move(coarse));
  EXPECT_EQ(fine.fineness(), Fineness::kDays);
  EXPECT_EQ(told(fine), "203.0.113.7 root 000-120 x2 @0:1;203.0.113.8 root 000-120 x2 @0:1;");
}

TEST(Attempts, SettledEpisodesAreInOrderOfTime) {
  Attempts attempts;
  for (const int64_t hour : {9, 3, 6, 0}) {
    attempts.add(attempt(hour * kHour), 0);
  }
  attempts.settle();
  int64_t before = -1;
  for (const Episode& episode : attempts.episodes()) {
    EXPECT_GT(episode.time, before);
    before = episode.time;
  }
  EXPECT_EQ(attempts.episodes().size(), 4U);
}

TEST(Attempts, AttemptWithoutAddressIsCountedNotKept) {
  Attempts attempts;
  Attempt local = attempt(0, "");
  local.count = 3;
  attempts.add(local, 0);
  attempts.settle();
  EXPECT_TRUE(attempts.episodes().empty());
  EXPECT_EQ(attempts.left_out(), 3);
}

TEST(Attempts, ManyKeysKeepTheirCounts) {
  Attempts attempts;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 5000; ++i) {
      attempts.add(attempt(round * kMinute, fmt::format("2001:db8::{:x}", i)), 0);
    }
  }
  ASSERT_EQ(attempts.episodes().size(), 5000U);
  for (const Episode& episode : attempts.episodes()) {
    EXPECT_EQ(episode.count, 2U);
  }
}

TEST(TextPool, EmptyTextIsZeroAndEqualTextsShareANumber) {
  TextPool pool;
  EXPECT_EQ(pool.number_of(""), 0U);
  EXPECT_EQ(pool.find("a"), 0U);
  const uint32_t number = pool.number_of("a");
  const std::string nul("a\0b", 3);
  EXPECT_NE(pool.number_of(nul), number);
  EXPECT_EQ(pool.number_of("a"), number);
  EXPECT_EQ(pool.text(pool.find(nul)), nul);
  const std::string large(200'000, 'x');
  EXPECT_EQ(pool.text(pool.number_of(large)), large);
  EXPECT_EQ(pool.size(), 3U);
}

}  // namespace
}  // namespace genba::collect::logs
