// SPDX-License-Identifier: Apache-2.0
#include "parse/fail2ban_log/fail2ban_log.h"

#include <gtest/gtest.h>

#include <string>

namespace genba::parse {
namespace {

Fail2banEvent parse(std::string_view line) {
  Fail2banEvent event;
  EXPECT_TRUE(parse_fail2ban_line(line, event)) << line;
  return event;
}

TEST(Fail2banLog, BanHasJailAddressTimeAndPid) {
  const auto event =
      parse("2026-11-08 03:12:09,123 fail2ban.actions        [123]: NOTICE  [sshd] Ban 192.0.2.1");
  EXPECT_EQ(event.kind, Fail2banKind::kBan);
  EXPECT_EQ(event.jail, "sshd");
  EXPECT_EQ(event.address, "192.0.2.1");
  EXPECT_EQ(event.pid, 123);
  EXPECT_EQ(event.time.year, 2026);
  EXPECT_EQ(event.time.hour, 3);
  EXPECT_EQ(event.time.nanosecond, 123'000'000);
  EXPECT_EQ(event.time.offset, LogTime::kNoOffset);
}

TEST(Fail2banLog, ShortPidFieldIsReadToo) {
  const auto event =
      parse("2026-11-08 03:12:09,123 fail2ban.actions [123]: NOTICE [sshd] Ban 2001:db8::1");
  EXPECT_EQ(event.kind, Fail2banKind::kBan);
  EXPECT_EQ(event.address, "2001:db8::1");
}

TEST(Fail2banLog, OldVersionsTellNoPid) {
  const auto unban =
      parse("2011-05-18 11:38:59,400 fail2ban.actions: WARNING [proftpd] Unban 198.51.100.3");
  EXPECT_EQ(unban.kind, Fail2banKind::kUnban);
  EXPECT_EQ(unban.jail, "proftpd");
  EXPECT_EQ(unban.address, "198.51.100.3");
  EXPECT_EQ(unban.pid, 0);
  const auto started = parse("2014-01-07 03:04:01,936 fail2ban.jail   : INFO   Jail 'ssh' started");
  EXPECT_EQ(started.kind, Fail2banKind::kJailStarted);
  EXPECT_EQ(started.jail, "ssh");
}

TEST(Fail2banLog, EachKindIsKnown) {
  const std::string front = "2026-11-08 03:12:09,123 fail2ban.actions        [7]: ";
  const auto kind = [&](const std::string& message) { return parse(front + message).kind; };
  EXPECT_EQ(kind("NOTICE  [sshd] Restore Ban 192.0.2.1"), Fail2banKind::kRestoreBan);
  EXPECT_EQ(kind("NOTICE  [sshd] Increase Ban 192.0.2.1 (2 # 0:20:00 -> 2026-11-08 03:32:09)"),
            Fail2banKind::kIncreaseBan);
  EXPECT_EQ(kind("WARNING [sshd] 192.0.2.1 already banned"), Fail2banKind::kAlreadyBanned);
  EXPECT_EQ(kind("INFO    [sshd] 192.0.2.1 already banned"), Fail2banKind::kAlreadyBanned);
  EXPECT_EQ(kind("INFO    [sshd] Ignore 192.0.2.1 by ip"), Fail2banKind::kIgnored);
  EXPECT_EQ(kind("INFO    Jail 'sshd' stopped"), Fail2banKind::kJailStopped);
  EXPECT_EQ(kind("INFO    Starting Fail2ban v1.0.2"), Fail2banKind::kServerStarted);
  EXPECT_EQ(kind("INFO    Exiting Fail2ban"), Fail2banKind::kServerStopped);
  EXPECT_EQ(kind("INFO    Set maxRetry = 3"), Fail2banKind::kOther);
  EXPECT_EQ(kind("DEBUG   [nginx] action 'iptables-multiport': unban 192.0.2.1"),
            Fail2banKind::kOther);
  EXPECT_EQ(kind("NOTICE  [sshd] Flush ticket(s) with iptables-multiport"), Fail2banKind::kOther);
  EXPECT_EQ(kind("NOTICE  [sshd] Ban "), Fail2banKind::kOther);
  EXPECT_EQ(kind("INFO    Jail 'sshd' uses pyinotify {}"), Fail2banKind::kOther);
  EXPECT_EQ(kind(""), Fail2banKind::kOther);
}

TEST(Fail2banLog, FailureHasItsOwnTime) {
  const auto event = parse(
      "2026-11-08 03:12:10,500 fail2ban.filter         [9]: INFO    [sshd] Found 192.0.2.1 - "
      "2026-11-08 03:12:08");
  EXPECT_EQ(event.kind, Fail2banKind::kFound);
  EXPECT_EQ(event.address, "192.0.2.1");
  EXPECT_EQ(event.time.second, 10);
  EXPECT_EQ(event.failed.year, 2026);
  EXPECT_EQ(event.failed.second, 8);
  EXPECT_EQ(
      parse("2026-11-08 03:12:10,500 fail2ban.filter [9]: INFO [sshd] Found 192.0.2.1").failed.year,
      0);
}

TEST(Fail2banLog, MessageOfSyslogIsReadWithoutTime) {
  Fail2banEvent event;
  event.pid = 44;
  parse_fail2ban_message("NOTICE [sshd] Ban 192.0.2.1", event);
  EXPECT_EQ(event.kind, Fail2banKind::kBan);
  EXPECT_EQ(event.pid, 44);
  parse_fail2ban_message("[sshd] Unban 192.0.2.1", event);
  EXPECT_EQ(event.kind, Fail2banKind::kUnban);
  parse_fail2ban_message("Jail 'a' started", event);
  EXPECT_EQ(event.jail, "a");
  EXPECT_TRUE(event.address.empty());
}

TEST(Fail2banLog, LinesOfOtherProgramsAreNone) {
  Fail2banEvent event;
  event.jail = "kept";
  for (const char* line :
       {"", "Traceback (most recent call last):", "2026-11-08 03:12:09,123",
        "2026-11-08 03:12:09,123 sshd[1]: NOTICE [sshd] Ban 192.0.2.1",
        "2026-11-08 03:12:09,123 fail2ban.actions", "2026-11-08 03:12:09,123 fail2ban [x]: INFO a",
        "2026-11-08 03:12:09,123 fail2ban [99999999999999999999]: INFO a",
        "2026-11-08 03:12:09,123 fail2ban [1: INFO a",
        "2026-13-08 03:12:09,123 fail2ban.actions [1]: NOTICE [sshd] Ban 192.0.2.1"}) {
    EXPECT_FALSE(parse_fail2ban_line(line, event)) << line;
  }
  EXPECT_EQ(event.jail, "kept");
}

TEST(Fail2banLog, HostileTextStaysInItsField) {
  const auto event = parse(
      "2026-11-08 03:12:09,123 fail2ban.actions [1]: NOTICE [sshd] Ban a]Ban\x1b[2J [x] Ban b");
  EXPECT_EQ(event.jail, "sshd");
  EXPECT_EQ(event.address, "a]Ban\x1b[2J");
  EXPECT_EQ(to_string(event.kind), "ban");
  EXPECT_EQ(parse("2026-11-08 03:12:09 fail2ban.x [1]: INFO [open").kind, Fail2banKind::kOther);
}

}  // namespace
}  // namespace genba::parse
