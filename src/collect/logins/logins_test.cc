// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "collect/collector.h"
#include "fmt/format.h"
#include "gtest/gtest.h"
#include "model/tables/logged_in_users.h"
#include "support/run_collector.h"

namespace genba::collect::logins {

const Collector& collector();

namespace {

using test::coverage_of;
using test::FakeHost;
using test::run_collector;

// A record of 384 bytes, little-endian.
std::string record(int type, uint32_t pid, std::string_view line, std::string_view user,
                   std::string_view host, uint32_t seconds) {
  std::string bytes(384, '\0');
  const auto put = [&](size_t at, uint32_t value, int size) {
    for (int i = 0; i < size; ++i) {
      bytes[at + static_cast<size_t>(i)] = static_cast<char>(value >> (8 * i) & 0xff);
    }
  };
  put(0, static_cast<uint32_t>(type), 2);
  put(4, pid, 4);
  std::copy(line.begin(), line.end(), bytes.begin() + 8);
  std::copy(user.begin(), user.end(), bytes.begin() + 44);
  std::copy(host.begin(), host.end(), bytes.begin() + 76);
  put(340, seconds, 4);
  return bytes;
}

// A session leader on pts/N.
void add_session(FakeHost& host, int64_t pid, int pts, uint32_t uid) {
  host.add_process({.pid = pid, .name = "bash", .uid = uid});
  host.add_file(fmt::format("/proc/{}/stat", pid),
                fmt::format("{0} (bash) S 1 {0} {0} {1} -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 100 0 "
                            "0 1 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0\n",
                            pid, 136 << 8 | pts));
}

std::string told(const model::Facts& facts) {
  std::string out;
  for (const model::LoggedInUser& row : facts.read<model::LoggedInUser>()) {
    out +=
        fmt::format("{} {} {} {} {};", row.type, row.user.value_or("-"), row.tty.value_or("-"),
                    row.process_alive ? (*row.process_alive ? "alive" : "gone") : "-", row.source);
  }
  return out;
}

TEST(Logins, RecordsAreCheckedAgainstProcesses) {
  FakeHost host;
  add_session(host, 100, 0, 0);
  host.add_file("/run/utmp", record(2, 0, "~", "reboot", "6.1.0", 1795226400) +
                                 record(7, 100, "pts/0", "root", "192.0.2.1", 1795226500) +
                                 record(7, 200, "pts/1", "ghost", "", 1795226600));
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(told(facts),
            "boot reboot ~ - utmp;user root pts/0 alive utmp;user ghost pts/1 gone utmp;");
  const auto& row = facts.read<model::LoggedInUser>()[1];
  EXPECT_EQ(row.host, "192.0.2.1");
  EXPECT_EQ(row.pid, 100);
  EXPECT_EQ(row.time, base::timestamp_from_unix(1795226500));
  EXPECT_EQ(coverage_of(facts, "/run/utmp").status, "complete");
  EXPECT_EQ(coverage_of(facts, "sessions in /proc").status, "complete");
}

TEST(Logins, SessionThatUtmpDoesNotListIsShown) {
  FakeHost host;
  host.add_file("/etc/passwd", "root:x:0:0::/root:/bin/sh\nweb:x:33:33::/var/www:/bin/sh\n");
  add_session(host, 100, 0, 0);
  add_session(host, 101, 1, 33);
  add_session(host, 102, 2, 4242);
  host.add_process({.pid = 103, .name = "daemon"});
  host.add_file("/run/utmp", record(7, 100, "pts/0", "root", "", 1795226500));
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(told(facts),
            "user root pts/0 alive utmp;session web pts/1 alive processes;"
            "session - pts/2 alive processes;");
}

TEST(Logins, SystemWithoutUtmpStillShowsSessions) {
  FakeHost host;
  add_session(host, 101, 1, 0);
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(told(facts), "session - pts/1 alive processes;");
  EXPECT_EQ(coverage_of(facts, "/run/utmp").status, "not_applicable");
}

TEST(Logins, OldPlaceOfUtmpIsReadToo) {
  FakeHost host;
  host.add_file("/var/run/utmp", record(7, 200, "tty1", "root", "", 1795226600));
  EXPECT_EQ(told(run_collector(collector(), host)), "user root tty1 gone utmp;");
}

TEST(Logins, HostileTextsStayWholeAndDamageIsCounted) {
  FakeHost host;
  host.add_file("/run/utmp",
                record(7, 200, "pts/0", "ro\not\x1b", "\xff\xfe", 1795226600) + "half a record");
  const auto facts = run_collector(collector(), host);
  ASSERT_EQ(facts.read<model::LoggedInUser>().size(), 1U);
  EXPECT_EQ(facts.read<model::LoggedInUser>()[0].user, "ro\not\x1b");
  EXPECT_EQ(facts.read<model::LoggedInUser>()[0].host, "\xff\xfe");
  EXPECT_EQ(coverage_of(facts, "/run/utmp").failed, 1);
  EXPECT_EQ(coverage_of(facts, "/run/utmp").status, "partial");
}

TEST(Logins, RefusedUtmpIsAFailure) {
  FakeHost host;
  host.add_file("/run/utmp", "");
  host.deny("/run/utmp");
  EXPECT_EQ(coverage_of(run_collector(collector(), host), "/run/utmp").status, "failed");
}

TEST(Logins, TreeTellsNothingOfProcesses) {
  FakeHost host(host::HostKind::kTree);
  host.add_file("/run/utmp", record(7, 100, "pts/0", "root", "", 1795226500));
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(told(facts), "user root pts/0 - utmp;");
  EXPECT_EQ(coverage_of(facts, "sessions in /proc").subject, "");
}

}  // namespace
}  // namespace genba::collect::logins
