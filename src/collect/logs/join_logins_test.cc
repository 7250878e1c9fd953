// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/join_logins.h"

#include <string>
#include <vector>

#include "collect/logs/count_attempts.h"
#include "collect/logs/zone_offsets.h"
#include "fmt/format.h"
#include "gtest/gtest.h"

namespace genba::collect::logs {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kHour = 3600 * kSecond;
constexpr int64_t kNow = 1'794'107'529 * kSecond;  // 2026-11-08T03:12:09Z
constexpr char kAuthLog[] = "/var/log/auth.log";
constexpr char kJournal[] = "/var/log/journal/0123";
constexpr char kAudit[] = "/var/log/audit/audit.log";

model::AuthEvent accepted(std::string source, int64_t time, std::string username = "hana",
                          std::string address = "192.0.2.10") {
  model::AuthEvent event;
  event.time = event.last_time = base::Timestamp{time};
  event.certainty = "exact";
  event.outcome = "accepted";
  event.username = std::move(username);
  event.address = std::move(address);
  event.program = "sshd";
  event.source = source;
  event.path = std::move(source);
  event.count = 1;
  return event;
}

model::Last record(int64_t time, std::string username = "hana", std::string host = "192.0.2.10",
                   int64_t type = 7) {
  model::Last row;
  row.time = base::Timestamp{time};
  row.username = std::move(username);
  row.host = std::move(host);
  row.type = type;
  return row;
}

// Everything that the logs of one test say.
struct Logs {
  std::vector<model::AuthEvent> auth;
  std::vector<model::Last> last;
  std::vector<model::Event> events;
  Attempts attempts;
  std::vector<std::string> sources = {kAuthLog, kJournal, kAudit};

  void fail(int64_t from, int64_t to, int64_t count, std::string_view address,
            std::string_view username = "root", uint16_t source = 0,
            parse::AuthOutcome outcome = parse::AuthOutcome::kFailed,
            std::string_view method = "password") {
    Attempt attempt;
    attempt.outcome = outcome;
    attempt.address = address;
    attempt.username = username;
    attempt.method = method;
    attempt.program = "sshd";
    attempt.time = from;
    attempt.last_time = to;
    attempt.count = count;
    attempts.add(attempt, source);
    attempts.settle();
  }
  LogEvidence evidence() const { return {auth, last, events, sources}; }
  std::vector<model::Login> logins() const {
    return join_logins(evidence(), AttemptIndex(attempts));
  }
  std::vector<model::LoginAttempts> counted() const {
    const AttemptIndex index(attempts);
    std::vector<model::LoginAttempts> rows;
    count_attempts(evidence(), index, join_logins(evidence(), index),
                   [&](const model::LoginAttempts& row) { rows.push_back(row); });
    return rows;
  }
};

TEST(NetworkOf, IsTheTwentyFourOrTheSixtyFour) {
  EXPECT_EQ(network_of("203.0.113.77"), "203.0.113.0/24");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("::ffff:203.0.113.77"), "203.0.113.0/24");
  EXPECT_EQ(network_of(""), "");
  EXPECT_EQ(network_of("host.example"), "");
  EXPECT_EQ(network_of("203.0.113"), "");
  EXPECT_EQ(network_of("203.0.113.7; rm -rf"), "");
}

