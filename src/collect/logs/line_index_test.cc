// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/line_index.h"

#include <atomic>
#include <string>

#include "base/time.h"
#include "collect/logs/logs_test_support.h"
#include "parse/journal/test_journal.h"

namespace genba::collect::logs {
namespace {

using test::coverage_of;
using test::FakeHost;
using test_support::gzip;

class LineIndexTest : public ::testing::Test {
 protected:
  LineIndex index(int jobs = 1, std::chrono::steady_clock::time_point deadline =
                                    std::chrono::steady_clock::time_point::max()) {
    facts_ = {};
    const Wanted wanted = Wanted::all();
    Context context{host_, facts_, wanted};
    context.depth = Depth::kDeep;
    context.jobs = jobs;
    context.deadline = deadline;
    if (!window_.wanted) {
      window_.wanted = [](std::string_view, std::string_view) { return true; };
    }
    return index_lines(context, window_);
  }
  // "HH:MM:SS path text;"
  std::string told(const LineIndex& index) const {
    std::string out;
    LineTexts texts(host_, index);
    for (const IndexedLine& line : index.lines) {
      out += fmt::format("{} {} {};", base::to_rfc3339(base::Timestamp{line.time}).substr(11, 8),
                         index.paths[line.file].substr(9), texts.text(line));
    }
    return out;
  }

