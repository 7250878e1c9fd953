// SPDX-License-Identifier: Apache-2.0
//
// What only shows when all files of a host are put together: zones, years, silences, numbers that
// are missing, and that the number of threads makes no difference.
#include <string>

#include "collect/logs/logs_test_support.h"
#include "model/tables/log_files.h"
#include "parse/journal/test_journal.h"

namespace genba::collect::logs {
namespace {

using test::coverage_of;
using test::FakeHost;
using namespace test_support;

constexpr char kFailed[] = "sshd[700]: Failed password for root from 203.0.113.7 port 4022 ssh2";

test::With changed(std::string_view mtime) {
  test::With with;
  with.mtime = *base::parse_rfc3339(mtime);
  return with;
}

// Asia/Tokyo as TZif, version 2, no transitions, only the rule (RFC 9636).
std::string tokyo() {
  std::string header("TZif2", 5);
  header += std::string(15, '\0');
  std::string counts(24, '\0');
  counts[19] = 1;
  counts[23] = 4;
  const std::string block = counts + std::string("\0\0\x7e\x90\0\0", 6) + std::string("JST\0", 4);
  return header + block + header + block + "\nJST-9\n";
}

TEST(LogsAcross, YearlessLinesAreOfTheHostsZoneAndTheFilesYear) {
  FakeHost host;
  host.add_file("/etc/localtime", tokyo());
  host.add_file("/var/log/auth.log", std::string("Nov  8 12:12:09 web01 ") + kFailed + "\n",
                changed("2026-11-08T03:13:00Z"));
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "auth_events", {"time", "certainty"}), "11-08T03:12:09 inferred_year;");
  EXPECT_EQ(coverage_of(facts, "/etc/localtime").subject, "");
}

TEST(LogsAcross, LogWhoseTimeWasSetBackIsToldAndKeepsItsYear) {
  FakeHost host;
  const std::string failed = std::string(" web01 ") + kFailed + "\n";
  host.add_file("/var/log/auth.log", "Nov  8 03:12:09" + failed, changed("2020-01-01T00:00:00Z"));
  host.add_file("/var/log/auth.log.1", "Nov  7 03:12:09" + failed, changed("2026-11-08T00:00:05Z"));
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "log_anomalies", {"kind", "path"}), "year_unclear /var/log/auth.log;");
  ASSERT_EQ(facts.read<model::LogFile>().size(), 2U);
  for (const model::LogFile& log : facts.read<model::LogFile>()) {
    EXPECT_EQ(base::to_rfc3339(*log.last_time).substr(0, 4), "2026");
  }
}

TEST(LogsAcross, OddLineAtTheEndIsToldAndMovesNothing) {
  FakeHost host;
  const std::string failed = std::string(" web01 ") + kFailed + "\n";
  host.add_file(
      "/var/log/auth.log",
      "Nov  8 03:12:09" + failed + "Nov  9 03:12:09" + failed + "Dec 25 00:00:00" + failed,
      changed("2026-11-09T03:13:00Z"));
  host.add_file("/var/log/auth.log.1", "Nov  7 03:12:09" + failed, changed("2026-11-08T00:00:05Z"));
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "log_anomalies", {"kind", "path"}), "year_unclear /var/log/auth.log;");
  for (const model::LogFile& log : facts.read<model::LogFile>()) {
    EXPECT_EQ(base::to_rfc3339(*log.first_time).substr(0, 7), "2026-11");
  }
}

// A transaction of apt is known only at its end, the last one at the end of the file.
TEST(LogsAcross, PackagesStandAtTheLinesThatNameThem) {
  const std::string log =
      "\nStart-Date: 2026-11-08  03:12:09\nCommandline: apt install nmap\n"
      "Install: nmap:amd64 (7.93)\nEnd-Date: 2026-11-08  03:12:10\n"
      "\nStart-Date: 2026-11-08  03:13:09\nCommandline: apt install gcc\n"
      "Install: gcc:amd64 (12.2)\nEnd-Date: 2026-11-08  03:13:10\n";
  FakeHost host;
  host.add_file("/var/log/apt/history.log", log);
  EXPECT_EQ(
      show(run(host), "events", {"line", "offset", "subject"}),
      fmt::format("2 1 -;4 {} nmap;7 {} -;9 {} gcc;", log.find("Install: nmap"),
                  log.find("\nStart-Date: 2026-11-08  03:13:09") + 1, log.find("Install: gcc")));
}

// The system's journal and a user's are written side by side.
TEST(LogsAcross, JournalsOfSeveralUsersDoNotGoBack) {
  const auto journal = [](std::string_view from) {
    parse::TestJournal made;
    for (int i = 0; i < 3; ++i) {
      made.add({(unix_of(from) + i * 3600) * 1'000'000,
                1,
                {"MESSAGE=started", "SYSLOG_IDENTIFIER=app", "_COMM=app"}});
    }
    return made.bytes();
  };
  FakeHost host;
  host.add_file("/var/log/journal/0123/system.journal", journal("2026-11-08T03:00:00Z"))
      .add_file("/var/log/journal/0123/user-1000.journal", journal("2026-11-08T02:30:00Z"));
  EXPECT_EQ(show(run(host), "log_anomalies", {"kind", "path"}), "");
}

