// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/plan.h"

#include <chrono>
#include <string>
#include <utility>

#include "base/time.h"
#include "collect/logs/text_source.h"
#include "fmt/format.h"
#include "gtest/gtest.h"
#include "support/fake_host.h"
#include "xxhash.h"

namespace genba::collect::logs {
namespace {

using test::FakeHost;

constexpr auto kNoDeadline = std::chrono::steady_clock::time_point::max();
constexpr uint64_t kLarge = 70'000'000;

parse::LogTime day(int month, int day, int32_t year = 0) {
  parse::LogTime time;
  time.year = year;
  time.month = static_cast<int8_t>(month);
  time.day = static_cast<int8_t>(day);
  return time;
}

LogFile file(std::string path, std::string_view mtime, std::optional<parse::LogTime> first_time,
             LogFormat format = LogFormat::kSyslog, uint64_t size = 1000) {
  LogFile log;
  log.path = std::move(path);
  log.status.mtime = *base::parse_rfc3339(mtime);
  log.status.size = size;
  log.format = format;
  log.first_time = first_time;
  return log;
}

Plan plan_of(std::vector<LogFile> files, const parse::ZoneInfo& zone = parse::ZoneInfo::utc(),
             const FakeHost& host = FakeHost()) {
  std::vector<LogSet> sets(1);
  sets[0].name = "/var/log/syslog";
  sets[0].files = std::move(files);
  return make_plan(host, std::move(sets), zone);
}

std::string years(const Plan& plan) {
  std::string out;
  for (const Part& part : plan.parts) {
    out += std::to_string(part.first_year) + " ";
  }
  return out;
}

TEST(Plan, YearsGoBackOverNewYear) {
  const Plan plan = plan_of({file("/var/log/syslog.3", "2026-12-21T00:00:05Z", day(12, 14)),
                             file("/var/log/syslog.2", "2026-12-28T00:00:05Z", day(12, 21)),
                             file("/var/log/syslog.1", "2027-01-04T00:00:05Z", day(12, 28)),
                             file("/var/log/syslog", "2027-01-06T08:00:00Z", day(1, 4))});
  EXPECT_EQ(years(plan), "2026 2026 2026 2027 ");
}

// A copy without its times: only the order of the files is left.
TEST(Plan, FilesThatWereCopiedHaveTheirYearsFromTheirNeighbours) {
  const char* const copied = "2027-03-01T00:00:00Z";
  const Plan plan = plan_of(
      {file("/var/log/syslog.3", copied, day(12, 1)), file("/var/log/syslog.2", copied, day(11, 1)),
       file("/var/log/syslog.1", copied, day(1, 10)), file("/var/log/syslog", copied, day(2, 3))});
  EXPECT_EQ(years(plan), "2025 2026 2027 2027 ");
  EXPECT_EQ(plan.parts[0].bound,
            base::parse_rfc3339("2026-11-01T00:00:00Z")->nanoseconds / 1'000'000'000);
  EXPECT_EQ(plan.parts[3].bound, base::parse_rfc3339(copied)->nanoseconds / 1'000'000'000);
}

// touch -d 2020-01-01 /var/log/syslog would hide all of it from --since.
TEST(Plan, LogWhoseTimeWasSetBackDoesNotTakeTheOlderOnesWithIt) {
  const Plan plan = plan_of({file("/var/log/syslog.2", "2026-11-01T00:00:05Z", day(10, 25)),
                             file("/var/log/syslog.1", "2026-11-08T00:00:05Z", day(11, 1)),
                             file("/var/log/syslog", "2020-01-01T00:00:00Z", day(11, 8))});
  EXPECT_EQ(years(plan), "2026 2026 2026 ");
}

// truncate -s 4E /var/log/syslog
TEST(Plan, SparseFileOfAnyLengthIsPlannedAtOnce) {
  FakeHost host;
  host.add_file("/var/log/syslog", "Nov  8 03:12:09 web01 a: b\n");
  const Plan plan = plan_of({file("/var/log/syslog", "2026-11-09T00:00:00Z", day(11, 8),
                                  LogFormat::kSyslog, uint64_t{4} << 60U)},
                            parse::ZoneInfo::utc(), host);
  EXPECT_EQ(plan.parts.size(), 1U);
}

TEST(Plan, NewYearIsTheHostsNotGreenwichs) {
  const auto tokyo = parse::ZoneInfo::fixed(9 * 3600);
  const Plan plan = plan_of({file("/var/log/syslog", "2026-12-31T15:30:00Z", day(1, 1))}, tokyo);
  EXPECT_EQ(years(plan), "2027 ");
  const auto honolulu = parse::ZoneInfo::fixed(-10 * 3600);
  const Plan west =
      plan_of({file("/var/log/syslog", "2027-01-01T03:00:00Z", day(12, 31))}, honolulu);
  EXPECT_EQ(years(west), "2026 ");
}

TEST(Plan, LineADayAheadOfTheFilesChangeIsAClockNotLastYear) {
  EXPECT_EQ(years(plan_of({file("/var/log/syslog", "2026-11-08T00:00:00Z", day(11, 9))})), "2026 ");
  EXPECT_EQ(years(plan_of({file("/var/log/syslog", "2026-11-08T00:00:00Z", day(11, 11))})),
            "2025 ");
}

TEST(Plan, YearsThatAreToldBindTheOlderFiles) {
  const Plan plan = plan_of({file("/var/log/syslog.1", "2027-03-01T00:00:00Z", day(12, 1)),
                             file("/var/log/syslog", "2027-03-01T00:00:00Z", day(6, 1, 2025))});
  EXPECT_EQ(plan.parts[0].first_year, 2024);
}

// Its first line alone would say 2026: the last line lies behind the New Year.
TEST(Plan, LogOverNewYearBeginsInTheYearBefore) {
  FakeHost host;
  const std::string bytes =
      "Mar  1 00:00:00 web01 a: 1\nDec 31 23:00:00 web01 a: 2\nFeb  1 00:00:00 web01 a: 3\n";
  host.add_file("/var/log/syslog", bytes);
  for (const auto& [mtime, year] :
       {std::pair("2027-02-01T00:00:05Z", 2026), std::pair("2027-11-01T00:00:00Z", 2026)}) {
    const Plan plan =
        plan_of({file("/var/log/syslog", mtime, day(3, 1), LogFormat::kSyslog, bytes.size())},
                parse::ZoneInfo::utc(), host);
    EXPECT_EQ(plan.parts[0].first_year, year) << mtime;
  }
}

// A log of the last days of December: the last line that tells a time is in January.
TEST(Plan, LastTimeIsThatOfTheLastLineThatTellsOne) {
  FakeHost host;
  const std::string bytes =
      "Dec 30 00:00:00 web01 a: 1\nJan  2 00:00:00 web01 a: 2\n  continued\n\nunfinished";
  host.add_file("/var/log/syslog", bytes);
  EXPECT_EQ(years(plan_of({file("/var/log/syslog", "2027-01-02T00:00:00Z", day(12, 30),
                                LogFormat::kSyslog, bytes.size())},
                          parse::ZoneInfo::utc(), host)),
            "2026 ");
}

// One line from somewhere else, at the end of the youngest file or in the middle of another.
TEST(Plan, OddLineMovesNeitherItsLogNorTheOlderOnes) {
  for (const char* odd : {"Dec 25 00:00:00", "Mar  1 00:00:00", "Feb 29 00:00:00"}) {
    FakeHost host;
    const std::string youngest =
        fmt::format("Nov  8 00:00:00 web01 a: 1\nNov  9 00:00:00 web01 a: 2\n{} web01 a: 3\n", odd);
    const std::string older =
        fmt::format("Nov  1 00:00:00 web01 a: 1\n{} web01 a: 2\nNov  8 00:00:00 web01 a: 3\n", odd);
    const std::string oldest = "Oct 25 00:00:00 web01 a: 1\nOct 31 00:00:00 web01 a: 2\n";
    host.add_file("/var/log/syslog", youngest)
        .add_file("/var/log/syslog.1", older)
        .add_file("/var/log/syslog.2", oldest);
    const auto log = [](const char* path, const char* mtime, parse::LogTime first, size_t size) {
      return file(path, mtime, first, LogFormat::kSyslog, size);
    };
    EXPECT_EQ(
        years(plan_of({log("/var/log/syslog.2", "2026-11-01T00:00:00Z", day(10, 25), oldest.size()),
                       log("/var/log/syslog.1", "2026-11-08T00:00:05Z", day(11, 1), older.size()),
                       log("/var/log/syslog", "2026-11-09T00:00:01Z", day(11, 8), youngest.size())},
                      parse::ZoneInfo::utc(), host)),
        "2026 2026 2026 ")
        << odd;
  }
}

// Whatever the youngest says, the file's own time fits its last lines.
TEST(Plan, FileThatItsOwnTimeExplainsIsNotMovedByAYoungerOne) {
  FakeHost host;
  const std::string older = "Nov  1 00:00:00 web01 a: 1\nNov  8 00:00:00 web01 a: 3\n";
  host.add_file("/var/log/syslog.1", older);
  EXPECT_EQ(years(plan_of({file("/var/log/syslog.1", "2026-11-08T00:00:05Z", day(11, 1),
                                LogFormat::kSyslog, older.size()),
                           file("/var/log/syslog", "2026-11-09T00:00:00Z", day(11, 8, 2020))},
                          parse::ZoneInfo::utc(), host))
                .substr(0, 4),
            "2026");
}

TEST(Plan, FileWithoutAnyTimeDoesNotDisturbItsNeighbours) {
  const Plan plan = plan_of({file("/var/log/syslog.2", "2027-01-06T00:00:00Z", day(12, 20)),
                             file("/var/log/syslog.1", "2027-01-06T00:00:00Z", std::nullopt),
                             file("/var/log/syslog", "2027-01-06T00:00:00Z", day(1, 2))});
  EXPECT_EQ(plan.parts[0].first_year, 2026);
  EXPECT_EQ(plan.parts[2].first_year, 2027);
}

// What the lines of some parts are, one after the other.
struct Lines {
  uint64_t count = 0;
  uint64_t bytes = 0;
  uint64_t hash = 0;
  uint64_t next = 0;  // offset behind the last line
  bool contiguous = true;
};

void add_lines(const FakeHost& host, uint64_t from, uint64_t to, Lines& lines) {
  const TextRead read =
      read_text(host, {"/var/log/syslog", parse::Compression::kNone, from, to}, kNoDeadline,
                [&](const parse::LogLine& line) {
                  ++lines.count;
                  lines.bytes += line.length;
                  lines.hash = XXH3_64bits_withSeed(line.text.data(), line.text.size(), lines.hash);
                  lines.contiguous = lines.contiguous && line.offset == lines.next;
                  lines.next = line.offset + line.length + 1;
                  return true;
                });
  EXPECT_FALSE(read.error);
}

TEST(Plan, LargeFileIsCutAtLineEndsAndLosesNothing) {
  std::string bytes;
  bytes.reserve(kLarge + 400);
  for (uint64_t i = 0; bytes.size() < kLarge; ++i) {
    bytes += fmt::format("Nov  8 {:02}:{:02}:{:02} web01 app[{}]: {:x>{}}\n", i / 80'000,
                         i / 1000 % 60, i % 60, i, i, 1 + i % 150);
  }
  FakeHost host;
  host.add_file("/var/log/syslog", bytes);
  const Plan plan = plan_of({file("/var/log/syslog", "2026-11-09T00:00:00Z", day(11, 8),
                                  LogFormat::kSyslog, bytes.size())},
                            parse::ZoneInfo::utc(), host);
  ASSERT_EQ(plan.parts.size(), 2U);
  EXPECT_EQ(plan.parts[0].from, 0U);
  EXPECT_EQ(plan.parts[0].to, plan.parts[1].from);
  EXPECT_EQ(plan.parts[1].to, UINT64_MAX);
  EXPECT_EQ(bytes[plan.parts[1].from - 1], '\n');
  EXPECT_EQ(plan.parts[0].file, plan.parts[1].file);
  EXPECT_EQ(plan.parts[1].number, 1U);
  ASSERT_TRUE(plan.parts[1].first_time);
  EXPECT_EQ(fmt::format("Nov  8 {:02}:{:02}:{:02} ", plan.parts[1].first_time->hour,
                        plan.parts[1].first_time->minute, plan.parts[1].first_time->second),
            bytes.substr(plan.parts[1].from, 16));
  Lines uncut;
  add_lines(host, 0, UINT64_MAX, uncut);
  Lines cut;
  for (const Part& part : plan.parts) {
    add_lines(host, part.from, part.to, cut);
  }
  EXPECT_EQ(cut.count, uncut.count);
  EXPECT_EQ(cut.bytes, uncut.bytes);
  EXPECT_EQ(cut.hash, uncut.hash);
  EXPECT_TRUE(cut.contiguous);
  EXPECT_EQ(cut.next, bytes.size());
  EXPECT_EQ(plan.order, (std::vector<uint32_t>{1, 0}));
}

TEST(Plan, LineWithoutEndIsNotCut) {
  FakeHost host;
  host.add_file("/var/log/syslog", std::string(kLarge, 'x'));
  const Plan plan = plan_of(
      {file("/var/log/syslog", "2026-11-09T00:00:00Z", day(11, 8), LogFormat::kSyslog, kLarge)},
      parse::ZoneInfo::utc(), host);
  ASSERT_EQ(plan.parts.size(), 1U);
  EXPECT_EQ(plan.parts[0].to, UINT64_MAX);
}

TEST(Plan, WhatCannotBeReadFromTheMiddleIsOnePart) {
  const char* const mtime = "2026-11-09T00:00:00Z";
  LogFile packed = file("/var/log/syslog.1", mtime, day(11, 1), LogFormat::kSyslog, kLarge);
  packed.compression = parse::Compression::kGzip;
  FakeHost host;
  const Plan plan = plan_of({packed, file("/a", mtime, day(11, 8), LogFormat::kAudit, kLarge),
                             file("/b", mtime, day(11, 8), LogFormat::kApt, kLarge),
                             file("/c", mtime, std::nullopt, LogFormat::kUtmp, kLarge),
                             file("/d", mtime, std::nullopt, LogFormat::kJournal, kLarge)},
                            parse::ZoneInfo::utc(), host);
  EXPECT_EQ(plan.parts.size(), 5U);
  for (const Part& part : plan.parts) {
    EXPECT_EQ(part.from, 0U);
    EXPECT_EQ(part.to, UINT64_MAX);
  }
}

TEST(Plan, LargeFileThatIsGoneOrHasShrunkIsOnePart) {
  FakeHost host;
  host.add_file("/var/log/syslog", "Nov  8 03:12:09 web01 cron[9]: short now\n");
  const char* const mtime = "2026-11-09T00:00:00Z";
  const Plan plan =
      plan_of({file("/var/log/syslog.1", mtime, day(11, 1), LogFormat::kSyslog, kLarge),
               file("/var/log/syslog", mtime, day(11, 8), LogFormat::kSyslog, kLarge)},
              parse::ZoneInfo::utc(), host);
  ASSERT_EQ(plan.parts.size(), 2U);
  EXPECT_EQ(plan.parts[0].to, UINT64_MAX);
  EXPECT_EQ(plan.parts[1].to, UINT64_MAX);
}

TEST(Plan, NewestComesFirstAndLoginsBeforeTheWeb) {
  const char* const mtime = "2026-11-09T00:00:00Z";
  const auto set = [&](std::string name, LogFormat format, int files) {
    LogSet each;
    each.name = name;
    for (int i = files - 1; i >= 0; --i) {
      each.files.push_back(
          file(i == 0 ? name : fmt::format("{}.{}", name, i), mtime, day(11, 8), format));
    }
    return each;
  };
  std::vector<LogSet> sets;
  sets.push_back(set("/var/log/access.log", LogFormat::kWebAccess, 2));
  sets.push_back(set("/var/log/app.txt", LogFormat::kUnknown, 1));
  sets.push_back(set("/var/log/auth.log", LogFormat::kSyslog, 2));
  sets.push_back(set("/var/log/dpkg.log", LogFormat::kDpkg, 1));
  sets.push_back(set("/var/log/journal", LogFormat::kJournal, 1));
  sets.push_back(set("/var/log/syslog", LogFormat::kSyslog, 1));
  sets.push_back(set("/var/log/wtmp", LogFormat::kUtmp, 2));
  const Plan plan = make_plan(FakeHost(), std::move(sets), parse::ZoneInfo::utc());
  std::string order;
  for (const uint32_t part : plan.order) {
    order += plan.parts[part].log->path.substr(9) + " ";
  }
  EXPECT_EQ(order,
            "wtmp auth.log dpkg.log journal syslog access.log app.txt wtmp.1 auth.log.1 "
            "access.log.1 ");
  for (uint32_t i = 0; i < plan.parts.size(); ++i) {
    EXPECT_EQ(plan.parts[i].number, i);
  }
}

}  // namespace
}  // namespace genba::collect::logs
