// SPDX-License-Identifier: Apache-2.0
//
// The whole collector over a fake host.
#include <string>

#include "collect/logs/logs_test_support.h"
#include "collect/logs/part_facts.h"
#include "model/tables/auth_events.h"
#include "model/tables/last.h"
#include "model/tables/log_files.h"
#include "model/tables/logins.h"
#include "parse/journal/test_journal.h"

namespace genba::collect::logs {

namespace {

using test::coverage_of;
using test::FakeHost;
using namespace test_support;

constexpr char kFailed[] = "sshd[700]: Failed password for root from 203.0.113.7 port 4022 ssh2";

TEST(Logs, FailuresAreFoldedAndTheLoginStandsWithThem) {
  FakeHost host;
  std::string auth;
  for (int i = 0; i < 30; ++i) {
    auth += line(fmt::format("03:{:02}:00", i), kFailed);
  }
  auth += line("03:30:00", "sshd[701]: Accepted password for root from 203.0.113.7 port 4023 ssh2");
  host.add_file("/var/log/auth.log", auth);
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "auth_events",
                 {"time", "last_time", "outcome", "username", "address", "count", "line"}),
            "11-08T03:00:00 11-08T03:29:00 failed root 203.0.113.7 30 1;"
            "11-08T03:30:00 11-08T03:30:00 accepted root 203.0.113.7 1 31;");
  EXPECT_EQ(show(facts, "logins",
                 {"time", "certainty", "username", "address", "port", "method", "sources",
                  "failures_before", "user_failures_before", "in_wtmp", "line"}),
            "11-08T03:30:00 exact root 203.0.113.7 4023 password /var/log/auth.log 30 30 - 31;");
  EXPECT_EQ(show(facts, "login_attempts", {"address", "network", "attempts", "users", "accepted"}),
            "203.0.113.7 203.0.113.0/24 30 1 1;");
}

TEST(Logs, LastPairOfAHostileUserNameCounts) {
  FakeHost host;
  host.add_file("/var/log/auth.log",
                line("03:00:00",
                     "sshd[1]: Failed password for invalid user x from 1.2.3.4 port 22 ssh2 from "
                     "198.51.100.6 port 4022 ssh2") +
                    line("03:01:00",
                         "sshd[2]: Failed password for invalid user \x1b[31m\xe2\x80\xae\r from "
                         "198.51.100.7 port 4022 ssh2"));
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "auth_events", {"outcome", "address", "username"}),
            "failed 198.51.100.6 x from 1.2.3.4 port 22 ssh2;"
            "failed 198.51.100.7 \x1b[31m\xe2\x80\xae\r;");
}

TEST(Logs, RepetitionsCount) {
  FakeHost host;
  host.add_file("/var/log/auth.log",
                line("03:00:00",
                     "sshd[7]: message repeated 5 times: [ Failed password for root from "
                     "203.0.113.7 port 4022 ssh2]"));
  EXPECT_EQ(show(run(host), "login_attempts", {"attempts"}), "5;");
}

// sysklogd and BusyBox: the line before is meant.
TEST(Logs, LastMessageRepeatedIsTheLineBefore) {
  FakeHost host;
  host.add_file("/var/log/auth.log", std::string("Nov 21 02:00:00 web01 ") + kFailed +
                                         "\nNov 21 02:00:30 web01 last message repeated 5 times\n");
  EXPECT_EQ(show(run(host), "login_attempts", {"attempts", "last_time"}), "6 11-21T02:00:30;");
}

TEST(Logs, LineWithoutTimeIsNotOfNewYear) {
  FakeHost host;
  host.add_file("/var/log/auth.log",
                "<38>1 2026-11-08T03:00:00Z web01 sshd 700 - - Server listening\n"
                "<38>1 - web01 sshd 700 - - Failed password for root from 203.0.113.7 port 1 ssh2\n"
                "<38>1 2026-11-08T03:00:02Z web01 sshd 700 - - Server listening\n");
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "log_files", {"first_time", "last_time", "certainty"}),
            "11-08T03:00:00 11-08T03:00:02 exact;");
  EXPECT_EQ(show(facts, "log_anomalies", {"kind"}), "");
}

TEST(Logs, LogThatShrinksGivesWhatIsLeft) {
  FakeHost host;
  const std::string first = line("03:00:00", kFailed);
  host.add_file("/var/log/auth.log", first + line("03:01:00", kFailed));
  host.truncate("/var/log/auth.log", first.size());
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "login_attempts", {"attempts"}), "1;");
  EXPECT_EQ(show(facts, "log_files", {"lines", "state"}), "1 whole;");
}

