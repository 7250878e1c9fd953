// SPDX-License-Identifier: Apache-2.0
#include "parse/zone_info/zone_info.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "parse/log_time/calendar.h"

namespace genba::parse {
namespace {

using Kind = ZoneInfo::Local::Kind;

constexpr int32_t kHour = 3600;

/// A civil time counted as if it were UTC.
int64_t civil(int64_t year, int32_t month, int32_t day, int32_t hour = 0, int32_t minute = 0,
              int32_t second = 0) {
  return days_from_civil(year, month, day) * kSecondsPerDay + hour * 3600 + minute * 60 + second;
}

ZoneInfo rule(std::string_view tz) {
  const auto zone = ZoneInfo::parse_posix(tz);
  EXPECT_TRUE(zone) << tz;
  return zone ? *zone : ZoneInfo::utc();
}

void expect_local(const ZoneInfo& zone, int64_t local, Kind kind, int64_t first, int64_t second) {
  const ZoneInfo::Local found = zone.to_utc(local);
  EXPECT_EQ(found.kind, kind);
  EXPECT_EQ(found.seconds, first);
  EXPECT_EQ(found.second_reading, second);
}

void expect_once(const ZoneInfo& zone, int64_t local, int64_t utc) {
  expect_local(zone, local, Kind::kOnce, utc, utc);
}

std::string be32(uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += static_cast<char>(value >> shift & 0xFFU);
  }
  return out;
}

std::string be64(int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  return be32(static_cast<uint32_t>(bits >> 32U)) + be32(static_cast<uint32_t>(bits));
}

/// The parts of a time zone file, for files that no compiler of zones would write.
struct File {
  struct Change {
    int64_t at;
    uint8_t type;
  };
  char version = '2';
  std::vector<Change> changes;
  std::vector<int32_t> offsets = {0};
  std::vector<std::pair<int64_t, int32_t>> leaps;
  std::string footer = "\n\n";

