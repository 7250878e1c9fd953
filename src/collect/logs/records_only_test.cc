// SPDX-License-Identifier: Apache-2.0
//
// Who asks only for login records leaves the logs unread that cannot hold any.
#include "collect/logs/logs_test_support.h"

namespace genba::collect::logs {

namespace {

using test::coverage_of;
using test::FakeHost;
using namespace test_support;

constexpr char kAccepted[] = "sshd[701]: Accepted password for hana from 192.0.2.7 port 4023 ssh2";

void add_logs(FakeHost& host) {
  host.add_file("/var/log/wtmp", utmp(unix_of("2026-11-08T03:00:00Z"), "hana", "192.0.2.7"))
      .add_file("/var/log/auth.log", line("03:00:00", kAccepted));
}

TEST(RecordsOnly, TextLogsStayUnreadAndSayNothing) {
  FakeHost host;
  add_logs(host);
  const int for_all = [&] {
    run(host);
    const int count = host.access_count("/var/log/auth.log");
    host.forget_accesses();
    return count;
  }();
  const model::Facts facts = test::run_collector(collector(), host, test::wanting("last"));
  EXPECT_EQ(show(facts, "last", {"username", "time"}), "hana 11-08T03:00:00;");
  EXPECT_EQ(show(facts, "lastlog"), "");
  EXPECT_LT(host.access_count("/var/log/auth.log"), for_all);
  EXPECT_EQ(show(facts, "auth_events"), "not read");
  EXPECT_EQ(show(facts, "log_files"), "not read");
  EXPECT_EQ(coverage_of(facts, "/var/log/wtmp").status, "complete");
  EXPECT_EQ(coverage_of(facts, "/var/log/auth.log").status, "");
}

TEST(RecordsOnly, AnyOtherTableReadsAll) {
  FakeHost host;
  add_logs(host);
  for (const char* table : {"logins", "auth_events", "log_files"}) {
    const model::Facts facts = test::run_collector(collector(), host, test::wanting(table));
    EXPECT_EQ(show(facts, "auth_events", {"username"}), "hana;") << table;
    EXPECT_EQ(show(facts, "last", {"username"}), "hana;") << table;
  }
}

TEST(RecordsOnly, LogThatCannotBeOpenedMayBeOneOfThem) {
  FakeHost host;
  host.add_file("/var/log/wtmp", utmp(0, "hana", "192.0.2.7")).deny("/var/log/wtmp");
  const model::Facts facts = test::run_collector(collector(), host, test::wanting("last"));
  EXPECT_EQ(show(facts, "last"), "not read");
  EXPECT_EQ(coverage_of(facts, "/var/log/wtmp").status, "failed");
}

}  // namespace

}  // namespace genba::collect::logs