TEST(JoinLogins, OneLoginOfAuthLogJournalAndWtmpIsOneRow) {
  Logs logs;
  logs.auth = {accepted(kAuthLog, kNow), accepted(kJournal, kNow + kSecond / 2)};
  logs.auth[0].certainty = "assumed_zone";
  logs.auth[0].port = 40'022;
  logs.auth[0].method = "publickey";
  logs.auth[1].fingerprint = "SHA256:hana";
  logs.auth[1].pid = 4711;
  logs.auth[1].comm = "sshd";
  logs.last = {record(kNow - kHour, "ken"), record(kNow + 2 * kSecond),
               record(kNow + kHour, "ken")};
  const auto logins = logs.logins();
  ASSERT_EQ(logins.size(), 1U);
  const model::Login& login = logins[0];
  EXPECT_EQ(login.sources, "/var/log/auth.log /var/log/journal/0123");
  EXPECT_EQ(login.in_wtmp, true);
  EXPECT_EQ(login.time.nanoseconds, kNow + kSecond / 2);  // the journal keeps UTC
  EXPECT_EQ(login.certainty, "exact");
  EXPECT_EQ(login.port, 40'022);
  EXPECT_EQ(login.method, "publickey");
  EXPECT_EQ(login.fingerprint, "SHA256:hana");
  EXPECT_EQ(login.pid, 4711);
  EXPECT_EQ(login.comm, "sshd");
  EXPECT_EQ(login.network, "192.0.2.0/24");
}

TEST(JoinLogins, MappedAddressIsTheSameAddress) {
  Logs logs;
  logs.auth = {accepted(kAuthLog, kNow), accepted(kJournal, kNow, "hana", "::ffff:192.0.2.10")};
  const auto logins = logs.logins();
  ASSERT_EQ(logins.size(), 1U);
  EXPECT_EQ(logins[0].address, "192.0.2.10");
}

TEST(JoinLogins, WhatDiffersIsAnotherLogin) {
  Logs logs;
  logs.auth = {accepted(kAuthLog, kNow), accepted(kJournal, kNow, "ken"),
               accepted(kJournal, kNow, "hana", "192.0.2.11"),
               accepted(kJournal, kNow + 6 * kSecond)};
  logs.auth.push_back(accepted(kAuthLog, kNow + kHour));
  logs.auth.push_back(accepted(kJournal, kNow + kHour));
  logs.auth[4].port = 1;
  logs.auth[5].port = 2;
  EXPECT_EQ(logs.logins().size(), 6U);
}

TEST(JoinLogins, TwoLoginsOfOneLogStayTwo) {
  Logs logs;
  logs.auth = {accepted(kAuthLog, kNow), accepted(kAuthLog, kNow)};
  EXPECT_EQ(logs.logins().size(), 2U);
}

// sshd tells audit of the key and of the login: two records, one server process.
TEST(JoinLogins, TwoRecordsOfAuditAboutOneLoginAreOneRow) {
  Logs logs;
  logs.auth = {accepted(kAudit, kNow), accepted(kAudit, kNow + kSecond)};
  logs.auth[0].method = "publickey";
  logs.auth[0].pid = logs.auth[1].pid = 4711;
  const auto logins = logs.logins();
  ASSERT_EQ(logins.size(), 1U);
  EXPECT_EQ(logins[0].method, "publickey");
}

TEST(JoinLogins, PamsOwnWordIsNoSecondLogin) {
  Logs logs;
  logs.auth = {accepted(kAuthLog, kNow), accepted(kAuthLog, kNow)};
  logs.auth[1].method = "pam";
  EXPECT_EQ(logs.logins().size(), 1U);
}

TEST(JoinLogins, LoginThatWtmpShouldKnowAndDoesNot) {
  Logs logs;
  logs.auth = {accepted(kAuthLog, kNow - kHour), accepted(kAuthLog, kNow),
               accepted(kAuthLog, kNow + 2 * kHour)};
  EXPECT_FALSE(logs.logins()[0].in_wtmp);  // no wtmp at all
  logs.last = {record(kNow - kHour + kSecond), record(kNow + kHour, "reboot", "", 2)};
  const auto logins = logs.logins();
  ASSERT_EQ(logins.size(), 3U);
  EXPECT_FALSE(logins[0].in_wtmp);  // before wtmp begins, though only by a second
  EXPECT_EQ(logins[1].in_wtmp, false);
  EXPECT_FALSE(logins[2].in_wtmp);  // after it ends
}

TEST(JoinLogins, EndIsTheFirstClosingOfItsProcess) {
  Logs logs;
  logs.auth = {accepted(kAuthLog, kNow), accepted(kAuthLog, kNow + 100 * kSecond, "ken")};
  logs.auth[0].pid = 4711;
  logs.auth[1].pid = 4712;
  const auto close = [&](int64_t time, int64_t pid, std::string outcome) {
    model::AuthEvent event = accepted(kAuthLog, time);
    event.outcome = std::move(outcome);
    event.pid = pid;
    logs.auth.push_back(event);
  };
  close(kNow - kHour, 4711, "session_closed");  // of an earlier process with the same number
  close(kNow + 2 * kHour, 4711, "session_closed");
  close(kNow + kHour, 4711, "disconnected");
  const auto logins = logs.logins();
  ASSERT_EQ(logins.size(), 2U);
  ASSERT_TRUE(logins[0].end_time);
  EXPECT_EQ(logins[0].end_time->nanoseconds, kNow + kHour);
  EXPECT_FALSE(logins[1].end_time);
}

TEST(JoinLogins, FirstOfAddressIsByAccount) {
  Logs logs;
  logs.auth = {accepted(kAuthLog, kNow + kHour), accepted(kAuthLog, kNow),
               accepted(kAuthLog, kNow + 2 * kHour, "hana", "192.0.2.11"),
               accepted(kAuthLog, kNow + 3 * kHour, "ken")};
  std::string told;
  for (const model::Login& login : logs.logins()) {
    told += fmt::format("{} {} {} {};", login.username, *login.address, login.first_of_address,
                        login.logins_before);
  }
  EXPECT_EQ(told,
            "hana 192.0.2.10 true 0;hana 192.0.2.10 false 1;hana 192.0.2.11 true 2;"
            "ken 192.0.2.10 true 0;");
}

TEST(JoinLogins, FailuresBeforeAreOfTheAddressItsNetworkAndTheUser) {
  Logs logs;
  logs.auth = {accepted(kAuthLog, kNow, "root", "203.0.113.7")};
  logs.fail(kNow - 5 * kHour, kNow - 4 * kHour, 40, "203.0.113.7", "admin");
  logs.fail(kNow - kHour / 2, kNow - kSecond, 10, "203.0.113.7", "root");
  logs.fail(kNow - 9 * kHour, kNow - 9 * kHour, 100, "203.0.113.8", "root");
  logs.fail(kNow + 2 * kHour, kNow + 3 * kHour, 1000, "203.0.113.7", "root");
  const auto logins = logs.logins();
  ASSERT_EQ(logins.size(), 1U);
  EXPECT_EQ(logins[0].failures_before, 50);
  EXPECT_EQ(logins[0].failures_before_hour, 10);
  EXPECT_EQ(logins[0].user_failures_before, 10);
  EXPECT_EQ(logins[0].network_failures_before, 150);
}

TEST(JoinLogins, LoginFromNowhereHasNoHistoryOfAnAddress) {
  Logs logs;
  logs.auth = {accepted(kAuthLog, kNow)};
  logs.auth[0].address.reset();
  logs.fail(kNow - kSecond, kNow - kSecond, 3, "host.example");
  const auto logins = logs.logins();
  ASSERT_EQ(logins.size(), 1U);
  EXPECT_FALSE(logins[0].address);
  EXPECT_FALSE(logins[0].network);
  EXPECT_EQ(logins[0].failures_before, 0);
}

TEST(CountAttempts, LogThatTellsMostCounts) {
  Logs logs;
  logs.fail(kNow, kNow + 10, 90, "203.0.113.7", "root", 0);
  logs.fail(kNow, kNow + 10, 95, "203.0.113.7", "root", 0, parse::AuthOutcome::kFailed, "pam");
  logs.fail(kNow, kNow + 10, 70, "203.0.113.7", "x", 0, parse::AuthOutcome::kInvalidUser, "");
  logs.fail(kNow - 5, kNow + 20, 100, "203.0.113.7", "root", 1);
  logs.fail(kNow, kNow, 1, "::ffff:203.0.113.7", "admin", 1);
  logs.auth = {accepted(kAuthLog, kNow + 30, "root", "203.0.113.7")};
  model::Event ban;
  ban.action = "banned";
  ban.address = "203.0.113.7";
  ban.count = 2;
  logs.events = {ban};
  const auto rows = logs.counted();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].address, "203.0.113.7");
  EXPECT_EQ(rows[0].network, "203.0.113.0/24");
  EXPECT_EQ(rows[0].attempts, 101);
  EXPECT_EQ(rows[0].source, kJournal);
  EXPECT_EQ(rows[0].users, 3);
  EXPECT_EQ(rows[0].first_time.nanoseconds, kNow - 5);
  EXPECT_EQ(rows[0].last_time.nanoseconds, kNow + 20);
  EXPECT_EQ(rows[0].accepted, 1);
  EXPECT_EQ(rows[0].bans, 2);
}