  FakeHost host_;
  LineWindow window_;
  model::Facts facts_;
};

TEST_F(LineIndexTest, LinesOfAllLogsAreInOrderOfTime) {
  host_.add_file("/var/log/syslog",
                 "2026-11-08T03:00:00Z web01 a: one\n2026-11-08T03:02:00Z web01 a: three\n");
  host_.add_file("/var/log/access.log",
                 "192.0.2.1 - - [08/Nov/2026:12:01:00 +0900] \"GET / HTTP/1.1\" 200 12\n");
  host_.add_file("/var/log/syslog.1.gz", gzip("2026-11-07T23:00:00Z web01 a: zero\n"));
  const LineIndex found = index();
  EXPECT_EQ(told(found),
            "23:00:00 syslog.1.gz 2026-11-07T23:00:00Z web01 a: zero;"
            "03:00:00 syslog 2026-11-08T03:00:00Z web01 a: one;"
            "03:01:00 access.log 192.0.2.1 - - [08/Nov/2026:12:01:00 +0900] \"GET / HTTP/1.1\" 200 "
            "12;03:02:00 syslog 2026-11-08T03:02:00Z web01 a: three;");
  EXPECT_FALSE(found.cut);
  EXPECT_TRUE(found.lines[0].kept);  // compressed: no place to read it again from
  EXPECT_FALSE(found.lines[1].kept);
  EXPECT_EQ(found.sources[found.lines[0].file], "/var/log/syslog");
  EXPECT_EQ(coverage_of(facts_, "/var/log/syslog").status, "complete");
}

TEST_F(LineIndexTest, ContinuationsBelongToTheLineBefore) {
  host_.add_file("/var/log/syslog",
                 "  of the day before\n2026-11-08T03:00:00Z web01 a: exception\n  at run()\n\n"
                 "2026-11-08T03:02:00Z web01 a: next\n");
  EXPECT_EQ(told(index()),
            "03:00:00 syslog 2026-11-08T03:00:00Z web01 a: exception;03:00:00 syslog   at run();"
            "03:02:00 syslog 2026-11-08T03:02:00Z web01 a: next;");
}

TEST_F(LineIndexTest, WindowIncludesBothItsEnds) {
  std::string bytes;
  for (int minute = 0; minute < 10; ++minute) {
    bytes += fmt::format("2026-11-08T03:0{}:00Z web01 a: x\n", minute);
  }
  host_.add_file("/var/log/syslog", bytes);
  window_.since = base::parse_rfc3339("2026-11-08T03:02:00Z")->nanoseconds;
  window_.until = base::parse_rfc3339("2026-11-08T03:04:00Z")->nanoseconds;
  const LineIndex found = index();
  ASSERT_EQ(found.lines.size(), 3U);
  EXPECT_EQ(found.lines.front().time, window_.since);
  EXPECT_EQ(found.lines.back().time, window_.until);
}

TEST_F(LineIndexTest, OnlyWhatIsWantedIsKept) {
  host_.add_file("/var/log/syslog",
                 "2026-11-08T03:00:00Z web01 a: one\n2026-11-08T03:00:01Z web01 a: two\n");
  std::atomic<int> asked = 0;
  window_.wanted = [&](std::string_view path, std::string_view text) {
    ++asked;
    return path == "/var/log/syslog" && text.ends_with("two");
  };
  EXPECT_EQ(told(index()), "03:00:01 syslog 2026-11-08T03:00:01Z web01 a: two;");
  EXPECT_EQ(asked, 2);
}

TEST_F(LineIndexTest, YearIsWorkedOutAndSaidToBe) {
  test::With old;
  old.mtime = *base::parse_rfc3339("2027-01-02T00:00:00Z");
  host_.add_file("/var/log/syslog", "Dec 31 23:59:59 web01 a: old\nJan  1 00:00:01 web01 a: new\n",
                 old);
  const LineIndex found = index();
  ASSERT_EQ(found.lines.size(), 2U);
  EXPECT_EQ(base::to_rfc3339(base::Timestamp{found.lines[0].time}),
            "2026-12-31T23:59:59.000000000Z");
  EXPECT_EQ(base::to_rfc3339(base::Timestamp{found.lines[1].time}),
            "2027-01-01T00:00:01.000000000Z");
  EXPECT_EQ(found.lines[0].certainty, base::Certainty::kInferredYear);
}

TEST_F(LineIndexTest, JournalsLinesAreMadeReadable) {
  parse::TestJournal journal;
  const int64_t time = base::parse_rfc3339("2026-11-08T03:00:00.5Z")->nanoseconds / 1000;
  journal.add({time, 1, {"MESSAGE=hello", "SYSLOG_IDENTIFIER=app", "_PID=7"}});
  journal.add({time + 1, 2, {"MESSAGE=by comm", "_COMM=tool"}});
  host_.add_file("/var/log/journal/0123/system.journal", journal.bytes());
  EXPECT_EQ(told(index()),
            "03:00:00 journal/0123/system.journal app[7]: hello;"
            "03:00:00 journal/0123/system.journal tool: by comm;");
}

TEST_F(LineIndexTest, LongLineIsShownToSixtyFourKilobytes) {
  host_.add_file("/var/log/syslog",
                 "2026-11-08T03:00:00Z web01 a: " + std::string(1 << 20, 'x') + "\n");
  const LineIndex found = index();
  ASSERT_EQ(found.lines.size(), 1U);
  EXPECT_EQ(LineTexts(host_, found).text(found.lines[0]).size(), 64U << 10);
}

TEST_F(LineIndexTest, LineOfAFileThatIsGoneMeanwhileIsEmpty) {
  host_.add_file("/var/log/syslog", "2026-11-08T03:00:00Z web01 a: one\n");
  const LineIndex found = index();
  host_.remove("/var/log/syslog");
  ASSERT_EQ(found.lines.size(), 1U);
  EXPECT_EQ(LineTexts(host_, found).text(found.lines[0]), "");
}

TEST_F(LineIndexTest, SameWithManyThreads) {
  for (int i = 0; i < 20; ++i) {
    host_.add_file(fmt::format("/var/log/app{}.log", i),
                   "2026-11-08T03:00:00Z web01 a: same second\n2026-11-08T03:00:01Z web01 a: x\n");
  }
  const std::string one = told(index(1));
  EXPECT_EQ(told(index(4)), one);
  EXPECT_EQ(std::count(one.begin(), one.end(), ';'), 40);
}

TEST_F(LineIndexTest, DeniedLogIsCoverage) {
  host_.add_file("/var/log/auth.log", "2026-11-08T03:00:00Z web01 a: one\n");
  host_.deny("/var/log/auth.log");
  EXPECT_TRUE(index().lines.empty());
  EXPECT_EQ(coverage_of(facts_, "/var/log/auth.log").denied, 1);
}

TEST_F(LineIndexTest, TimeThatWasUpIsCoverage) {
  std::string bytes;
  for (int i = 0; i < 60'000; ++i) {
    bytes += fmt::format("2026-11-08T03:{:02}:{:02}Z web01 a: {}\n", i / 60 % 60, i % 60, i);
  }
  ASSERT_GT(bytes.size(), 2U << 20);
  host_.add_file("/var/log/syslog", bytes);
  const LineIndex found = index(1, std::chrono::steady_clock::time_point::min());
  EXPECT_LT(found.lines.size(), 60'000U);
  const auto row = coverage_of(facts_, "/var/log/syslog");
  EXPECT_TRUE(row.status == "partial" || row.status == "skipped") << row.status;
}

TEST_F(LineIndexTest, DamageIsCoverage) {
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    text += fmt::format("2026-11-08T03:00:00Z web01 a: {}\n", i * 7919 % 100'003);
  }
  const std::string packed = gzip(text);
  host_.add_file("/var/log/syslog.1.gz", packed.substr(0, packed.size() / 2));
  EXPECT_GT(index().lines.size(), 100U);
  EXPECT_EQ(coverage_of(facts_, "/var/log/syslog.1.gz").status, "partial");
}

}  // namespace
}  // namespace genba::collect::logs