TEST(Logs, LogThatVanishesGivesWhatWasReadAndIsToldUnreadable) {
  FakeHost host;
  std::string auth;
  while (auth.size() < 3UL << 20) {
    auth += line("03:00:00", kFailed);
  }
  host.add_file("/var/log/auth.log", auth).add_file("/var/log/wtmp", utmp(1'794'107'529, "a", ""));
  // The third piece: two of the head, the search for the last line and two pieces came before.
  int reads = 0;
  run(host);
  for (const test::Access& access : host.accesses()) {
    reads += access.path == "/var/log/auth.log" ? 1 : 0;
  }
  host.vanish("/var/log/auth.log", reads - 1);
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "log_files", {"path", "state", "unread"}),
            "/var/log/auth.log unreadable 0;/var/log/wtmp whole 0;");
  EXPECT_EQ(coverage_of(facts, "/var/log/auth.log").gone, 1);
  EXPECT_NE(show(facts, "login_attempts", {"attempts"}), "");
}

TEST(Logs, TruncatedGzipGivesAllBeforeTheCutAndSaysSo) {
  FakeHost host;
  std::string auth;
  for (int i = 0; i < 3000; ++i) {
    auth +=
        line(fmt::format("{:02}:{:02}:{:02}", i / 3600, i / 60 % 60, i % 60),
             fmt::format("sshd[{0}]: Failed password for user{0} from 203.0.113.{1} port 1 ssh2",
                         i * 7919 % 30'011, i % 200));
  }
  const std::string packed = gzip(auth);
  host.add_file("/var/log/auth.log.1.gz", packed.substr(0, packed.size() / 2));
  const auto facts = run(host);
  ASSERT_EQ(facts.read<model::LogFile>().size(), 1U);
  const model::LogFile& file = facts.read<model::LogFile>()[0];
  EXPECT_EQ(file.state, "truncated");
  EXPECT_EQ(file.compression, "gzip");
  EXPECT_GT(file.lines, 1000);
  EXPECT_LT(file.lines, 2999);
  const auto row = coverage_of(facts, "/var/log/auth.log");
  EXPECT_EQ(row.status, "partial");
  EXPECT_EQ(row.failed, 1);
  ASSERT_TRUE(row.reason);
  EXPECT_NE(row.reason->find("/var/log/auth.log.1.gz"), std::string::npos);
}

TEST(Logs, HoleOfNulsIsToldWithTheTimesAroundIt) {
  FakeHost host;
  const std::string before = line("03:00:00", kFailed);
  host.add_file("/var/log/auth.log", before + std::string(4096, '\0') + line("05:00:00", kFailed));
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "log_anomalies",
                 {"kind", "path", "line", "from_time", "to_time", "count", "detail"}),
            fmt::format("nul_run /var/log/auth.log 2 11-08T03:00:00 11-08T05:00:00 4096 at byte "
                        "{};",
                        before.size()));
  EXPECT_EQ(show(facts, "log_files", {"nul_bytes", "lines"}), "4096 2;");
  EXPECT_EQ(show(facts, "login_attempts", {"attempts"}), "2;");
}

TEST(Logs, WipedRecordIsAnAnomalyAndTheLoginIsMissedInWtmp) {
  FakeHost host;
  const int64_t begin = unix_of("2026-11-08T03:00:00Z");
  host.add_file("/var/log/wtmp", utmp(begin, "hana", "192.0.2.10") + std::string(384, '\0') +
                                     utmp(begin + 7200, "hana", "192.0.2.10"));
  host.add_file(
      "/var/log/auth.log",
      line("04:00:00", "sshd[9]: Accepted password for root from 203.0.113.7 port 1 ssh2"));
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "log_anomalies", {"kind", "from_time", "to_time", "count", "line"}),
            "wiped_records 11-08T03:00:00 11-08T05:00:00 1 2;");
  EXPECT_EQ(show(facts, "logins", {"username", "in_wtmp"}), "root 0;");
}

TEST(Logs, ForgedLineOfTheJournalIsALoginThatLoggerWrote) {
  FakeHost host;
  parse::TestJournal journal;
  journal.add({unix_of("2026-11-08T03:00:00Z") * 1'000'000,
               1,
               {"MESSAGE=Accepted password for hana from 192.0.2.77 port 40022 ssh2",
                "SYSLOG_IDENTIFIER=sshd", "_COMM=logger", "_PID=9200"}});
  host.add_file("/var/log/journal/0123/system.journal", journal.bytes());
  EXPECT_EQ(show(run(host), "logins", {"username", "program", "comm", "sources"}),
            "hana sshd logger /var/log/journal/0123;");
}