TEST(JoinLogins, EpisodeThatGoesOnAfterwardsCountsItsShare) {
  Logs logs;
  logs.fail(0, 100 * kSecond, 100, "203.0.113.7");
  for (const int64_t time : {-kSecond, 50 * kSecond, 200 * kSecond}) {
    logs.auth.push_back(accepted(kAuthLog, time, "root", "203.0.113.7"));
  }
  logs.auth.push_back(accepted(kAuthLog, 300 * kSecond, "nobody", "203.0.113.7"));
  logs.auth.push_back(accepted(kAuthLog, 300 * kSecond, "root", "203.0.113.9"));
  const auto logins = logs.logins();
  ASSERT_EQ(logins.size(), 5U);
  EXPECT_EQ(logins[0].failures_before, 0);
  EXPECT_NEAR(static_cast<double>(logins[1].failures_before), 50, 1);
  EXPECT_NEAR(static_cast<double>(logins[1].failures_before_hour), 50, 1);
  EXPECT_NEAR(static_cast<double>(logins[1].user_failures_before), 50, 1);
  EXPECT_EQ(logins[2].failures_before, 100);
  EXPECT_EQ(logins[3].failures_before, 100);
  EXPECT_EQ(logins[3].user_failures_before, 0);
  EXPECT_EQ(logins[4].failures_before, 0);
  EXPECT_EQ(logins[4].network_failures_before, 100);
}