TEST(LogsAcross, ZoneThatCannotBeReadIsCoverageAndUtc) {
  FakeHost host;
  host.add_file("/etc/localtime", "no zone");
  host.add_file("/var/log/dpkg.log", "2026-11-08 03:12:09 install bash:amd64 <none> 5.2-1\n");
  const auto facts = run(host);
  EXPECT_EQ(coverage_of(facts, "/etc/localtime").status, "failed");
  EXPECT_EQ(show(facts, "log_files", {"first_time", "certainty"}), "11-08T03:12:09 assumed_zone;");
}

TEST(LogsAcross, RotatedYearlessFilesGoBackOverNewYear) {
  FakeHost host;
  const std::string failed = std::string(" web01 ") + kFailed + "\n";
  host.add_file("/var/log/auth.log", "Jan  2 03:00:00" + failed, changed("2027-01-02T04:00:00Z"));
  host.add_file("/var/log/auth.log.1", "Dec 27 03:00:00" + failed + "Jan  1 03:00:00" + failed,
                changed("2027-01-02T04:00:00Z"));
  host.add_file("/var/log/auth.log.2.gz", gzip("Dec 20 03:00:00" + failed),
                changed("2027-01-02T04:00:00Z"));
  const auto facts = run(host);
  std::string years;
  for (const model::LogFile& file : facts.read<model::LogFile>()) {
    years += base::to_rfc3339(*file.first_time).substr(0, 10) + " " +
             base::to_rfc3339(*file.last_time).substr(0, 10) + ";";
  }
  EXPECT_EQ(years, "2026-12-20 2026-12-20;2026-12-27 2027-01-01;2027-01-02 2027-01-02;");
  EXPECT_EQ(show(facts, "log_anomalies", {"kind"}), "");
}

// A quiet server that never rotates: the last line is not younger than the file's last change.
TEST(LogsAcross, YearlessLogOfSeveralYearsEndsWithItsLastChange) {
  const std::string failed = std::string(" web01 ") + kFailed + "\n";
  std::string bytes;
  for (const char* day : {"Nov  1", "Feb  1", "Dec  1", "Mar  1", "Oct  1", "Jan  5"}) {
    bytes += day + (" 03:00:00" + failed);
  }
  for (const bool packed : {false, true}) {
    FakeHost host;
    host.add_file("/var/log/auth.log.1", packed ? gzip(bytes) : bytes,
                  changed("2027-01-05T04:00:00Z"));
    const auto facts = run(host);
    ASSERT_EQ(facts.read<model::LogFile>().size(), 1U);
    EXPECT_EQ(base::to_rfc3339(*facts.read<model::LogFile>()[0].last_time),
              "2027-01-05T03:00:00.000000000Z");
    EXPECT_EQ(base::to_rfc3339(*facts.read<model::LogFile>()[0].first_time),
              "2024-11-01T03:00:00.000000000Z");
    EXPECT_EQ(show(facts, "log_anomalies", {"kind"}), "");
  }
}

TEST(LogsAcross, LogInAnotherZoneIsMovedByTheLoginsOfWtmp) {
  FakeHost host;
  std::string auth;
  std::string wtmp;
  for (const int64_t day : {0, 1, 2}) {
    const int64_t login = unix_of("2026-11-05T03:00:00Z") + day * 90'000;
    const auto local = base::to_rfc3339(base::timestamp_from_unix(login + 9 * 3600)).substr(0, 19);
    auth += local + " web01 sshd[9]: Accepted password for hana from 192.0.2.10 port 1 ssh2\n";
    auth += local + " web01 " + kFailed + "\n";
    wtmp += utmp(login + 1, "hana", "192.0.2.10");
  }
  host.add_file("/var/log/auth.log", auth).add_file("/var/log/wtmp", wtmp);
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "logins", {"time", "certainty", "in_wtmp"}),
            "11-05T03:00:00 anchored -;11-06T04:00:00 anchored 1;11-07T05:00:00 anchored 1;");
  EXPECT_EQ(show(facts, "login_attempts", {"first_time", "last_time"}),
            "11-05T03:00:00 11-07T05:00:00;");
  EXPECT_EQ(show(facts, "log_anomalies", {"kind", "source", "count"}),
            "time_conflict /var/log/auth.log -32400;");
}

TEST(LogsAcross, HoursThatOneLogLacksWhileOthersSpokeAreASilence) {
  FakeHost host;
  std::string auth;
  std::string syslog;
  for (int i = 0; i < 1500; ++i) {
    const auto time =
        base::to_rfc3339(base::timestamp_from_unix(unix_of("2026-11-05T00:00:00Z") + i * 600));
    const std::string cron = time.substr(0, 19) + "Z web01 CRON[9]: ";
    syslog += cron + "(root) CMD (true)\n";
    if (i < 200 || i >= 230) {
      auth += cron + "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)\n";
    }
  }
  host.add_file("/var/log/auth.log", auth).add_file("/var/log/syslog", syslog);
  EXPECT_EQ(show(run(host), "log_anomalies",
                 {"kind", "source", "line", "from_time", "to_time", "count", "usual", "others"}),
            "silence /var/log/auth.log 201 11-06T09:10:00 11-06T14:20:00 18600 1024 30;");
}

