// SPDX-License-Identifier: Apache-2.0
//
// FTP servers that log by syslog, and sudo's complaints, through the whole collector.
#include "collect/logs/message_facts.h"

#include "collect/logs/logs_test_support.h"

namespace genba::collect::logs {

namespace {

using test::FakeHost;
using namespace test_support;

TEST(MessageFacts, PureFtpdLoginsAndFailuresAreTold) {
  FakeHost host;
  std::string messages;
  for (int i = 0; i < 5; ++i) {
    messages += line(fmt::format("03:{:02}:00", i),
                     "pure-ftpd: (?@203.0.113.7) [WARNING] Authentication failed for user [erin]");
  }
  messages += line("03:05:00", "pure-ftpd: (?@203.0.113.7) [INFO] erin is now logged in");
  messages += line("03:06:00",
                   "pure-ftpd: (erin@203.0.113.7) [NOTICE] /srv/www/x.php uploaded  (471 bytes, "
                   "2.83KB/sec)");
  messages += line("03:07:00", "pure-ftpd: (erin@203.0.113.7) [NOTICE] Deleted /srv/www/old.php");
  messages += line("03:08:00", "pure-ftpd: (erin@203.0.113.7) [INFO] Logout.");
  host.add_file("/var/log/messages", messages);
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "auth_events",
                 {"time", "outcome", "username", "address", "method", "program", "count", "line"}),
            "11-08T03:00:00 failed erin 203.0.113.7 ftp pure-ftpd 5 1;"
            "11-08T03:05:00 accepted erin 203.0.113.7 ftp pure-ftpd 1 6;");
  EXPECT_EQ(show(facts, "events", {"action", "username", "address", "subject", "line"}),
            "ftp_upload erin 203.0.113.7 /srv/www/x.php 7;"
            "ftp_delete erin 203.0.113.7 /srv/www/old.php 8;");
  EXPECT_EQ(show(facts, "logins", {"username", "address", "method", "failures_before"}),
            "erin 203.0.113.7 ftp 5;");
}

TEST(MessageFacts, PureFtpdNameThatImitatesALoginIsAFailure) {
  FakeHost host;
  host.add_file("/var/log/messages",
                line("03:00:00",
                     "pure-ftpd: (?@203.0.113.7) [WARNING] Authentication failed for user [x] is "
                     "now logged in]"));
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "auth_events", {"outcome", "username", "address"}),
            "failed x] is now logged in 203.0.113.7;");
}

TEST(MessageFacts, ProftpdAmongOtherProgramsIsTold) {
  FakeHost host;
  host.add_file(
      "/var/log/auth.log",
      line("03:00:00", "systemd-logind[1]: Watching system buttons") +
          line("03:01:00",
               "proftpd[24]: web (c.example[203.0.113.7]) - USER bob (Login failed): Incorrect "
               "password.") +
          line("03:02:00",
               "proftpd[24]: web (c.example[203.0.113.7]) - USER bob: Login successful."));
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "auth_events", {"outcome", "username", "address", "method", "program"}),
            "failed bob 203.0.113.7 ftp proftpd;accepted bob 203.0.113.7 ftp proftpd;");
}

TEST(MessageFacts, SudoWarningIsNoRefusal) {
  FakeHost host;
  host.add_file(
      "/var/log/auth.log",
      line("03:00:00",
           "sudo:     hana : problem with defaults entries ; TTY=pts/0 ; PWD=/ ; USER=root ;") +
          line("03:00:01",
               "sudo:     hana : unable to open /run/sudo/ts/hana ; TTY=pts/0 ; PWD=/ ; USER=root "
               "; COMMAND=/bin/ls") +
          line("03:00:02", "sudo:     hana : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls"));
  const auto facts = run(host);
  EXPECT_EQ(show(facts, "auth_events", {"outcome", "username", "command"}), "sudo hana /bin/ls;");
}

}  // namespace

}  // namespace genba::collect::logs