// Whoever writes lines of sshd can have any number of logins in one second.
TEST(JoinLogins, FloodInOneSecondIsNotComparedEachWithEach) {
  Logs logs;
  constexpr int kLogins = 60'000;
  for (int i = 0; i < kLogins; ++i) {
    logs.auth.push_back(accepted(kAuthLog, kNow, i % 2 == 0 ? fmt::format("u{}", i) : "hana"));
    logs.auth.back().port = i;
    logs.last.push_back(record(kNow + i * kSecond));
  }
  EXPECT_EQ(logs.logins().size(), static_cast<size_t>(kLogins));
}

TEST(JoinLogins, ManyLoginsBesideManyNamesThatWereTried) {
  Logs logs;
  Attempt attempt;
  attempt.address = "203.0.113.7";
  attempt.method = "password";
  for (int i = 0; i < 100'000; ++i) {
    const std::string name = fmt::format("u{}", i);
    attempt.username = name;
    attempt.time = attempt.last_time = kNow - i * kSecond / 100;
    logs.attempts.add(attempt, 0);
  }
  logs.attempts.settle();
  for (int i = 1; i <= 50'000; ++i) {
    logs.auth.push_back(accepted(kAuthLog, kNow + i * 20 * kSecond, "bob", "203.0.113.8"));
  }
  logs.auth.push_back(accepted(kAuthLog, kNow + kSecond, "u7", "203.0.113.7"));
  const auto logins = logs.logins();
  ASSERT_EQ(logins.size(), 50'001U);
  EXPECT_EQ(logins[0].failures_before, 100'000);
  EXPECT_EQ(logins[0].failures_before_hour, 100'000);
  EXPECT_EQ(logins[0].user_failures_before, 1);
  EXPECT_EQ(logins.back().network_failures_before, 100'000);
}

TEST(JoinLogins, TimesAtTheEndsOfTimeAreTimes) {
  Logs logs;
  for (const int64_t time : {INT64_MIN, INT64_MAX}) {
    logs.auth.push_back(accepted(kAuthLog, time));
    logs.auth.back().certainty = "assumed_zone";
    logs.last.push_back(record(time));
  }
  logs.fail(INT64_MIN, INT64_MIN, 1, "192.0.2.10");
  EXPECT_EQ(logs.logins().size(), 2U);
  EXPECT_TRUE(measure_offsets(logs.auth, logs.last).empty());
}

// auth.log was written nine hours ahead; read as UTC, its logins lie nine hours late.
class Offsets : public ::testing::Test {
 protected:
  void login(int64_t time, int64_t shift, int64_t wtmp_after = kSecond) {
    auth_.push_back(accepted(kAuthLog, time + shift));
    auth_.back().certainty = "assumed_zone";
    last_.push_back(record(time + wtmp_after));
  }
  std::map<std::string, int64_t> measured() const { return measure_offsets(auth_, last_); }

  std::vector<model::AuthEvent> auth_;
  std::vector<model::Last> last_;
  using Map = std::map<std::string, int64_t>;
};

TEST_F(Offsets, TwoLoginsMeasureAZone) {
  login(kNow, 9 * kHour);
  login(kNow + 30 * kHour, 9 * kHour);
  EXPECT_EQ(measured(), (Map{{kAuthLog, -9 * 3600}}));
}

TEST_F(Offsets, QuarterOfAnHourIsAZoneToo) {
  login(kNow, -(5 * kHour + 45 * 60 * kSecond));
  login(kNow + 30 * kHour, -(5 * kHour + 45 * 60 * kSecond));
  EXPECT_EQ(measured(), (Map{{kAuthLog, 5 * 3600 + 45 * 60}}));
}

TEST_F(Offsets, JournalMeasuresAsWell) {
  for (const int64_t time : {kNow, kNow + 30 * kHour}) {
    auth_.push_back(accepted(kAuthLog, time + 9 * kHour));
    auth_.back().certainty = "inferred_year";
    auth_.push_back(accepted(kJournal, time));
  }
  EXPECT_EQ(measured(), (Map{{kAuthLog, -9 * 3600}}));
}

TEST_F(Offsets, OneLoginIsNoMeasure) {
  login(kNow, 9 * kHour);
  EXPECT_EQ(measured(), Map{});
}

TEST_F(Offsets, LoginsThatContradictEachOtherAreNoMeasure) {
  login(kNow, 9 * kHour);
  login(kNow + 30 * kHour, 9 * kHour);
  login(kNow + 60 * kHour, -3 * kHour);
  login(kNow + 90 * kHour, 5 * kHour);
  EXPECT_EQ(measured(), Map{});
}

TEST_F(Offsets, LoginsThatAgreeNeedNoOffset) {
  login(kNow, 0);
  login(kNow + 30 * kHour, 0);
  EXPECT_EQ(measured(), Map{});
}

TEST_F(Offsets, WhatIsNoZoneIsNoMeasure) {
  login(kNow, 400 * kSecond);
  login(kNow + 30 * kHour, 400 * kSecond);
  EXPECT_EQ(measured(), Map{});
}

// Somebody comes every hour: each distance of whole hours is there, zero too.
TEST_F(Offsets, LoginsAtRegularTimesDoNotInventAZone) {
  for (int i = 0; i < 50; ++i) {
    login(kNow + i * kHour, 0);
  }
  EXPECT_EQ(measured(), Map{});
}

// The same, in a log whose zone is wrong: wtmp goes on longer, so every whole hour fits.
TEST_F(Offsets, LoginsAtRegularTimesTellNoZone) {
  for (int i = -30; i < 80; ++i) {
    last_.push_back(record(kNow + i * kHour));
  }
  for (int i = 0; i < 50; ++i) {
    auth_.push_back(accepted(kAuthLog, kNow + i * kHour + 9 * kHour));
    auth_.back().certainty = "assumed_zone";
  }
  EXPECT_EQ(measured(), Map{});
}

TEST_F(Offsets, TimesThatAreExactAreNotMoved) {
  login(kNow, 9 * kHour);
  login(kNow + 30 * kHour, 9 * kHour);
  for (model::AuthEvent& event : auth_) {
    event.certainty = "exact";
  }
  EXPECT_EQ(measured(), Map{});
}

}  // namespace
}  // namespace genba::collect::logs