TEST(LogsAcross, RotatedFileThatIsMissing) {
  FakeHost host;
  for (const char* name : {"auth.log", "auth.log.1", "auth.log.3.gz"}) {
    host.add_file(std::string("/var/log/") + name, line("03:00:00", kFailed));
  }
  EXPECT_EQ(show(run(host), "log_anomalies", {"kind", "path", "count"}),
            "missing_rotation /var/log/auth.log.2 2;");
}

TEST(LogsAcross, SetNumberedByYearsMissesNoRotation) {
  FakeHost host;
  for (const char* name : {"app.log.2025", "app.log.2026"}) {
    host.add_file(std::string("/var/log/") + name, line("03:00:00", kFailed));
  }
  EXPECT_EQ(show(run(host), "log_anomalies", {"kind", "path"}), "");
}

// The newest file is read first: what was given the day before was not found by the scan.
TEST(LogsAcross, PageOfTheDayBeforeIsNothingThatAScannerFound) {
  FakeHost host;
  host.add_file("/var/log/nginx/access.log.1",
                "192.0.2.1 - - [07/Nov/2026:03:00:00 +0000] \"GET /about HTTP/1.1\" 200 12\n");
  std::string today;
  for (int i = 0; i < 30; ++i) {
    today += fmt::format(
        "192.0.2.1 - - [08/Nov/2026:03:00:{:02} +0000] \"GET /old{} HTTP/1.1\" 404 12\n", i, i);
  }
  host.add_file("/var/log/nginx/access.log", today);
  EXPECT_EQ(show(run(host), "web_clients", {"address", "requests", "refused", "found"}),
            "192.0.2.1 31 30 -;");
}

// Every kind of log in several files.
void fill(FakeHost& host) {
  host.add_file("/etc/localtime", tokyo());
  parse::TestJournal journal;
  for (int file = 0; file < 6; ++file) {
    const std::string ending = file == 0 ? "" : fmt::format(".{}", file);
    std::string auth;
    std::string access;
    std::string wtmp;
    for (int i = 0; i < 300; ++i) {
      const int64_t seconds = unix_of("2026-11-08T03:00:00Z") - file * 86'400 + i * 60;
      const std::string utc = base::to_rfc3339(base::timestamp_from_unix(seconds));
      auth += utc.substr(0, 19) +
              fmt::format(
                  "Z web01 sshd[{0}]: Failed password for user{1} from 203.0.113.{2} port "
                  "{0} ssh2\n",
                  i, i % 5, i * 7 % 50);
      if (i % 20 == 0) {
        auth += utc.substr(0, 19) +
                fmt::format(
                    "Z web01 sshd[{0}]: Accepted password for hana from 192.0.2.{1} port "
                    "{0} ssh2\n",
                    i, i % 3);
        wtmp += utmp(seconds + 1, "hana", fmt::format("192.0.2.{}", i % 3));
        journal.add({seconds * 1'000'000,
                     file * 1000 + i + 1,
                     {fmt::format("MESSAGE=Accepted password for hana from 192.0.2.{0} port {1} "
                                  "ssh2",
                                  i % 3, i),
                      "SYSLOG_IDENTIFIER=sshd", "_COMM=sshd-session"}});
      }
      access += fmt::format(
          "198.51.100.{} - - [{}/Nov/2026:12:{:02}:{:02} +0900] \"GET /{} HTTP/1.1\" {} 12 \"-\" "
          "\"agent{}\"\n",
          i % 9, 8 - file, i / 60, i % 60, i % 7 == 0 ? "x.php?cmd=id" : fmt::format("p{}", i),
          i % 3 == 0 ? 200 : 404, i % 4);
    }
    host.add_file("/var/log/auth.log" + ending, auth);
    host.add_file("/var/log/nginx/access.log" + ending, access);
    host.add_file("/var/log/wtmp" + ending, wtmp);
  }
  host.add_file("/var/log/journal/0123/system.journal", journal.bytes());
}

TEST(LogsAcross, RowsAreTheSameWithOneThreadAndWithFour) {
  FakeHost host;
  fill(host);
  const auto one = run(host, 1);
  for (int round = 0; round < 10; ++round) {
    const auto four = run(host, 4);
    for (const model::TableInfo* table : collector().provides) {
      EXPECT_EQ(show(four, table->name), show(one, table->name)) << table->name;
    }
    EXPECT_EQ(show(four, "coverage"), show(one, "coverage"));
    if (HasFailure()) {
      break;
    }
  }
}

}  // namespace
}  // namespace genba::collect::logs
