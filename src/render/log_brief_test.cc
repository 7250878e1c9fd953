// SPDX-License-Identifier: Apache-2.0
#include "render/log_brief.h"

#include <gtest/gtest.h>

#include <numeric>

#include "fmt/format.h"
#include "model/tables/auth_events.h"
#include "model/tables/events.h"
#include "model/tables/log_files.h"
#include "model/tables/login_attempts.h"

namespace genba::render {
namespace {

constexpr int64_t kNoon = 1'795'262'400;  // 2026-11-21T12:00:00Z
constexpr std::string_view kAuthLog = "/var/log/auth.log";
constexpr std::string_view kJournal = "/var/log/journal/m/system.journal";

base::Timestamp at(int64_t seconds_after_noon) {
  return base::timestamp_from_unix(kNoon + seconds_after_noon);
}

struct Logs {
  model::Facts facts;

  model::AuthEvent& row(std::string_view outcome, int64_t time) {
    row_ = model::AuthEvent{};
    row_.time = row_.last_time = at(time);
    row_.certainty = "exact";
    row_.outcome = outcome;
    row_.count = 1;
    row_.source = row_.path = kAuthLog;
    return row_;
  }
  void keep() { EXPECT_TRUE(facts.append_large(row_)); }

  void fail(std::string_view address, std::string_view user, int64_t count, int64_t time = 0,
            std::string_view outcome = "failed", std::string_view source = kAuthLog,
            std::string_view method = "password") {
    model::AuthEvent& event = row(outcome, time);
    event.address = address;
    if (!user.empty()) {
      event.username = user;
    }
    event.count = count;
    event.source = source;
    event.method = method;
    keep();
  }
  void network(std::string_view address, std::string_view network, int64_t users = 1) {
    model::LoginAttempts attempts;
    attempts.address = address;
    attempts.network = network;
    attempts.users = users;
    EXPECT_TRUE(facts.append_large(attempts));
  }
  model::Login& login(std::string_view user, std::string_view address, int64_t time) {
    model::Login login;
    login.time = at(time);
    login.certainty = "exact";
    login.username = user;
    login.address = address;
    login.method = "publickey";
    facts.rows<model::Login>().push_back(login);
    return facts.rows<model::Login>().back();
  }
  void event(std::string_view kind, std::string_view action, int64_t time,
             std::string_view subject = {}, std::string_view path = "/var/log/syslog") {
    model::Event event;
    event.time = event.last_time = at(time);
    event.certainty = "exact";
    event.kind = kind;
    event.action = action;
    event.path = path;
    event.count = 1;
    if (!subject.empty()) {
      event.subject = subject;
    }
    event.message = "what " + std::string(action) + " says";
    EXPECT_TRUE(facts.append_large(event));
  }
  LogBrief brief(const LogFilter& filter = {}) const { return brief_logs(facts, filter); }

