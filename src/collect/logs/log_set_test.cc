// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/log_set.h"

#include <algorithm>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "gtest/gtest.h"
#include "support/run_collector.h"

namespace genba::collect::logs {
namespace {

using test::coverage_of;
using test::FakeHost;

constexpr char kLine[] = "2026-11-08T03:12:09Z web01 cron[9]: (root) CMD (true)\n";

struct Found {
  std::vector<LogSet> sets;
  model::Facts facts;
};

Found find(const FakeHost& host) {
  Found found;
  const Wanted wanted = Wanted::all();
  Context context{host, found.facts, wanted};
  found.sets = find_logs(context);
  return found;
}

// "name: path path; name: path;"
std::string told(const std::vector<LogSet>& sets) {
  std::string out;
  for (const LogSet& set : sets) {
    out += set.name + ":";
    for (const LogFile& file : set.files) {
      out += " " + file.path;
    }
    out += ";";
  }
  return out;
}

bool was_opened(const FakeHost& host, std::string_view path) {
  const auto accesses = host.accesses();
  return std::any_of(accesses.begin(), accesses.end(), [&](const test::Access& access) {
    return access.path == path &&
           (access.operation == "open_file" || access.operation == "read_file");
  });
}

struct Name {
  std::string_view name;
  std::string_view stem;
  int64_t number;
  int64_t date;
  int64_t time = 0;
};

TEST(RotatedName, WhatRotationAddsIsTakenOff) {
  static constexpr Name kNames[] = {
      {"auth.log.1", "auth.log", 1, 0},
      {"auth.log.2.gz", "auth.log", 2, 0},
      {"auth.log.12.xz", "auth.log", 12, 0},
      {"syslog.3.zst", "syslog", 3, 0},
      {"messages.4.bz2", "messages", 4, 0},
      {"x.1", "x", 1, 0},
      {"maillog-20261108", "maillog", 0, 20261108},
      {"wtmp-20261101", "wtmp", 0, 20261101},
      {"secure-20261101.gz", "secure", 0, 20261101},
      {"app.log.2026-11-08", "app.log", 0, 20261108},
      {"php8.2-fpm.log.1", "php8.2-fpm.log", 1, 0},
      {"php8.2-fpm.log-20261108.gz", "php8.2-fpm.log", 0, 20261108},
      {"error.log-20261108-1696723200", "error.log", 0, 20261108, 1696723200},
      {"app.log-2026-11-08T03", "app.log", 0, 20261108, 3},
      {"access.log.old", "access.log", 1, 0},
      {"dmesg.0", "dmesg", 0, 0},
  };
  for (const Name& each : kNames) {
    const RotatedName rotated = parse_rotated_name(each.name);
    EXPECT_EQ(rotated.stem, each.stem) << each.name;
    EXPECT_EQ(rotated.number, each.number) << each.name;
    EXPECT_EQ(rotated.date, each.date) << each.name;
    EXPECT_EQ(rotated.time, each.time) << each.name;
  }
}

TEST(RotatedName, NamesWithDotsAndDashesAreNoRotation) {
  for (const std::string_view name :
       {"php8.2-fpm.log", "auth.log", "syslog", "site-1.example.net.access.log",
        "unattended-upgrades-dpkg.log", "192.0.2.1.log", "user-1000.journal", "app-7", "older",
        ".old", ".1", "app.123456", "console-setup.log"}) {
    const RotatedName rotated = parse_rotated_name(name);
    EXPECT_EQ(rotated.stem, name) << name;
    EXPECT_EQ(rotated.number, 0) << name;
    EXPECT_EQ(rotated.date, 0) << name;
  }
  EXPECT_EQ(parse_rotated_name("").stem, "");
}

TEST(RotatedName, LongDigitsAreNoOverflow) {
  const std::string digits(400, '9');
  EXPECT_EQ(parse_rotated_name("auth.log." + digits).number, 0);
  EXPECT_EQ(parse_rotated_name("auth.log-1" + digits).date, 19'999'999);
  EXPECT_EQ(parse_rotated_name("auth.log-1" + digits).time, 9'999'999'999);
}

TEST(LogSet, NumbersAreOldestFirstAndTheUnnumberedIsTheYoungest) {
  FakeHost host;
  for (const char* name : {"auth.log", "auth.log.1", "auth.log.10", "auth.log.2"}) {
    host.add_file(std::string("/var/log/") + name, kLine);
  }
  EXPECT_EQ(told(find(host).sets),
            "/var/log/auth.log: /var/log/auth.log.10 /var/log/auth.log.2 /var/log/auth.log.1 "
            "/var/log/auth.log;");
}

TEST(LogSet, DatesAreOldestFirst) {
  FakeHost host;
  for (const char* name : {"maillog-20261108", "maillog", "maillog-20261101", "maillog-20251231"}) {
    host.add_file(std::string("/var/log/") + name, kLine);
  }
  EXPECT_EQ(told(find(host).sets),
            "/var/log/maillog: /var/log/maillog-20251231 /var/log/maillog-20261101 "
            "/var/log/maillog-20261108 /var/log/maillog;");
}

// Somebody changed dateformat: a longer number is not a later day.
TEST(LogSet, DatesWithAndWithoutTimeOfDayAreInOrderTogether) {
  FakeHost host;
  for (const char* name : {"maillog-20261101-1793491200", "maillog-20261108", "maillog"}) {
    host.add_file(std::string("/var/log/") + name, kLine);
  }
  EXPECT_EQ(told(find(host).sets),
            "/var/log/maillog: /var/log/maillog-20261101-1793491200 /var/log/maillog-20261108 "
            "/var/log/maillog;");
}

TEST(LogSet, FilesOfOneNameInTwoDirectoriesAreTwoLogs) {
  FakeHost host;
  host.add_file("/var/log/nginx/access.log", kLine).add_file("/var/log/apache2/access.log", kLine);
  EXPECT_EQ(told(find(host).sets),
            "/var/log/apache2/access.log: /var/log/apache2/access.log;"
            "/var/log/nginx/access.log: /var/log/nginx/access.log;");
}

TEST(LogSet, JournalsOfOneDirectoryAreOneLog) {
  FakeHost host;
  const std::string directory = "/var/log/journal/0123456789abcdef0123456789abcdef";
  host.add_file(directory + "/system.journal", "LPKSHHRH rest")
      .add_file(directory + "/user-1000.journal", "LPKSHHRH rest")
      .add_file("/run/log/journal/0123456789abcdef0123456789abcdef/system.journal", "LPKSHHRH");
  const auto found = find(host);
  ASSERT_EQ(found.sets.size(), 2U);
  EXPECT_EQ(found.sets[0].name, "/run/log/journal/0123456789abcdef0123456789abcdef");
  EXPECT_EQ(found.sets[1].name, directory);
  EXPECT_EQ(found.sets[1].files.size(), 2U);
}

TEST(LogSet, FirstTimeIsThatOfTheFirstLineThatTellsOne) {
  FakeHost host;
  host.add_file("/var/log/syslog",
                "  at Main.run(Main.java:3)\nNov  8 03:12:09 web01 cron[9]: (root) CMD (true)\n");
  const auto found = find(host);
  ASSERT_EQ(found.sets.size(), 1U);
  const LogFile& file = found.sets[0].files[0];
  EXPECT_EQ(file.format, LogFormat::kSyslog);
  ASSERT_TRUE(file.first_time);
  EXPECT_EQ(file.first_time->year, 0);
  EXPECT_EQ(file.first_time->month, 11);
  EXPECT_EQ(file.first_time->day, 8);
}

// Whoever empties a log while its writer keeps its place leaves a hole of its old size.
TEST(LogSet, LogBehindALargeHoleIsStillToldByItsLines) {
  FakeHost host;
  host.add_file("/var/log/syslog", std::string(3 << 20, '\0') + kLine);
  const auto found = find(host);
  ASSERT_EQ(found.sets.size(), 1U);
  EXPECT_EQ(found.sets[0].files[0].format, LogFormat::kSyslog);
  EXPECT_TRUE(found.sets[0].files[0].first_time);
}

TEST(LogSet, FifoOrDeviceWhereALogShouldBeIsNeverOpened) {
  FakeHost host;
  host.add_special("/var/log/auth.log", host::FileType::kFifo)
      .add_special("/var/log/secure", host::FileType::kCharacter)
      .add_special("/var/log/messages", host::FileType::kSocket)
      .add_file("/var/log/syslog", kLine);
  EXPECT_EQ(told(find(host).sets), "/var/log/syslog: /var/log/syslog;");
  EXPECT_FALSE(was_opened(host, "/var/log/auth.log"));
  EXPECT_FALSE(was_opened(host, "/var/log/secure"));
  EXPECT_FALSE(was_opened(host, "/var/log/messages"));
}

// Whoever puts a FIFO there hides what was logged: silence is no answer.
TEST(LogSet, FifoWhereALogShouldBeIsNoted) {
  FakeHost host;
  host.add_special("/var/log/auth.log", host::FileType::kFifo)
      .add_special("/var/log/secure", host::FileType::kCharacter);
  const auto found = find(host);
  EXPECT_NE(coverage_of(found.facts, "/var/log/auth.log").subject, "");
  EXPECT_NE(coverage_of(found.facts, "/var/log/secure").subject, "");
}

TEST(LogSet, DirectoryWhereALogShouldBeIsLookedInto) {
  FakeHost host;
  host.add_file("/var/log/auth.log/inner", kLine);
  EXPECT_EQ(told(find(host).sets), "/var/log/auth.log/inner: /var/log/auth.log/inner;");
}

TEST(LogSet, LinkToAFileIsALogAndOthersAreNot) {
  FakeHost host;
  host.add_file("/srv/logs/app.log", kLine)
      .add_link("/var/log/app.log", "/srv/logs/app.log")
      .add_special("/dev/stdout", host::FileType::kCharacter)
      .add_link("/var/log/access.log", "/dev/stdout")
      .add_link("/var/log/gone.log", "/srv/logs/gone.log")
      .add_link("/var/log/loop.log", "/var/log/loop.log");
  EXPECT_EQ(told(find(host).sets), "/var/log/app.log: /var/log/app.log;");
  EXPECT_FALSE(was_opened(host, "/var/log/access.log"));
}

TEST(LogSet, LinkToALogBesideItIsNoSecondLog) {
  FakeHost host;
  host.add_file("/var/log/maillog", kLine).add_link("/var/log/postfix.log", "maillog");
  EXPECT_EQ(told(find(host).sets), "/var/log/maillog: /var/log/maillog;");
}

// Logs are moved to a larger disk like this.
TEST(LogSet, LinkedDirectoryIsReadOrNoted) {
  FakeHost host;
  host.add_file("/srv/logs/nginx/access.log", kLine).add_link("/var/log/nginx", "/srv/logs/nginx");
  const auto found = find(host);
  EXPECT_TRUE(!found.sets.empty() || coverage_of(found.facts, "/var/log/nginx").subject != "");
}

TEST(LogSet, LinkedLogDirectoryIsReadOrNoted) {
  FakeHost host;
  host.add_file("/srv/log/auth.log", kLine).add_link("/var/log", "/srv/log");
  const auto found = find(host);
  EXPECT_TRUE(!found.sets.empty() || coverage_of(found.facts, "/var/log").status == "failed");
}

TEST(LogSet, DeniedFileStandsInItsSetWithItsError) {
  FakeHost host;
  host.add_file("/var/log/auth.log", kLine).add_file("/var/log/auth.log.1", kLine);
  host.deny("/var/log/auth.log");
  const auto found = find(host);
  ASSERT_EQ(found.sets.size(), 1U);
  ASSERT_EQ(found.sets[0].files.size(), 2U);
  EXPECT_FALSE(found.sets[0].files[0].error);
  ASSERT_TRUE(found.sets[0].files[1].error);
  EXPECT_EQ(found.sets[0].files[1].error->code, base::ErrorCode::kDenied);
  EXPECT_EQ(found.sets[0].files[1].format, LogFormat::kUnknown);
}

TEST(LogSet, DeniedDirectoryIsCoverage) {
  FakeHost host;
  host.add_file("/var/log/audit/audit.log", kLine).add_file("/var/log/syslog", kLine);
  host.deny("/var/log/audit");
  const auto found = find(host);
  EXPECT_EQ(told(found.sets), "/var/log/syslog: /var/log/syslog;");
  const auto row = coverage_of(found.facts, "/var/log/audit");
  EXPECT_EQ(row.status, "failed");
  EXPECT_EQ(row.denied, 1);
  EXPECT_EQ(row.remedy, "run as root");
}

TEST(LogSet, NetworkFilesystemIsNotEntered) {
  FakeHost host;
  host.add_file("/var/log/central/auth.log", kLine).add_file("/var/log/syslog", kLine);
  host.set_filesystem_type("/var/log/central", "nfs4");
  const auto found = find(host);
  EXPECT_EQ(told(found.sets), "/var/log/syslog: /var/log/syslog;");
  EXPECT_FALSE(host.touched("/var/log/central/"));
  EXPECT_EQ(coverage_of(found.facts, "/var/log/central").status, "skipped");
}

// A dead file server would hold whoever reads it.
TEST(LogSet, LinkToANetworkFilesystemIsNotFollowed) {
  FakeHost host;
  host.add_file("/mnt/central/app.log", kLine).add_link("/var/log/app.log", "/mnt/central/app.log");
  host.set_filesystem_type("/mnt/central", "nfs4").hang("/mnt/central/app.log");
  EXPECT_EQ(told(find(host).sets), "");
}

TEST(LogSet, LinkOverAnotherLinkToANetworkFilesystemIsNotFollowed) {
  FakeHost host;
  host.add_file("/mnt/central/app.log", kLine)
      .add_link("/srv/app.log", "../mnt/central/app.log")
      .add_link("/var/log/app.log", "../../srv/app.log");
  host.set_filesystem_type("/mnt/central", "nfs4").hang("/mnt/central/app.log");
  const auto found = find(host);
  EXPECT_EQ(told(found.sets), "");
  EXPECT_EQ(coverage_of(found.facts, "/var/log/app.log").status, "skipped");
}

// Three hundred ways into the same directory, at each level again.
TEST(LogSet, LinksToTheirOwnDirectoryAreFollowedOnce) {
  FakeHost host;
  host.add_file("/var/log/app/app.log", kLine);
  for (int i = 0; i < 300; ++i) {
    host.add_link(fmt::format("/var/log/app/link{}", i), i % 2 == 0 ? "." : "/var/log/app");
  }
  EXPECT_EQ(told(find(host).sets), "/var/log/app/app.log: /var/log/app/app.log;");
}

// Met first by a link at the deepest level, where no directory below it is looked into.
TEST(LogSet, LinkDeepDownDoesNotHideWhatItLeadsTo) {
  FakeHost host;
  host.add_link("/var/log/a/b/c/link", "/var/log/journal")
      .add_file("/var/log/journal/0123456789abcdef0123456789abcdef/system.journal", "LPKSHHRH");
  EXPECT_EQ(told(find(host).sets),
            "/var/log/journal/0123456789abcdef0123456789abcdef: "
            "/var/log/journal/0123456789abcdef0123456789abcdef/system.journal;");
}

TEST(LogSet, FloodOfFilesDoesNotCrowdOutTheLogsOfLogins) {
  FakeHost host;
  for (int i = 0; i < 20'100; ++i) {
    host.add_file(fmt::format("/var/log/a{}", i), "");
  }
  host.add_file("/var/log/auth.log", kLine);
  const auto found = find(host);
  EXPECT_TRUE(std::any_of(found.sets.begin(), found.sets.end(),
                          [](const LogSet& set) { return set.name == "/var/log/auth.log"; }));
  EXPECT_EQ(coverage_of(found.facts, "/var/log").status, "partial");
}

TEST(LogSet, LogThatVanishesBeforeItsHeadIsReadHasAnError) {
  FakeHost host;
  host.add_file("/var/log/auth.log", kLine);
  host.before_access("/var/log/auth.log", 4, [](FakeHost& fake) {
    fake.fail_with("/var/log/auth.log", base::ErrorCode::kGone);
  });
  const auto found = find(host);
  ASSERT_EQ(found.sets.size(), 1U);
  ASSERT_TRUE(found.sets[0].files[0].error);
  EXPECT_EQ(found.sets[0].files[0].error->code, base::ErrorCode::kGone);
}

TEST(LogSet, HostWithoutLogsHasNoneAndNothingWasMissed) {
  const FakeHost host;
  const auto found = find(host);
  EXPECT_TRUE(found.sets.empty());
  EXPECT_TRUE(found.facts.read<model::Coverage>().empty());
}

}  // namespace
}  // namespace genba::collect::logs