TEST(Logs, AuditTellsLoginsCommandsAndItsOwnChanges) {
  FakeHost host;
  host.add_file(
      "/var/log/audit/audit.log",
      "type=USER_LOGIN msg=audit(1794107000.000:1): pid=9 uid=0 auid=1000 ses=4 msg='op=login "
      "acct=\"hana\" exe=\"/usr/sbin/sshd\" hostname=? addr=192.0.2.10 terminal=ssh res=success'\n"
      "type=USER_LOGIN msg=audit(1794107001.000:2): pid=9 uid=0 auid=1000 ses=4 msg='op=login "
      "acct=\"root\" exe=\"/usr/sbin/sshd\" hostname=? addr=203.0.113.7 terminal=ssh res=failed'\n"
      "type=SYSCALL msg=audit(1794107002.000:3): arch=c000003e syscall=59 success=yes exit=0 "
      "ppid=1 pid=77 auid=1000 uid=0 comm=\"sh\" exe=\"/usr/bin/dash\" key=\"exec\"\n"
      "type=EXECVE msg=audit(1794107002.000:3): argc=3 a0=\"sh\" a1=\"-c\" a2=\"id\"\n"
      "type=PROCTITLE msg=audit(1794107002.000:3): proctitle=7368\n"
      "type=USER_LOGIN msg=audit(1794107009.000:9): pid=9 uid=0 auid=1000 ses=4 msg='op=login "
      "acct=\"ken\" exe=\"/usr/sbin/sshd\" hostname=? addr=192.0.2.11 terminal=ssh res=success'\n");
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "logins", {"username", "address", "program", "certainty", "line"}),
            "hana 192.0.2.10 sshd exact 1;ken 192.0.2.11 sshd exact 6;");
  EXPECT_EQ(show(facts, "login_attempts", {"address", "attempts", "source"}),
            "203.0.113.7 1 /var/log/audit/audit.log;");
  EXPECT_EQ(show(facts, "process_events", {"pid", "path", "cmdline", "success"}),
            "77 /usr/bin/dash sh -c id 1;");
  EXPECT_EQ(show(facts, "log_anomalies", {"kind", "count"}), "serial_hole 5;");
}

// An event of the kernel is complete only with later records: its text is its own, not theirs.
TEST(Logs, AuditEventsOriginalIsItsOwnLine) {
  const std::string change =
      "type=CONFIG_CHANGE msg=audit(1794107000.000:1): op=set audit_enabled=0 old=1 auid=1000 "
      "ses=4 res=1";
  const std::string later =
      "type=USER_LOGIN msg=audit(1794107900.000:2): pid=9 uid=0 auid=1000 ses=4 msg='op=login "
      "acct=\"hana\" exe=\"/usr/sbin/sshd\" hostname=? addr=192.0.2.10 terminal=ssh res=success'";
  FakeHost host;
  host.add_file("/var/log/audit/audit.log", change + "\n" + later + "\n");
  EXPECT_EQ(show(run(host), "events", {"action", "line", "original"}),
            "audit_config 1 " + change + ";");
  host.add_file("/var/log/audit/audit.log", later + "\n" + change + "\n");
  EXPECT_EQ(show(run(host), "events", {"action", "line", "original"}),
            "audit_config 2 " + change + ";");
}

TEST(Logs, LinesOfAFileReadInPartsAreNumberedThrough) {
  std::string auth;
  int64_t lines = 0;
  for (; auth.size() < 68'000'000; ++lines) {
    auth += "2026-11-08T03:00:00Z web01 app[1]: ";
    auth.append(static_cast<size_t>(100 + lines % 500), 'x');
    auth += '\n';
  }
  auth += line("04:00:00", "sshd[9]: Accepted password for hana from 192.0.2.10 port 1 ssh2");
  FakeHost host;
  host.add_file("/var/log/auth.log", auth);
  for (const int jobs : {1, 4}) {
    const auto facts = run(host, jobs);
    EXPECT_EQ(show(facts, "logins", {"username", "line"}), fmt::format("hana {};", lines + 1));
    EXPECT_EQ(show(facts, "log_files", {"lines", "state"}), fmt::format("{} whole;", lines + 1));
    EXPECT_EQ(show(facts, "auth_events", {"offset"}),
              fmt::format("{};", auth.rfind('\n', auth.size() - 2) + 1));
  }
}