 private:
  model::AuthEvent row_;
};

std::vector<std::string> names_of(const std::vector<AttemptGroup>& groups) {
  std::vector<std::string> names;
  for (const AttemptGroup& group : groups) {
    names.push_back(fmt::format("{} {} {}", group.name, group.attempts, group.others));
  }
  return names;
}

std::vector<std::string> actions_of(const std::vector<Deed>& deeds) {
  std::vector<std::string> actions;
  for (const Deed& deed : deeds) {
    actions.push_back(deed.action);
  }
  return actions;
}

using Names = std::vector<std::string>;

int64_t attempts_in(const std::vector<AttemptsInTime>& pieces) {
  return std::accumulate(
      pieces.begin(), pieces.end(), int64_t{0},
      [](int64_t sum, const AttemptsInTime& piece) { return sum + piece.attempts; });
}

TEST(LogBrief, NothingReadIsNothingTold) {
  const LogBrief brief = Logs().brief();
  EXPECT_EQ(brief.attempts, 0);
  EXPECT_EQ(brief.addresses, 0);
  EXPECT_FALSE(brief.first_attempt || brief.last_attempt || brief.first_line || brief.last_line);
  EXPECT_TRUE(brief.by_address.empty() && brief.logins.empty() && brief.deeds.empty());
  EXPECT_TRUE(brief.over_time.empty());
}

// --- who tried ----------------------------------------------------------------------------------

TEST(LogBrief, AttemptThatSeveralLogsTellInSeveralWaysCountsOnce) {
  Logs logs;
  logs.fail("203.0.113.7", "root", 40, 0);
  logs.fail("203.0.113.7", "root", 40, 0, "failed", kAuthLog, "pam");
  logs.fail("203.0.113.7", "root", 38, 0, "disconnected", kAuthLog, "");
  logs.fail("203.0.113.7", "root", 39, 0, "failed", kJournal);
  const LogBrief brief = logs.brief();
  EXPECT_EQ(brief.attempts, 40);
  EXPECT_EQ(names_of(brief.by_address), Names{"203.0.113.7 40 1"});
  EXPECT_EQ(names_of(brief.by_name), Names{"root 40 1"});
}

// sshd writes 203.0.113.7, PAM with an IPv6 socket ::ffff:203.0.113.7.
TEST(LogBrief, AddressInItsMappedFormIsTheSameAddress) {
  Logs logs;
  logs.fail("203.0.113.7", "root", 40);
  logs.fail("::ffff:203.0.113.7", "root", 40, 0, "failed", kAuthLog, "pam");
  const LogBrief brief = logs.brief();
  EXPECT_EQ(brief.attempts, 40);
  EXPECT_EQ(brief.addresses, 1);
  LogFilter filter;
  filter.network = base::parse_network("203.0.113.0/24");
  Logs mapped;
  mapped.fail("::ffff:203.0.113.7", "root", 3);
  EXPECT_EQ(mapped.brief(filter).attempts, 3);
}

TEST(LogBrief, AddressesNetworksAndNamesStandWithMostAttemptsFirst) {
  Logs logs;
  logs.network("203.0.113.7", "203.0.113.0/24");
  logs.network("203.0.113.9", "203.0.113.0/24");
  logs.network("2001:db8::1", "2001:db8::/64");
  logs.fail("203.0.113.7", "root", 5, 60);
  logs.fail("203.0.113.7", "admin", 2, 30);
  logs.fail("203.0.113.9", "root", 4, 90);
  logs.fail("2001:db8::1", "root", 7, 0);
  const LogBrief brief = logs.brief();
  EXPECT_EQ(brief.attempts, 18);
  EXPECT_EQ(brief.addresses, 3);
  EXPECT_EQ(brief.networks, 2);
  EXPECT_EQ(brief.names, 2);
  EXPECT_EQ(names_of(brief.by_address),
            (Names{"2001:db8::1 7 1", "203.0.113.7 7 2", "203.0.113.9 4 1"}));
  EXPECT_EQ(names_of(brief.by_network), (Names{"203.0.113.0/24 11 2", "2001:db8::/64 7 1"}));
  EXPECT_EQ(names_of(brief.by_name), (Names{"root 16 3", "admin 2 1"}));
  EXPECT_EQ(brief.first_attempt, at(0));
  EXPECT_EQ(brief.last_attempt, at(90));
  EXPECT_EQ(brief.by_address[1].first, at(30));
  EXPECT_EQ(brief.by_address[1].last, at(60));
}

// One address is told of by "Failed password", the other by "Invalid user" only.
TEST(LogBrief, NetworksAttemptsAreThoseOfItsAddressesHoweverTheyAreTold) {
  Logs logs;
  logs.network("203.0.113.7", "203.0.113.0/24");
  logs.network("203.0.113.9", "203.0.113.0/24");
  logs.fail("203.0.113.7", "root", 5);
  logs.fail("203.0.113.9", "oracle", 4, 0, "invalid_user", kJournal, "");
  const LogBrief brief = logs.brief();
  EXPECT_EQ(brief.attempts, 9);
  EXPECT_EQ(names_of(brief.by_network), Names{"203.0.113.0/24 9 2"});
}

TEST(LogBrief, NamesOfAnAddressAreOnlyThoseThatWereAskedFor) {
  Logs logs;
  logs.network("203.0.113.7", "203.0.113.0/24", 3);
  for (const char* name : {"root", "admin", "oracle"}) {
    logs.fail("203.0.113.7", name, 2);
  }
  LogFilter filter;
  filter.user = "root";
  EXPECT_EQ(names_of(logs.brief(filter).by_address), Names{"203.0.113.7 2 1"});
  EXPECT_EQ(names_of(logs.brief().by_address), Names{"203.0.113.7 6 3"});
}

TEST(LogBrief, LoginOfAMappedAddressCountsBesideItsAttempts) {
  Logs logs;
  logs.fail("::ffff:203.0.113.7", "root", 3);
  logs.login("root", "::ffff:203.0.113.7", 10);
  const LogBrief brief = logs.brief();
  ASSERT_EQ(brief.by_address.size(), 1U);
  EXPECT_EQ(brief.by_address[0].accepted, 1);
}

TEST(LogBrief, NamesOfAnAddressWhoseAttemptsWereFoldedAreThoseThatWereCounted) {
  Logs logs;
  logs.network("203.0.113.7", "203.0.113.0/24", 255);
  logs.fail("203.0.113.7", "", 900);
  EXPECT_EQ(names_of(logs.brief().by_address), Names{"203.0.113.7 900 255"});
}

TEST(LogBrief, OfVeryManyAddressesFiftyAreNamedAndAllCounted) {
  Logs logs;
  for (int64_t i = 0; i < 120; ++i) {
    logs.fail(fmt::format("198.51.100.{}", i), "root", i + 1, i);
  }
  const LogBrief brief = logs.brief();
  EXPECT_EQ(brief.addresses, 120);
  EXPECT_EQ(brief.attempts, 120 * 121 / 2);
  ASSERT_EQ(brief.by_address.size(), LogBrief::kMostGroups);
  EXPECT_EQ(brief.by_address.front().name, "198.51.100.119");
  EXPECT_EQ(brief.by_address.back().attempts, 71);
}

TEST(LogBrief, AddressThatTriedAndGotInSaysHowOften) {
  Logs logs;
  logs.fail("203.0.113.7", "root", 30);
  logs.fail("203.0.113.8", "root", 30);
  logs.login("root", "203.0.113.7", 100);
  logs.login("root", "203.0.113.7", 200);
  const LogBrief brief = logs.brief();
  ASSERT_EQ(brief.by_address.size(), 2U);
  EXPECT_EQ(brief.by_address[0].accepted, 2);
  EXPECT_EQ(brief.by_address[1].accepted, 0);
}

TEST(LogBrief, FailureWithoutAddressIsNoAttemptFromOutside) {
  Logs logs;
  model::AuthEvent& event = logs.row("failed", 0);
  event.username = "hana";
  event.method = "pam";
  logs.keep();
  EXPECT_EQ(logs.brief().attempts, 0);
}

// --- when ---------------------------------------------------------------------------------------

TEST(LogBrief, PiecesOfTimeAreEqualWholeMinutesAndLoseNoAttempt) {
  Logs logs;
  model::AuthEvent& event = logs.row("failed", 17);
  event.last_time = at(17 + 50 * 3600);
  event.address = "203.0.113.7";
  event.count = 1001;
  logs.keep();
  logs.login("root", "203.0.113.7", 51 * 3600);
  const LogBrief brief = logs.brief();
  ASSERT_GT(brief.over_time.size(), 1U);
  const int64_t piece = brief.over_time[1].from.nanoseconds - brief.over_time[0].from.nanoseconds;
  EXPECT_EQ(piece % 60'000'000'000, 0);
  for (size_t i = 0; i < brief.over_time.size(); ++i) {
    EXPECT_EQ(brief.over_time[i].from.nanoseconds,
              brief.over_time[0].from.nanoseconds + static_cast<int64_t>(i) * piece);
    EXPECT_LT(brief.over_time[i].attempts, 40);  // 50 hours in at least 50 pieces
  }
  EXPECT_EQ(attempts_in(brief.over_time), 1001);
  EXPECT_EQ(brief.over_time.back().logins, 1);
}

TEST(LogBrief, PiecesOfTimeAreNeverMoreThanPromised) {
  for (const int64_t length : {0, 59, 60, 4319, 4320, 86'400, 30 * 86'400, 400 * 86'400}) {
    for (const int64_t begin : {0, 1, 59, 3599, 35'999}) {
      Logs logs;
      logs.fail("203.0.113.7", "root", 1, begin);
      logs.fail("203.0.113.7", "root", 1, begin + length);
      const LogBrief brief = logs.brief();
      EXPECT_LE(brief.over_time.size(), LogBrief::kMostPieces) << length << " from " << begin;
      EXPECT_EQ(attempts_in(brief.over_time), 2);
    }
  }
}

// Debian and Ubuntu keep both the journal and auth.log.
TEST(LogBrief, AttemptThatTwoLogsTellStandsInTimeOnce) {
  Logs logs;
  logs.fail("203.0.113.7", "root", 30, 0);
  logs.fail("203.0.113.7", "root", 30, 0, "failed", kJournal);
  const LogBrief brief = logs.brief();
  EXPECT_EQ(brief.attempts, 30);
  EXPECT_EQ(attempts_in(brief.over_time), 30);
}

// With PasswordAuthentication off sshd never says "Failed password".
TEST(LogBrief, AttemptsOnAServerThatTakesOnlyKeysStandInTimeToo) {
  Logs logs;
  logs.fail("203.0.113.7", "oracle", 30, 0, "invalid_user", kAuthLog, "");
  logs.fail("203.0.113.7", "oracle", 30, 1, "disconnected", kAuthLog, "");
  const LogBrief brief = logs.brief();
  EXPECT_EQ(brief.attempts, 30);
  EXPECT_EQ(attempts_in(brief.over_time), 30);
  EXPECT_EQ(names_of(brief.by_name), Names{"oracle 30 1"});
}

// --- who got in ---------------------------------------------------------------------------------

TEST(LogBrief, RobotsLoginsAreOneGroupAndManyFailuresComeFirst) {
  Logs logs;
  for (int64_t i = 0; i < 300; ++i) {
    model::Login& login = logs.login("monitor", "10.0.0.5", i * 300);
    login.fingerprint = "SHA256:monitor";
    login.first_of_address = i == 0;
  }
  logs.login("root", "203.0.113.7", 50).failures_before = LogBrief::kManyFailures;
  logs.login("hana", "192.0.2.10", 90'000).failures_before = LogBrief::kManyFailures - 1;
  const LogBrief brief = logs.brief();
  EXPECT_EQ(brief.logins.size(), 302U);
  ASSERT_EQ(brief.login_groups.size(), 3U);
  EXPECT_EQ(brief.login_groups[0].username, "root");
  EXPECT_EQ(brief.login_groups[1].username, "hana");
  const LoginGroup& robot = brief.login_groups[2];
  EXPECT_EQ(robot.username, "monitor");
  EXPECT_EQ(robot.count, 300);
  EXPECT_EQ(robot.first, at(0));
  EXPECT_EQ(robot.last, at(299 * 300));
  EXPECT_TRUE(robot.first_of_address);
}

TEST(LogBrief, AnotherKeyMethodOrAddressIsAnotherGroup) {
  Logs logs;
  logs.login("hana", "192.0.2.10", 0).fingerprint = "SHA256:one";
  logs.login("hana", "192.0.2.10", 1).fingerprint = "SHA256:two";
  logs.login("hana", "192.0.2.10", 2).method = "password";
  logs.login("hana", "192.0.2.11", 3).fingerprint = "SHA256:one";
  EXPECT_EQ(logs.brief().login_groups.size(), 4U);
}

// --- what they did ------------------------------------------------------------------------------

TEST(LogBrief, DeedsAreWhatSomebodyDidAndNotWhatHappens) {
  Logs logs;
  for (const char* outcome : {"sudo", "su", "sudo_refused", "su_failed", "account_added",
                              "account_removed", "account_changed", "password_changed"}) {
    logs.row(outcome, 0);
    logs.keep();
  }
  for (const char* outcome : {"accepted", "session_opened", "session_closed", "key_accepted"}) {
    logs.row(outcome, 0);
    logs.keep();
  }
  logs.event("log", "crontab_changed", 1);
  logs.event("log", "module_taint", 1, "odd");
  logs.event("package", "package_upgraded", 1, "libc6");
  logs.event("package", "package_command", 1);
  logs.event("package", "package_removed", 1, "auditd");
  logs.event("log", "cron_command", 1);
  logs.event("boot", "kernel_boot", 1);
  logs.event("clock", "time_sync", 1);
  logs.event("clock", "clock_step", 1);
  EXPECT_EQ(actions_of(logs.brief().deeds),
            (Names{"sudo", "su", "sudo_refused", "su_failed", "account_added", "account_removed",
                   "account_changed", "password_changed", "crontab_changed", "module_taint",
                   "package_command", "package_removed", "clock_step"}));
}

TEST(LogBrief, DeedKeepsWhoWhatAndWhere) {
  Logs logs;
  model::AuthEvent& event = logs.row("sudo", 7);
  event.username = "hana";
  event.target_user = "root";
  event.command = "/usr/bin/id";
  event.line = 41;
  event.certainty = "inferred_year";
  logs.keep();
  const LogBrief brief = logs.brief();
  ASSERT_EQ(brief.deeds.size(), 1U);
  const Deed& deed = brief.deeds[0];
  EXPECT_EQ(deed.time, at(7));
  EXPECT_EQ(deed.certainty, "inferred_year");
  EXPECT_EQ(deed.who, "hana");
  EXPECT_EQ(deed.target, "root");
  EXPECT_EQ(deed.what, "/usr/bin/id");
  EXPECT_EQ(deed.path, kAuthLog);
  EXPECT_EQ(deed.line, 41);
  EXPECT_EQ(deed.count, 1);
}

TEST(LogBrief, PackagesOfOneInstallationAreOneDeedAndEightOfThemNamed) {
  Logs logs;
  for (int64_t i = 0; i < 12; ++i) {
    logs.event("package", "package_installed", i, fmt::format("p{}", i), "/var/log/dpkg.log");
  }
  logs.event("package", "package_removed", 5, "auditd", "/var/log/dpkg.log");
  logs.event("package", "package_installed", 3600, "nmap", "/var/log/dpkg.log");
  logs.event("package", "package_installed", 3601, "jq", "/var/log/apt/history.log");
  const LogBrief brief = logs.brief();
  ASSERT_EQ(brief.deeds.size(), 4U);
  EXPECT_EQ(brief.deeds[0].what, "p0 p1 p2 p3 p4 p5 p6 p7");
  EXPECT_EQ(brief.deeds[0].count, 12);
  EXPECT_EQ(brief.deeds[1].what, "auditd");
  EXPECT_EQ(brief.deeds[2].what, "nmap");
  EXPECT_EQ(brief.deeds[3].what, "jq");
}

TEST(LogBrief, CommandThatWasRunAgainIsOneGroupAtItsLastTime) {
  Logs logs;
  for (const int64_t time : {0, 100, 300}) {
    model::AuthEvent& event = logs.row("sudo", time);
    event.username = "hana";
    event.command = "/usr/bin/apt update";
    logs.keep();
  }
  model::AuthEvent& other = logs.row("sudo", 200);
  other.username = "ken";
  other.command = "/usr/bin/apt update";
  logs.keep();
  const LogBrief brief = logs.brief();
  EXPECT_EQ(brief.deeds.size(), 4U);
  ASSERT_EQ(brief.deed_groups.size(), 2U);
  EXPECT_EQ(brief.deed_groups[0].who, "ken");
  EXPECT_EQ(brief.deed_groups[1].who, "hana");
  EXPECT_EQ(brief.deed_groups[1].count, 3);
  EXPECT_EQ(brief.deed_groups[1].time, at(300));
}

// --- filters ------------------------------------------------------------------------------------

TEST(LogBrief, AccountThatWasAskedForIsFoundAsActorAndAsTarget) {
  Logs logs;
  logs.fail("203.0.113.7", "root", 5);
  logs.fail("203.0.113.7", "admin", 3);
  logs.login("root", "192.0.2.10", 10);
  logs.login("hana", "192.0.2.10", 20);
  model::AuthEvent& sudo = logs.row("sudo", 30);
  sudo.username = "hana";
  sudo.target_user = "root";
  logs.keep();
  model::AuthEvent& added = logs.row("account_added", 40);
  added.target_user = "sysupd";
  logs.keep();
  LogFilter filter;
  filter.user = "root";
  const LogBrief brief = logs.brief(filter);
  EXPECT_EQ(brief.attempts, 5);
  ASSERT_EQ(brief.logins.size(), 1U);
  EXPECT_EQ(brief.logins[0].username, "root");
  EXPECT_EQ(actions_of(brief.deeds), Names{"sudo"});
}

TEST(LogBrief, NetworkThatWasAskedForLeavesOutOthersAndWhatHasNoAddress) {
  Logs logs;
  logs.fail("203.0.113.7", "root", 5);
  logs.fail("198.51.100.7", "root", 3);
  logs.fail("host.example.org", "root", 9);
  logs.login("root", "203.0.113.200", 10);
  logs.login("hana", "192.0.2.10", 20);
  logs.row("sudo", 30);
  logs.keep();
  LogFilter filter;
  filter.network = base::parse_network("203.0.113.0/24");
  const LogBrief brief = logs.brief(filter);
  EXPECT_EQ(names_of(brief.by_address), Names{"203.0.113.7 5 1"});
  ASSERT_EQ(brief.logins.size(), 1U);
  EXPECT_EQ(brief.logins[0].address, "203.0.113.200");
  EXPECT_TRUE(brief.deeds.empty());
}

TEST(LogBrief, TimesThatWereAskedForCountWithTheirEnds) {
  Logs logs;
  for (const int64_t time : {99, 100, 200, 201}) {
    logs.login("hana", "192.0.2.10", time);
    logs.row("su", time);
    logs.keep();
    logs.fail(fmt::format("198.51.100.{}", time), "root", 1, time);
  }
  model::AuthEvent& episode = logs.row("failed", 0);
  episode.last_time = at(500);
  episode.address = "203.0.113.7";
  logs.keep();
  model::LogAnomaly anomaly;
  anomaly.kind = "silence";
  anomaly.from_time = at(201);
  anomaly.to_time = at(300);
  logs.facts.rows<model::LogAnomaly>().push_back(anomaly);
  anomaly.from_time = at(50);
  logs.facts.rows<model::LogAnomaly>().push_back(anomaly);
  LogFilter filter;
  filter.since = at(100);
  filter.until = at(200);
  const LogBrief brief = logs.brief(filter);
  EXPECT_EQ(brief.logins.size(), 2U);
  EXPECT_EQ(brief.deeds.size(), 2U);
  EXPECT_EQ(names_of(brief.by_address),
            (Names{"198.51.100.100 1 1", "198.51.100.200 1 1", "203.0.113.7 1 0"}));
  ASSERT_EQ(brief.anomalies.size(), 1U);
  EXPECT_EQ(brief.anomalies[0].from_time, at(50));
}

// --- what was read ------------------------------------------------------------------------------

TEST(LogBrief, OnlyFilesThatWereReadAreCounted) {
  Logs logs;
  auto& files = logs.facts.rows<model::LogFile>();
  files.resize(3);
  files[0].lines = 100;
  files[0].first_time = at(50);
  files[0].last_time = at(90);
  files[1].lines = 11;
  files[1].first_time = at(10);
  files[1].last_time = at(60);
  files[2].first_time = at(-1000);  // unread
  const LogBrief brief = logs.brief();
  EXPECT_EQ(brief.files, 2);
  EXPECT_EQ(brief.lines, 111);
  EXPECT_EQ(brief.first_line, at(10));
  EXPECT_EQ(brief.last_line, at(90));
}

}  // namespace
}  // namespace genba::render