  std::string header() const {
    return "TZif" + std::string(1, version) + std::string(15, '\0') + be32(0) + be32(0) +
           be32(static_cast<uint32_t>(leaps.size())) + be32(static_cast<uint32_t>(changes.size())) +
           be32(static_cast<uint32_t>(offsets.size())) + be32(4);
  }
  std::string block(bool wide) const {
    const auto time = [&](int64_t at) { return wide ? be64(at) : be32(static_cast<uint32_t>(at)); };
    std::string out;
    for (const Change& change : changes) {
      out += time(change.at);
    }
    for (const Change& change : changes) {
      out += static_cast<char>(change.type);
    }
    for (const int32_t offset : offsets) {
      out += be32(static_cast<uint32_t>(offset)) + std::string(2, '\0');
    }
    out += std::string("ABC\0", 4);
    for (const auto& [at, correction] : leaps) {
      out += time(at) + be32(static_cast<uint32_t>(correction));
    }
    return out;
  }
  std::string bytes() const {
    return version == '\0' ? header() + block(false)
                           : header() + block(false) + header() + block(true) + footer;
  }
};

ZoneInfo read(const File& file) {
  const auto zone = ZoneInfo::parse_tzif(file.bytes());
  EXPECT_TRUE(zone);
  return zone ? *zone : ZoneInfo::utc();
}

bool damaged(const std::string& bytes) {
  const auto zone = ZoneInfo::parse_tzif(bytes);
  return !zone && zone.error().code == base::ErrorCode::kDamaged;
}

TEST(ZoneInfo, FixedZonesNeverChange) {
  EXPECT_EQ(ZoneInfo::utc().offset_at(0), 0);
  EXPECT_EQ(ZoneInfo::fixed(-5 * kHour).offset_at(INT64_MAX), -5 * kHour);
  expect_once(ZoneInfo::fixed(9 * kHour), civil(2026, 11, 21, 9), civil(2026, 11, 21));
  EXPECT_EQ(ZoneInfo::fixed(INT32_MAX).offset_at(0), kMostSecondsEast);
  (void)ZoneInfo::utc().to_utc(INT64_MIN);
  (void)ZoneInfo::fixed(1).to_utc(INT64_MAX);
}

TEST(ZoneInfo, PosixSignsPointWest) {
  EXPECT_EQ(rule("JST-9").offset_at(0), 9 * kHour);
  EXPECT_EQ(rule("<+09>-9").offset_at(0), 9 * kHour);
  EXPECT_EQ(rule("UTC+9").offset_at(0), -9 * kHour);
  EXPECT_EQ(rule("GMT0").offset_at(0), 0);
  EXPECT_EQ(rule("IST-5:30").offset_at(0), 5 * kHour + 1800);
  EXPECT_EQ(rule("ABC1:02:03").offset_at(0), -3723);
}

TEST(ZoneInfo, PosixRuleOfParis) {
  const ZoneInfo zone = rule("CET-1CEST,M3.5.0,M10.5.0/3");
  const int64_t spring = civil(2026, 3, 29, 1);
  EXPECT_EQ(zone.offset_at(spring - 1), kHour);
  EXPECT_EQ(zone.offset_at(spring), 2 * kHour);
  const int64_t autumn = civil(2026, 10, 25, 1);
  EXPECT_EQ(zone.offset_at(autumn - 1), 2 * kHour);
  EXPECT_EQ(zone.offset_at(autumn), kHour);
  const ZoneInfo::Span summer = zone.span_at(civil(2026, 7, 1));
  EXPECT_EQ(summer.begin, spring);
  EXPECT_EQ(summer.end, autumn);

  expect_once(zone, civil(2026, 3, 29, 1, 59, 59), spring - 1);
  expect_local(zone, civil(2026, 3, 29, 2, 30), Kind::kSkipped, spring + 1800, spring - 1800);
  expect_once(zone, civil(2026, 3, 29, 3), spring);
  expect_once(zone, civil(2026, 10, 25, 1, 59, 59), autumn - kHour - 1);
  expect_local(zone, civil(2026, 10, 25, 2), Kind::kTwice, autumn - kHour, autumn);
  expect_local(zone, civil(2026, 10, 25, 2, 59, 59), Kind::kTwice, autumn - 1, autumn + kHour - 1);
  expect_once(zone, civil(2026, 10, 25, 3), autumn + kHour);
}

TEST(ZoneInfo, PosixRuleOfTheSouthHasSummerOverNewYear) {
  const ZoneInfo zone = rule("AEST-10AEDT,M10.1.0,M4.1.0/3");
  EXPECT_EQ(zone.offset_at(civil(2026, 1, 1)), 11 * kHour);
  EXPECT_EQ(zone.offset_at(civil(2026, 12, 31, 23)), 11 * kHour);
  EXPECT_EQ(zone.offset_at(civil(2026, 7, 1)), 10 * kHour);
  const ZoneInfo::Span summer = zone.span_at(civil(2027, 1, 1));
  EXPECT_EQ(summer.begin, civil(2026, 10, 3, 16));
  EXPECT_EQ(summer.end, civil(2027, 4, 3, 16));
}

TEST(ZoneInfo, PosixDaysOfAllKinds) {
  // J60 is 1 March in each year; 59 is 29 February in a leap year.
  const ZoneInfo julian = rule("AAA0BBB,J60/0,J61/0");
  EXPECT_EQ(julian.span_at(civil(2028, 3, 1, 5)).begin, civil(2028, 3, 1));
  EXPECT_EQ(julian.span_at(civil(2027, 3, 1, 5)).begin, civil(2027, 3, 1));
  const ZoneInfo based = rule("AAA0BBB,59/0,60/0");
  EXPECT_EQ(based.span_at(civil(2028, 2, 29, 5)).begin, civil(2028, 2, 29));
  EXPECT_EQ(based.span_at(civil(2027, 3, 1, 5)).begin, civil(2027, 3, 1));
  // Gaza: the hour of a day may lie days behind it.
  const ZoneInfo gaza = rule("EET-2EEST,M3.4.4/50,M10.4.4/50");
  EXPECT_EQ(gaza.span_at(civil(2026, 7, 1)).begin, civil(2026, 3, 28));
  // Godthab: or before it.
  const ZoneInfo nuuk = rule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0");
  EXPECT_EQ(nuuk.span_at(civil(2026, 7, 1)).begin, civil(2026, 3, 29, 1));
  // Dublin: "summer" has less than standard time.
  const ZoneInfo dublin = rule("IST-1GMT0,M10.5.0,M3.5.0/1");
  EXPECT_EQ(dublin.offset_at(civil(2026, 1, 1)), 0);
  EXPECT_EQ(dublin.offset_at(civil(2026, 7, 1)), kHour);
}

TEST(ZoneInfo, SummerTimeAllTheYearHasNoGap) {
  const ZoneInfo zone = rule("XXX3EDT4,0/0,J365/23");
  for (int64_t time = civil(2027, 12, 30); time < civil(2028, 1, 3); time += 1800) {
    ASSERT_EQ(zone.offset_at(time), -4 * kHour);
    ASSERT_EQ(zone.to_utc(time - 4 * kHour).kind, Kind::kOnce);
  }
}

TEST(ZoneInfo, SummerTimeWithoutRuleFollowsTheUnitedStates) {
  const ZoneInfo zone = rule("EST5EDT");
  EXPECT_EQ(zone.span_at(civil(2026, 7, 1)).begin, civil(2026, 3, 8, 7));
  EXPECT_EQ(zone.span_at(civil(2026, 7, 1)).end, civil(2026, 11, 1, 6));
}

TEST(ZoneInfo, StringsThatAreNoRuleAreRefused) {
  for (const char* bad : {"",
                          "JST",
                          "JS-9",
                          "-9",
                          ":Europe/Paris",
                          "Europe/Paris",
                          "JST-25",
                          "JST-9x",
                          "<+09-9",
                          "<+9>-9",
                          "CET-1CEST,M3.5.0",
                          "CET-1CEST,M13.5.0,M10.5.0",
                          "CET-1CEST,M3.6.0,M10.5.0",
                          "CET-1CEST,M3.0.0,M10.5.0",
                          "CET-1CEST,M3.5.7,M10.5.0",
                          "CET-1CEST,J0,J1",
                          "CET-1CEST,J366,J1",
                          "CET-1CEST,366,1",
                          "CET-1CEST,M3.5.0/168,M10.5.0",
                          "JST-9:60",
                          "JST-9:",
                          "CET-1CEST,M3.5.0,M10.5.0,",
                          "JST--9",
                          "JST99999999999999999999",
                          "CET-1CE"}) {
    EXPECT_FALSE(ZoneInfo::parse_posix(bad)) << bad;
  }
  EXPECT_FALSE(ZoneInfo::parse_posix(std::string(1'000'000, 'A') + "-9"));
  EXPECT_FALSE(ZoneInfo::parse_posix(std::string_view("JST-9\0", 6)));
}

TEST(ZoneInfo, FileOfVersionOneHasNoRule) {
  File file;
  file.version = '\0';
  file.offsets = {kHour, 2 * kHour};
  file.changes = {{1000, 1}, {500'000, 0}, {900'000, 1}};
  const ZoneInfo zone = read(file);
  EXPECT_EQ(zone.offset_at(999), kHour);
  EXPECT_EQ(zone.offset_at(1000), 2 * kHour);
  EXPECT_EQ(zone.offset_at(500'000), kHour);
  EXPECT_EQ(zone.offset_at(INT64_MAX), 2 * kHour);
  EXPECT_EQ(zone.span_at(0).begin, INT64_MIN);
  EXPECT_EQ(zone.span_at(1'000'000).end, INT64_MAX);
}

TEST(ZoneInfo, WideTimesAndFooterAreTakenFromTheSecondBlock) {
  for (const char version : {'2', '3', '4', '5'}) {
    File file;
    file.version = version;
    file.offsets = {-100, kHour};
    file.changes = {{-10'000'000'000, 1}};
    file.footer = "\nCET-1CEST,M3.5.0,M10.5.0/3\n";
    const ZoneInfo zone = read(file);
    EXPECT_EQ(zone.offset_at(-10'000'000'001), -100);
    EXPECT_EQ(zone.offset_at(-10'000'000'000), kHour);
    EXPECT_EQ(zone.offset_at(civil(2200, 7, 1)), 2 * kHour);
  }
}

TEST(ZoneInfo, TheRuleDoesNotHoldBeforeTheLastTransition) {
  File file;
  file.offsets = {kHour, kHour};
  file.changes = {{civil(2000, 1, 1), 1}, {civil(2020, 1, 1), 0}};
  file.footer = "\nCET-1CEST,M3.5.0,M10.5.0/3\n";
  const ZoneInfo zone = read(file);
  EXPECT_EQ(zone.offset_at(civil(2019, 7, 1)), kHour);
  EXPECT_EQ(zone.offset_at(civil(2020, 7, 1)), 2 * kHour);
  EXPECT_EQ(zone.span_at(civil(2020, 1, 2)).begin, civil(2020, 1, 1));
}

TEST(ZoneInfo, LeapSecondsAreTakenOut) {
  File file;
  file.offsets = {0, kHour};
  file.leaps = {{78'796'800, 1}, {94'694'401, 2}};
  file.changes = {{78'796'799, 1}, {90'000'001, 0}, {100'000'002, 1}};
  const ZoneInfo zone = read(file);
  EXPECT_EQ(zone.span_at(80'000'000).begin, 78'796'799);
  EXPECT_EQ(zone.span_at(80'000'000).end, 90'000'000);
  EXPECT_EQ(zone.span_at(95'000'000).end, 100'000'000);
}

TEST(ZoneInfo, EveryCutOfAFileIsDamage) {
  File file;
  file.offsets = {kHour, 2 * kHour};
  file.changes = {{1000, 1}, {500'000, 0}};
  file.leaps = {{5, 1}};
  file.footer = "\nCET-1\n";
  const std::string bytes = file.bytes();
  for (size_t length = 0; length < bytes.size(); ++length) {
    ASSERT_TRUE(damaged(bytes.substr(0, length))) << length;
  }
  EXPECT_TRUE(ZoneInfo::parse_tzif(bytes));
  EXPECT_TRUE(ZoneInfo::parse_tzif(bytes + "anything"));
}

TEST(ZoneInfo, CountsThatLieAreDamage) {
  const std::string bytes = File{}.bytes();
  for (const bool second : {false, true}) {
    const size_t header = second ? File{}.header().size() + File{}.block(false).size() : 0;
    for (size_t count = 0; count < 6; ++count) {
      for (const uint32_t value : {0x7FFFFFFFU, 0xFFFFFFFFU, 100'000U}) {
        std::string broken = bytes;
        broken.replace(header + 20 + count * 4, 4, be32(value));
        ASSERT_TRUE(damaged(broken)) << second << " " << count << " " << value;
      }
    }
  }
  File none;
  none.offsets = {};
  EXPECT_TRUE(damaged(none.bytes()));
}

TEST(ZoneInfo, ContentsThatCannotBeAreDamage) {
  File file;
  file.offsets = {kHour};
  file.changes = {{1000, 1}};
  EXPECT_TRUE(damaged(file.bytes())) << "no such type";
  file.changes = {{1000, 0}, {1000, 0}};
  EXPECT_TRUE(damaged(file.bytes())) << "order";
  file.changes = {};
  file.offsets = {kMostSecondsEast + 1};
  EXPECT_TRUE(damaged(file.bytes())) << "offset";
  file.offsets = {INT32_MIN};
  EXPECT_TRUE(damaged(file.bytes())) << "offset";
  file.offsets = {0};
  file.footer = "\nnonsense\n";
  EXPECT_TRUE(damaged(file.bytes())) << "footer";
  file.footer = "CET-1\n";
  EXPECT_TRUE(damaged(file.bytes())) << "footer";
  file.footer = "\n\n";
  file.leaps = {{10, 1}, {10, 2}};
  EXPECT_TRUE(damaged(file.bytes())) << "leap seconds";
  EXPECT_EQ(ZoneInfo::parse_tzif(std::string((1U << 20U) + 1, '\0')).error().code,
            base::ErrorCode::kTooLarge);
}

TEST(ZoneInfo, TransitionsOfASecondEachDoNoHarm) {
  File file;
  file.offsets = {0, kMostSecondsEast, -kMostSecondsWest};
  for (int64_t i = 0; i < 20'000; ++i) {
    file.changes.push_back({i, static_cast<uint8_t>(i % 3)});
  }
  const ZoneInfo zone = read(file);
  for (int64_t time = -200'000; time < 200'000; time += 997) {
    (void)zone.to_utc(time);
    const ZoneInfo::Span steady = zone.steady_local_at(time);
    if (steady.begin < steady.end && time >= steady.begin && time < steady.end) {
      ASSERT_EQ(zone.to_utc(time).kind, Kind::kOnce);
    }
  }
  EXPECT_EQ(zone.offset_at(7), kMostSecondsEast);
}

TEST(ZoneInfo, TransitionsBeyondAllTimeDoNotDoubleTheTimesBefore) {
  File file;
  file.offsets = {0, kHour};
  file.changes = {{INT64_MIN, 1}, {1000, 0}, {INT64_MAX, 1}};
  const ZoneInfo zone = read(file);
  expect_once(zone, civil(2026, 1, 1), civil(2026, 1, 1));
  expect_once(zone, 0, -kHour);
  EXPECT_EQ(zone.to_utc(INT64_MAX).kind, Kind::kOnce);
  EXPECT_EQ(zone.to_utc(INT64_MIN).kind, Kind::kOnce);
  EXPECT_EQ(rule("CET-1CEST,M3.5.0,M10.5.0/3").to_utc(INT64_MAX).kind, Kind::kOnce);
}

class ZoneInfoOfThisMachine : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::ifstream("/usr/share/zoneinfo/Europe/Paris")) {
      GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no time zone files in /usr/share/zoneinfo";
    }
  }
  static ZoneInfo zone(const std::string& name) {
    std::ifstream file("/usr/share/zoneinfo/" + name, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    const auto result = ZoneInfo::parse_tzif(bytes);
    EXPECT_TRUE(result) << name;
    return result ? *result : ZoneInfo::utc();
  }
};

TEST_F(ZoneInfoOfThisMachine, Paris) {
  const ZoneInfo paris = zone("Europe/Paris");
  EXPECT_EQ(paris.offset_at(civil(1900, 1, 1)), 561);  // Paris mean time
  EXPECT_EQ(paris.offset_at(civil(1970, 7, 1)), kHour);
  EXPECT_EQ(paris.offset_at(civil(2026, 3, 29, 1) - 1), kHour);
  EXPECT_EQ(paris.offset_at(civil(2026, 3, 29, 1)), 2 * kHour);
  EXPECT_EQ(paris.offset_at(civil(2026, 10, 25, 1)), kHour);
  EXPECT_EQ(paris.offset_at(civil(2075, 7, 1)), 2 * kHour);
  EXPECT_EQ(paris.offset_at(civil(2075, 12, 1)), kHour);
  expect_local(paris, civil(2026, 10, 25, 2, 30), Kind::kTwice, civil(2026, 10, 25, 0, 30),
               civil(2026, 10, 25, 1, 30));
  expect_local(paris, civil(2075, 3, 31, 2, 30), Kind::kSkipped, civil(2075, 3, 31, 1, 30),
               civil(2075, 3, 31, 0, 30));
}

TEST_F(ZoneInfoOfThisMachine, NewYork) {
  const ZoneInfo york = zone("America/New_York");
  EXPECT_EQ(york.offset_at(civil(2026, 3, 8, 7) - 1), -5 * kHour);
  EXPECT_EQ(york.offset_at(civil(2026, 3, 8, 7)), -4 * kHour);
  EXPECT_EQ(york.offset_at(civil(2006, 4, 1)), -5 * kHour);  // the rule before 2007
  EXPECT_EQ(york.offset_at(civil(2006, 4, 2, 7)), -4 * kHour);
  EXPECT_EQ(york.offset_at(civil(2060, 11, 7, 6) - 1), -4 * kHour);
  EXPECT_EQ(york.offset_at(civil(2060, 11, 7, 6)), -5 * kHour);
  expect_local(york, civil(2026, 11, 1, 1), Kind::kTwice, civil(2026, 11, 1, 5),
               civil(2026, 11, 1, 6));
  expect_once(york, civil(2026, 11, 1, 2), civil(2026, 11, 1, 7));
}

TEST_F(ZoneInfoOfThisMachine, Tokyo) {
  const ZoneInfo tokyo = zone("Asia/Tokyo");
  EXPECT_EQ(tokyo.offset_at(civil(1949, 7, 1)), 10 * kHour);
  EXPECT_EQ(tokyo.offset_at(civil(1970, 1, 1)), 9 * kHour);
  EXPECT_EQ(tokyo.offset_at(civil(2126, 7, 1)), 9 * kHour);
  expect_once(tokyo, civil(2026, 11, 21, 3, 12, 9), civil(2026, 11, 20, 18, 12, 9));
  EXPECT_EQ(tokyo.steady_local_at(civil(2026, 1, 1)).end, INT64_MAX);
}

TEST_F(ZoneInfoOfThisMachine, LordHoweMovesByHalfAnHour) {
  const ZoneInfo howe = zone("Australia/Lord_Howe");
  EXPECT_EQ(howe.offset_at(civil(2026, 4, 4, 15) - 1), 11 * kHour);
  EXPECT_EQ(howe.offset_at(civil(2026, 4, 4, 15)), 10 * kHour + 1800);
  EXPECT_EQ(howe.offset_at(civil(2026, 10, 3, 15, 30)), 11 * kHour);
  EXPECT_EQ(howe.offset_at(civil(2090, 1, 1)), 11 * kHour);
  expect_once(howe, civil(2026, 4, 5, 1, 29, 59), civil(2026, 4, 4, 14, 29, 59));
  expect_local(howe, civil(2026, 4, 5, 1, 30), Kind::kTwice, civil(2026, 4, 4, 14, 30),
               civil(2026, 4, 4, 15));
  expect_once(howe, civil(2026, 4, 5, 2), civil(2026, 4, 4, 15, 30));
  expect_local(howe, civil(2026, 10, 4, 2, 15), Kind::kSkipped, civil(2026, 10, 3, 15, 45),
               civil(2026, 10, 3, 15, 15));
}

TEST_F(ZoneInfoOfThisMachine, CasablancaGoesBackInRamadan) {
  const ZoneInfo casablanca = zone("Africa/Casablanca");
  EXPECT_EQ(casablanca.offset_at(civil(2025, 2, 23, 2) - 1), kHour);
  EXPECT_EQ(casablanca.offset_at(civil(2025, 2, 23, 2)), 0);
  EXPECT_EQ(casablanca.offset_at(civil(2025, 4, 6, 2) - 1), 0);
  EXPECT_EQ(casablanca.offset_at(civil(2025, 4, 6, 2)), kHour);
  EXPECT_EQ(casablanca.offset_at(civil(2025, 7, 1)), kHour);
  EXPECT_EQ(casablanca.offset_at(civil(2100, 7, 1)), kHour);
  expect_local(casablanca, civil(2025, 2, 23, 2, 30), Kind::kTwice, civil(2025, 2, 23, 1, 30),
               civil(2025, 2, 23, 2, 30));
}

TEST_F(ZoneInfoOfThisMachine, Kolkata) {
  const ZoneInfo kolkata = zone("Asia/Kolkata");
  EXPECT_EQ(kolkata.offset_at(civil(2026, 1, 1)), 5 * kHour + 1800);
  EXPECT_EQ(kolkata.offset_at(civil(2126, 1, 1)), 5 * kHour + 1800);
  expect_once(kolkata, civil(2026, 1, 1, 0, 0), civil(2025, 12, 31, 18, 30));
}

TEST_F(ZoneInfoOfThisMachine, NamesOfEtcPointWest) {
  EXPECT_EQ(zone("Etc/GMT-9").offset_at(0), 9 * kHour);
  EXPECT_EQ(zone("Etc/GMT+5").offset_at(0), -5 * kHour);
}

TEST_F(ZoneInfoOfThisMachine, RightZonesGiveUnixTimes) {
  if (!std::ifstream("/usr/share/zoneinfo/right/America/New_York")) {
    GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no zones with leap seconds";
  }
  const ZoneInfo right = zone("right/America/New_York");
  EXPECT_EQ(right.offset_at(civil(2017, 3, 12, 7) - 1), -5 * kHour);
  EXPECT_EQ(right.offset_at(civil(2017, 3, 12, 7)), -4 * kHour);
}

void expect_there_and_back(const ZoneInfo& zone, int64_t time) {
  const int64_t local = time + zone.offset_at(time);
  const ZoneInfo::Local back = zone.to_utc(local);
  EXPECT_NE(back.kind, Kind::kSkipped) << time;
  EXPECT_TRUE(back.seconds == time || back.second_reading == time) << time;
  const ZoneInfo::Span steady = zone.steady_local_at(time);
  const bool is_steady = local >= steady.begin && local < steady.end;
  EXPECT_EQ(is_steady, back.kind == Kind::kOnce) << time;
}

TEST_F(ZoneInfoOfThisMachine, ThereAndBackAgain) {
  for (const char* name : {"Europe/Paris", "America/New_York", "Australia/Lord_Howe",
                           "Africa/Casablanca", "Asia/Gaza", "Europe/Dublin", "Antarctica/Troll",
                           "Pacific/Apia", "America/Sao_Paulo", "Asia/Pyongyang"}) {
    SCOPED_TRACE(name);
    const ZoneInfo here = zone(name);
    int64_t middle = civil(1990, 1, 1);
    for (int64_t begin = middle; begin < civil(2050, 1, 1); begin = here.span_at(middle).end) {
      for (int64_t time = begin - 3 * kHour; time < begin + 3 * kHour; time += 299) {
        expect_there_and_back(here, time);
      }
      middle = begin + 86'400;
      expect_there_and_back(here, middle);
    }
  }
}

}  // namespace
}  // namespace genba::parse