TEST(Logs, DeadlineThatWasUpIsCoverageAndNoEmptyTable) {
  FakeHost host;
  host.add_file("/var/log/auth.log", line("03:00:00", kFailed));
  host.add_file("/var/log/wtmp", utmp(1'794'107'529, "hana", ""));
  const auto facts = run(host, 1, Depth::kDefault, std::chrono::steady_clock::time_point::min());
  for (const char* log : {"/var/log/auth.log", "/var/log/wtmp"}) {
    const auto row = coverage_of(facts, log);
    EXPECT_EQ(row.status, "skipped") << log;
    EXPECT_EQ(row.asked, 1) << log;
    EXPECT_EQ(row.seen, 0) << log;
    EXPECT_EQ(row.remedy, "--deep") << log;
  }
  EXPECT_FALSE(facts.has(model::TableOf<model::Login>::info()));
  EXPECT_FALSE(facts.has(model::TableOf<model::AuthEvent>::info()));
}

TEST(Logs, WhatWasReadBeforeTheDeadlineStandsAndTheRestIsUnread) {
  FakeHost host;
  host.add_file("/var/log/wtmp", utmp(1'794'107'529, "hana", ""));
  host.add_file("/var/log/auth.log", line("03:00:00", kFailed));
  host.add_file("/var/log/syslog", line("03:00:00", "cron[9]: (root) CMD (true)"));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
  const auto facts = run(host, 1, Depth::kAsked, deadline, [&](std::string_view path) {
    while (path == "/var/log/auth.log" && std::chrono::steady_clock::now() <= deadline) {
    }
  });
  EXPECT_EQ(show(facts, "last", {"username"}), "hana;");
  EXPECT_EQ(show(facts, "log_files", {"path", "unread", "state"}),
            "/var/log/auth.log 0 whole;/var/log/syslog 1 unread;/var/log/wtmp 0 whole;");
  EXPECT_EQ(coverage_of(facts, "/var/log/wtmp").status, "complete");
  EXPECT_EQ(coverage_of(facts, "/var/log/syslog").status, "skipped");
}

TEST(Logs, HostWithoutLogsHasEmptyTables) {
  const auto facts = run(FakeHost());
  for (const model::TableInfo* table : collector().provides) {
    EXPECT_EQ(show(facts, table->name), "") << table->name;
  }
  EXPECT_TRUE(facts.read<model::Coverage>().empty());
}

TEST(Logs, DeniedLogsAreNoEmptyTables) {
  FakeHost host;
  host.add_file("/var/log/auth.log", line("03:00:00", kFailed)).deny("/var/log/auth.log");
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "logins"), "not read");
  const auto row = coverage_of(facts, "/var/log/auth.log");
  EXPECT_EQ(row.status, "failed");
  EXPECT_EQ(row.denied, 1);
  EXPECT_EQ(row.remedy, "run as root");
}

TEST(Logs, OneDeniedFileOfASetIsPartial) {
  FakeHost host;
  host.add_file("/var/log/auth.log", line("03:00:00", kFailed))
      .add_file("/var/log/auth.log.1", line("02:00:00", kFailed))
      .deny("/var/log/auth.log.1");
  const auto facts = run(host);
  const auto row = coverage_of(facts, "/var/log/auth.log");
  EXPECT_EQ(row.status, "partial");
  EXPECT_EQ(row.asked, 2);
  EXPECT_EQ(row.seen, 1);
  EXPECT_EQ(show(facts, "log_files", {"path", "state", "unread"}),
            "/var/log/auth.log.1 unreadable 0;/var/log/auth.log whole 0;");
}

TEST(Logs, FilesThatAreNoLogsAreListedButNotAsked) {
  FakeHost host;
  host.add_file("/var/log/notes.txt", "buy milk\n").add_file("/var/log/empty.log", "");
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "log_files", {"path", "format", "state"}),
            "/var/log/empty.log unknown empty;/var/log/notes.txt unknown unknown;");
  EXPECT_TRUE(facts.read<model::Coverage>().empty());
}

// Rules that compare wtmp with other logs know by the state that some records are not here.
TEST(Logs, MoreLoginsThanThereIsRoomForAreToldAndTheYoungestKept) {
  FakeHost host;
  std::string records;
  constexpr int kRecords = 320'000;
  for (int i = 0; i < kRecords; ++i) {
    records += utmp(1'793'000'000 + i, "deploy", "192.0.2.7");
  }
  host.add_file("/var/log/wtmp", records);
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "log_files", {"lines", "state", "unread"}), "320000 truncated 0;");
  const model::RowStore* last = facts.find(model::tables::last());
  ASSERT_NE(last, nullptr);
  ASSERT_EQ(last->size(), PartFacts::kMostLast);
  const auto column = static_cast<size_t>(model::tables::last().column_index("record"));
  EXPECT_EQ(std::get<int64_t>(last->cell(last->size() - 1, column)), kRecords);
  EXPECT_EQ(coverage_of(facts, "events").asked, kRecords - 150'000);
}

}  // namespace
}  // namespace genba::collect::logs
