// SPDX-License-Identifier: Apache-2.0
#include "parse/ftp_log/ftp_log.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "base/cursor.h"

namespace genba::parse {
namespace {

using Reader = bool (*)(std::string_view, FtpEvent&);

FtpEvent parse(Reader read, std::string_view text) {
  FtpEvent event;
  EXPECT_TRUE(read(text, event)) << text;
  return event;
}

// Everything but the time, for one comparison: "kind user address path bytes pid ok|failed".
std::string told(const FtpEvent& event) {
  return std::string(to_string(event.kind)) + "|" + std::string(event.user) + "|" +
         std::string(event.address) + "|" + std::string(event.path) + "|" +
         std::to_string(event.bytes) + "|" + std::to_string(event.pid) + "|" +
         (event.succeeded ? "ok" : "failed") + (event.ambiguous ? "|ambiguous" : "");
}

std::string vsftpd(const std::string& text) {
  return told(parse(parse_vsftpd_line, "Sat Nov 21 03:12:09 2026 [pid 7] " + text));
}

TEST(Vsftpd, EachActionIsRead) {
  EXPECT_EQ(vsftpd("CONNECT: Client \"192.0.2.1\""), "connect||192.0.2.1||0|7|ok");
  EXPECT_EQ(vsftpd("[erin] OK LOGIN: Client \"::ffff:192.0.2.1\""), "login|erin|192.0.2.1||0|7|ok");
  EXPECT_EQ(vsftpd("[erin] FAIL LOGIN: Client \"2001:db8::1\""),
            "login_failed|erin|2001:db8::1||0|7|failed");
  EXPECT_EQ(vsftpd("[ftp] OK LOGIN: Client \"192.0.2.1\", anon password \"a@b\""),
            "login|ftp|192.0.2.1||0|7|ok");
  EXPECT_EQ(vsftpd("[erin] OK UPLOAD: Client \"192.0.2.1\", \"/a \"b\", c\", 12 bytes, "
                   "1.00Kbyte/sec"),
            "upload|erin|192.0.2.1|/a \"b\", c|12|7|ok");
  EXPECT_EQ(vsftpd("[erin] FAIL DOWNLOAD: Client \"192.0.2.1\", \"/x*\", 0.00Kbyte/sec"),
            "download|erin|192.0.2.1|/x*|0|7|failed");
  EXPECT_EQ(vsftpd("[erin] OK DELETE: Client \"192.0.2.1\", \"/x\""),
            "delete|erin|192.0.2.1|/x|0|7|ok");
  EXPECT_EQ(vsftpd("[erin] OK RENAME: Client \"192.0.2.1\", \"/x /y\""),
            "other|erin|192.0.2.1|/x /y|0|7|ok");
  EXPECT_EQ(vsftpd("[erin] FTP command: Client \"192.0.2.1\", \"LIST\""),
            "other|erin|192.0.2.1||0|7|ok");
  EXPECT_EQ(vsftpd("[www] FTP response: Client \"192.0.2.1\", \"530 Permission denied.\""),
            "login_failed|www|192.0.2.1||0|7|failed");
  EXPECT_EQ(vsftpd("FTP response: Client \"192.0.2.1\", \"220 hello\""),
            "other||192.0.2.1||0|7|ok");
}

TEST(Vsftpd, TimeAndMessageOfSyslog) {
  const auto event =
      parse(parse_vsftpd_line, "Mon Jun 8 12:08:53 2020 [pid 3] [u] FAIL LOGIN: Client \"::1\"");
  EXPECT_EQ(event.time.year, 2020);
  EXPECT_EQ(event.time.day, 8);
  EXPECT_EQ(event.time.second, 53);
  FtpEvent message;
  message.pid = 99;
  message.time.year = 2026;
  ASSERT_TRUE(parse_vsftpd_message("[u] OK LOGIN: Client \"192.0.2.1\"", message));
  EXPECT_EQ(told(message), "login|u|192.0.2.1||0|99|ok");
  EXPECT_EQ(message.time.year, 2026);
}

TEST(Vsftpd, LastAddressOfAForgedUserNameCounts) {
  EXPECT_EQ(vsftpd("[x] OK LOGIN: Client \"192.0.2.1\"] FAIL LOGIN: Client \"203.0.113.9\""),
            "login_failed|x] OK LOGIN: Client \"192.0.2.1\"|203.0.113.9||0|7|failed|ambiguous");
}

TEST(Vsftpd, ForgedPathStaysPath) {
  EXPECT_EQ(
      vsftpd("[x] OK UPLOAD: Client \"192.0.2.1\", \"/a] FAIL LOGIN: Client \"203.0.113.9\"\", "
             "5 bytes, 1.00Kbyte/sec"),
      "upload|x|192.0.2.1|/a] FAIL LOGIN: Client \"203.0.113.9\"|5|7|ok|ambiguous");
}

TEST(Vsftpd, ForgedPasswordMakesTheLineAmbiguous) {
  EXPECT_TRUE(vsftpd("[ftp] OK LOGIN: Client \"192.0.2.1\", anon password \"x] FAIL LOGIN: "
                     "Client \"203.0.113.9\"")
                  .ends_with("|ambiguous"));
}

TEST(Vsftpd, OtherLinesAreNone) {
  FtpEvent event;
  event.user = "kept";
  for (const std::string& line :
       {std::string(), std::string("Sat Nov 21 03:12:09 2026 "),
        std::string("Sat Nov 21 03:12:09 2026 [pid 7] hello"),
        std::string("Sat Nov 21 03:12:09 2026 [pid x] CONNECT: Client \"192.0.2.1\""),
        std::string("Sat Nov 21 03:12:09 2026 [pid 7] CONNECT: Client \"192.0.2.1"),
        std::string("Sat Nov 21 03:12:09 2026 [pid 7] DANCE: Client \"192.0.2.1\""),
        std::string("Sat Nov 21 03:12:09 2026 [pid 7] x OK LOGIN: Client \"192.0.2.1\""),
        std::string("Sat Nov 21 03:12:09 2026 [pid 7] : Client \""),
        "Sat Nov 21 03:12:09 2026 [pid 7] CONNECT: Client \"" + std::string(500, 'a') + "\""}) {
    EXPECT_FALSE(parse_vsftpd_line(line, event)) << line;
  }
  std::string many = "Sat Nov 21 03:12:09 2026 ";
  for (int i = 0; i < 10'000; ++i) {
    many += "LOGIN: Client \"";
  }
  EXPECT_FALSE(parse_vsftpd_line(many, event));
  EXPECT_EQ(event.user, "kept");
}

TEST(Xferlog, FieldsAreCountedFromBothEndsOfThePath) {
  const auto event =
      parse(parse_xferlog_line,
            "Sun Nov  8 03:12:09 2026 1 ::ffff:192.0.2.1 1024 /srv/a b _ i c.txt b _ "
            "i r erin ftp 0 * c");
  EXPECT_EQ(told(event), "upload|erin|192.0.2.1|/srv/a b _ i c.txt|1024|0|ok");
  EXPECT_EQ(event.time.year, 2026);
  EXPECT_EQ(event.time.minute, 12);
}

TEST(Xferlog, DirectionAndStatus) {
  const std::string front = "Sun Nov  8 03:12:09 2026 0 host.example 9 /x ";
  const auto kind = [&](const std::string& rest) {
    return told(parse(parse_xferlog_line, front + rest));
  };
  EXPECT_EQ(kind("a _ o a mozilla@ ftp 0 * i"), "download|mozilla@|host.example|/x|9|0|failed");
  EXPECT_EQ(kind("b _ d g guest ftp 1 guest c"), "delete|guest|host.example|/x|9|0|ok");
}

TEST(Xferlog, OtherLinesAreNone) {
  FtpEvent event;
  for (const char* line : {"", "Sun Nov  8 03:12:09 2026 1 192.0.2.1 1024 b _ i r erin ftp 0 * c",
                           "Sun Nov  8 03:12:09 2026 x 192.0.2.1 1024 /a b _ i r erin ftp 0 * c",
                           "Sun Nov  8 03:12:09 2026 1 192.0.2.1 -4 /a b _ i r erin ftp 0 * c",
                           "Sun Nov  8 03:12:09 2026 1 192.0.2.1 1024 /a b _ q r erin ftp 0 * c",
                           "Sun Nov  8 03:12:09 2026 1 192.0.2.1 1024 /a b _ i r erin ftp 0 * cc",
                           "Sat Nov 21 03:12:09 2026 [pid 7] CONNECT: Client \"192.0.2.1\""}) {
    EXPECT_FALSE(parse_xferlog_line(line, event)) << line;
  }
}

std::string proftpd(const std::string& text) {
  return told(parse(parse_proftpd_message, "web.example (h.example[::ffff:192.0.2.1])" + text));
}

TEST(Proftpd, LoginsAndFailuresAreTold) {
  EXPECT_EQ(proftpd(": FTP session opened."), "connect||192.0.2.1||0|0|ok");
  EXPECT_EQ(proftpd(": USER erin: Login successful."), "login|erin|192.0.2.1||0|0|ok");
  EXPECT_EQ(proftpd(": ANON ftp: Login successful."), "login|ftp|192.0.2.1||0|0|ok");
  EXPECT_EQ(proftpd(": USER erin (Login failed): Incorrect password."),
            "login_failed|erin|192.0.2.1||0|0|failed");
  EXPECT_EQ(proftpd(" - USER erin: no such user found from h.example [192.0.2.1] to 192.0.2.2:21"),
            "login_failed|erin|192.0.2.1||0|0|failed");
  EXPECT_EQ(proftpd(": - no such user 'erin'"), "login_failed|erin|192.0.2.1||0|0|failed");
  EXPECT_EQ(proftpd(": SECURITY VIOLATION: root login attempted."),
            "login_failed|root|192.0.2.1||0|0|failed");
  EXPECT_EQ(proftpd(": Maximum login attempts (3) exceeded"), "other||192.0.2.1||0|0|ok");
}

TEST(Proftpd, UserNameThatImitatesASuccessHasFailed) {
  EXPECT_EQ(proftpd(": USER x: Login successful. (Login failed): Incorrect password."),
            "login_failed|x: Login successful.|192.0.2.1||0|0|failed");
  EXPECT_EQ(proftpd(": USER x (Login failed): y: no such user found from h [192.0.2.1] to h:21"),
            "login_failed|x|192.0.2.1||0|0|failed");
}

TEST(Proftpd, OwnLogAndSyslogLines) {
  const auto own = parse(parse_proftpd_line,
                         "2026-11-08 03:12:09,123 web proftpd[77] web (h[192.0.2.1]): USER erin: "
                         "Login successful.");
  EXPECT_EQ(told(own), "login|erin|192.0.2.1||0|77|ok");
  EXPECT_EQ(own.time.year, 2026);
  const auto syslog = parse(parse_proftpd_line,
                            "Jan 27 07:53:20 web proftpd[24]: web (h[192.0.2.1]) - FTP session "
                            "opened.");
  EXPECT_EQ(told(syslog), "connect||192.0.2.1||0|24|ok");
  EXPECT_EQ(syslog.time.year, 0);
  FtpEvent event;
  for (const char* line : {"", "Jan 27 07:53:20 web sshd[24]: web (h[192.0.2.1]) - x",
                           "Jan 27 07:53:20 web proftpd[24] web: ProFTPD standalone mode STARTUP",
                           "Jan 27 07:53:20 web proftpd[24 web (h[192.0.2.1]): x",
                           "Jan 27 07:53:20 web proftpd[24]: web (h[192.0.2.1): x"}) {
    EXPECT_FALSE(parse_proftpd_line(line, event)) << line;
  }
}

std::string pureftpd(const std::string& text) {
  return told(parse(parse_pureftpd_message, text));
}

TEST(Pureftpd, MessagesAreTold) {
  EXPECT_EQ(pureftpd("(?@192.0.2.1) [INFO] New connection from 192.0.2.1"),
            "connect||192.0.2.1||0|0|ok");
  EXPECT_EQ(pureftpd("(?@192.0.2.1) [INFO] erin is now logged in"), "login|erin|192.0.2.1||0|0|ok");
  EXPECT_EQ(pureftpd("(?@h.example) [WARNING] Authentication failed for user [erin]"),
            "login_failed|erin|h.example||0|0|failed");
  EXPECT_EQ(pureftpd("(erin@192.0.2.1) [NOTICE] /home/erin//.htaccess uploaded  (471 bytes, "
                     "2.83KB/sec)"),
            "upload|erin|192.0.2.1|/home/erin//.htaccess|471|0|ok");
  EXPECT_EQ(pureftpd("(a@b.example@192.0.2.1) [NOTICE] /x downloaded  (5 bytes, 1.00KB/sec)"),
            "download|a@b.example|192.0.2.1|/x|5|0|ok");
  EXPECT_EQ(pureftpd("(erin@192.0.2.1) [NOTICE] Deleted /home/erin/x"),
            "delete|erin|192.0.2.1|/home/erin/x|0|0|ok");
  EXPECT_EQ(pureftpd("(erin@192.0.2.1) [NOTICE] Deleted /root is now logged in"),
            "delete|erin|192.0.2.1|/root is now logged in|0|0|ok");
  EXPECT_EQ(pureftpd("(erin@192.0.2.1) [INFO] Logout."), "other|erin|192.0.2.1||0|0|ok");
}

TEST(Pureftpd, ImitationsInNamesAndPathsStayThere) {
  EXPECT_EQ(
      pureftpd("(?@192.0.2.1) [WARNING] Authentication failed for user [x] is now logged in]"),
      "login_failed|x] is now logged in|192.0.2.1||0|0|failed");
  EXPECT_EQ(pureftpd("(e@192.0.2.1) [NOTICE] /a uploaded  (9 bytes, 1KB/sec) downloaded  (5 bytes, "
                     "1.00KB/sec)"),
            "download|e|192.0.2.1|/a uploaded  (9 bytes, 1KB/sec)|5|0|ok");
  FtpEvent event;
  for (const char* text : {"", "(", "(x", "(x) [INFO] a", "(x@y) INFO a", "(x@y) [INFO"}) {
    EXPECT_FALSE(parse_pureftpd_message(text, event)) << text;
  }
}

class FtpLogOfRealHosts : public ::testing::Test {
 protected:
  std::string read_whole(const std::string& path) {
    const char* shared = std::getenv("GENBA_SHARED_DIR");
    std::ifstream file(std::string(shared == nullptr ? "../shared" : shared) + "/data/" + path,
                       std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(FtpLogOfRealHosts, VsftpdGivesWhatPlasoFinds) {
  const std::string bytes = read_whole("plaso-linux/test_data/vsftpd.log");
  if (bytes.empty()) {
    GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no plaso-linux/test_data/vsftpd.log";
  }
  std::vector<FtpEvent> events;
  base::Lines lines(bytes);
  while (const auto line = lines.next()) {
    events.push_back(parse(parse_vsftpd_line, line->text));
  }
  ASSERT_EQ(events.size(), 25U);
  EXPECT_EQ(told(events[12]),
            "download|jean|192.168.1.7|/home/jean/trains/how-thomas-the-tank-engine-works-1.jpg|"
            "49283|3|ok");
  EXPECT_EQ(events[12].time.year, 2016);
  EXPECT_EQ(events[12].time.month, 6);
  EXPECT_EQ(events[12].time.day, 10);
  EXPECT_EQ(events[12].time.hour, 14);
  EXPECT_EQ(events[12].time.minute, 24);
  EXPECT_EQ(events[12].time.second, 19);
  EXPECT_EQ(told(events[14]), "login|ftp|192.168.1.5||0|1|ok");
  EXPECT_EQ(told(events[24]),
            "download|jean|192.168.1.7|/home/jean/photos/we_will-we_will-hack_you!.jpg|0|3|failed");
  std::map<FtpEventKind, int> counts;
  for (const auto& event : events) {
    ++counts[event.kind];
    EXPECT_FALSE(event.ambiguous);
  }
  EXPECT_EQ(counts[FtpEventKind::kConnect], 4);
  EXPECT_EQ(counts[FtpEventKind::kLogin], 4);
  EXPECT_EQ(counts[FtpEventKind::kUpload], 11);
  EXPECT_EQ(counts[FtpEventKind::kDownload], 5);
  EXPECT_EQ(counts[FtpEventKind::kOther], 1);
}

TEST_F(FtpLogOfRealHosts, VsftpdGivesWhatCrowdsecFinds) {
  const std::string logs = read_whole("crowdsec-hub/.tests/vsftpd-logs/vsftpd-logs.log");
  const std::string brute = read_whole("crowdsec-hub/.tests/vsftpd-bf/vsftpd-bf.log");
  if (logs.empty() || brute.empty()) {
    GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no crowdsec-hub/.tests/vsftpd-*";
  }
  std::vector<std::string> events;
  base::Lines lines(logs);
  while (const auto line = lines.next()) {
    if (!line->text.empty()) {
      events.push_back(told(parse(parse_vsftpd_line, line->text)));
    }
  }
  EXPECT_EQ(events, (std::vector<std::string>{
                        "connect||93.24.101.89||0|27245|ok",
                        "login|ubuntu|93.24.101.89||0|27307|ok",
                        "login_failed|user|93.24.101.89||0|27244|failed",
                        "login_failed|user|93.24.101.90||0|27244|failed",
                        "login_failed|www-data|1.2.3.4||0|15685|failed",
                    }));
  int failures = 0;
  base::Lines brute_lines(brute);
  while (const auto line = brute_lines.next()) {
    failures += line->text.empty()                                                        ? 0
                : parse(parse_vsftpd_line, line->text).kind == FtpEventKind::kLoginFailed ? 1
                                                                                          : 0;
  }
  EXPECT_EQ(failures, 6);
}

}  // namespace
}  // namespace genba::parse
