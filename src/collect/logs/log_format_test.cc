// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/log_format.h"

#include <string>

#include "gtest/gtest.h"

namespace genba::collect::logs {
namespace {

struct Sample {
  LogFormat format;
  std::string_view line;
  parse::LogTime time;
};

// The same moment in each format's words.
constexpr Sample kSamples[] = {
    {LogFormat::kSyslog,
     "Nov  8 03:12:09 web01 sshd[4711]: Connection closed",
     {0, 11, 8, 3, 12, 9}},
    {LogFormat::kSyslog,
     "2026-11-08T03:12:09+09:00 web01 sshd[4711]: Connection closed",
     {2026, 11, 8, 3, 12, 9, 0, 32400}},
    {LogFormat::kSyslog,
     "<34>1 2026-11-08T03:12:09Z web01 sshd 4711 - - Connection closed",
     {2026, 11, 8, 3, 12, 9, 0, 0}},
    {LogFormat::kWebAccess,
     "192.0.2.1 - - [08/Nov/2026:03:12:09 +0900] \"GET / HTTP/1.1\" 200 12 \"-\" \"-\"",
     {2026, 11, 8, 3, 12, 9, 0, 32400}},
    {LogFormat::kWebError,
     "2026/11/08 03:12:09 [error] 7#7: *1 open() failed, client: 192.0.2.1, server: _",
     {2026, 11, 8, 3, 12, 9}},
    {LogFormat::kWebError,
     "[Sun Nov 08 03:12:09.000000 2026] [core:notice] [pid 7] AH00094: Command line: 'apache2'",
     {2026, 11, 8, 3, 12, 9}},
    {LogFormat::kAudit,
     "type=USER_LOGIN msg=audit(1794107529.000:7): pid=9 uid=0 auid=1000 ses=4 msg='op=login'",
     {2026, 11, 8, 3, 12, 9, 0, 0}},
    {LogFormat::kAudit,
     "node=web01 type=CWD msg=audit(1794107529.000:7): cwd=\"/\"",
     {2026, 11, 8, 3, 12, 9, 0, 0}},
    {LogFormat::kDpkg,
     "2026-11-08 03:12:09 status installed bash:amd64 5.2-1",
     {2026, 11, 8, 3, 12, 9}},
    {LogFormat::kApt, "Start-Date: 2026-11-08  03:12:09", {2026, 11, 8, 3, 12, 9}},
    {LogFormat::kYum, "Nov 08 03:12:09 Installed: bash-5.1-6.el9.x86_64", {0, 11, 8, 3, 12, 9}},
    {LogFormat::kDnf,
     "2026-11-08T03:12:09+0900 SUBDEBUG Installed: bash-5.1-6.el9.x86_64",
     {2026, 11, 8, 3, 12, 9, 0, 32400}},
    {LogFormat::kZypper,
     "2026-11-08 03:12:09|install|bash|5.1-6|x86_64|root@web01|repo|0123|",
     {2026, 11, 8, 3, 12, 9}},
    {LogFormat::kFtp,
     "Sun Nov  8 03:12:09 2026 [pid 4711] [ann] OK LOGIN: Client \"192.0.2.1\"",
     {2026, 11, 8, 3, 12, 9}},
    {LogFormat::kFail2ban,
     "2026-11-08 03:12:09,000 fail2ban.actions        [612]: NOTICE  [sshd] Ban 192.0.2.1",
     {2026, 11, 8, 3, 12, 9}},
    {LogFormat::kDocker,
     R"({"log":"hello\n","stream":"stdout","time":"2026-11-08T03:12:09Z"})",
     {2026, 11, 8, 3, 12, 9, 0, 0}},
    {LogFormat::kDocker,
     "2026-11-08T03:12:09.000000000Z stdout F hello",
     {2026, 11, 8, 3, 12, 9, 0, 0}},
};

std::string show(const std::optional<parse::LogTime>& time) {
  if (!time) {
    return "none";
  }
  std::string out;
  for (const int32_t part :
       {time->year, int32_t{time->month}, int32_t{time->day}, int32_t{time->hour},
        int32_t{time->minute}, int32_t{time->second}, time->nanosecond, time->offset}) {
    out += std::to_string(part) + " ";
  }
  return out;
}

TEST(LogFormat, TextIsToldByItsLinesWhateverTheName) {
  for (const Sample& sample : kSamples) {
    const std::string head = std::string(sample.line) + "\n";
    EXPECT_EQ(to_string(detect_format("/var/log/any.name", head)), to_string(sample.format))
        << sample.line;
    EXPECT_TRUE(is_text(sample.format));
  }
}

TEST(LogFormat, EachFormatsLinesTellTheirTime) {
  for (const Sample& sample : kSamples) {
    EXPECT_EQ(show(time_of_line(sample.format, sample.line)), show(sample.time)) << sample.line;
  }
}

TEST(LogFormat, ProftpdInSyslogMakesNoLogOfFtp) {
  EXPECT_EQ(detect_format("/var/log/proftpd/proftpd.log",
                          "2026-11-08 03:12:09,123 web01 proftpd[24] web01 (c[192.0.2.1]): USER a: "
                          "Login successful.\n"),
            LogFormat::kFtp);
  std::string head;
  for (int i = 0; i < 20; ++i) {
    head +=
        "Nov  8 03:12:09 web01 proftpd[24]: web01 (c[192.0.2.1]) - USER a: no such user found from "
        "c [192.0.2.1] to 192.0.2.2:21\n";
  }
  head += "Nov  8 03:12:10 web01 sshd[25]: Connection closed by 192.0.2.3 port 4022\n";
  EXPECT_EQ(detect_format("/var/log/auth.log", head), LogFormat::kSyslog);
}

TEST(LogFormat, LinesThatContinueAnotherHaveNoTime) {
  for (const Sample& sample : kSamples) {
    EXPECT_EQ(show(time_of_line(sample.format, "    at Main.run(Main.java:3)")), "none")
        << to_string(sample.format);
    EXPECT_EQ(show(time_of_line(sample.format, "")), "none") << to_string(sample.format);
  }
}

// RFC 5424 allows "-" for the time; whatever stands in the fields then is no time.
TEST(LogFormat, SyslogLineWithoutTimeTellsNone) {
  EXPECT_EQ(show(time_of_line(LogFormat::kSyslog, "<34>1 - web01 sshd 4711 - - Connection closed")),
            "none");
}

TEST(LogFormat, BinaryLogsAreToldByNameOrMagic) {
  EXPECT_EQ(detect_format("/var/log/journal/x/system.journal", "LPKSHHRH...."),
            LogFormat::kJournal);
  EXPECT_EQ(detect_format("/var/log/forged.txt", "LPKSHHRH...."), LogFormat::kJournal);
  EXPECT_EQ(detect_format("/var/log/wtmp", ""), LogFormat::kUtmp);
  EXPECT_EQ(detect_format("/var/log/wtmp-20261101", ""), LogFormat::kUtmp);
  EXPECT_EQ(detect_format("/var/log/btmp.1", ""), LogFormat::kBtmp);
  EXPECT_EQ(detect_format("/var/log/lastlog", ""), LogFormat::kLastlog);
  const std::string sqlite("SQLite format 3\0", 16);
  EXPECT_EQ(detect_format("/var/lib/lastlog/lastlog2.db", sqlite), LogFormat::kLastlog2);
  EXPECT_EQ(detect_format("/var/lib/wtmpdb/wtmp.db", sqlite), LogFormat::kWtmpdb);
  EXPECT_EQ(detect_format("/var/log/other.db", sqlite), LogFormat::kUnknown);
  for (const LogFormat format : {LogFormat::kJournal, LogFormat::kUtmp, LogFormat::kBtmp,
                                 LogFormat::kLastlog, LogFormat::kLastlog2, LogFormat::kWtmpdb}) {
    EXPECT_FALSE(is_text(format));
    EXPECT_FALSE(time_of_line(format, kSamples[0].line));
  }
}

TEST(LogFormat, OneOddLineDoesNotDateAHead) {
  const auto month = [](std::string_view lines) {
    const auto time = first_time_of(LogFormat::kSyslog, lines);
    return time ? int{time->month} : 0;
  };
  const std::string november = "Nov  8 03:12:09 web01 a: 1\nNov  9 03:12:09 web01 a: 2\n";
  EXPECT_EQ(month(november), 11);
  EXPECT_EQ(month("Dec 25 00:00:00 web01 a: 0\n" + november), 11);
  EXPECT_EQ(
      month("  continued\nFeb 29 00:00:00 web01 a: 0\nMay  1 00:00:00 web01 a: 0\n" + november),
      11);
  EXPECT_EQ(month("Dec 25 00:00:00 web01 a: 0\n"), 12);
  EXPECT_EQ(month("Dec 25 00:00:00 web01 a: 0\nFeb  1 00:00:00 web01 a: 0\n"), 12);
  EXPECT_EQ(month("no time\n"), 0);
}

TEST(LogFormat, MostLinesDecideNotAForgedFirstOne) {
  std::string head = "192.0.2.1 - - [08/Nov/2026:03:12:09 +0900] \"GET / HTTP/1.1\" 200 12\n";
  for (int i = 0; i < 5; ++i) {
    head += "Nov  8 03:12:09 web01 sshd[4711]: Connection closed\n";
  }
  EXPECT_EQ(detect_format("/var/log/auth.log", head), LogFormat::kSyslog);
}

TEST(LogFormat, LinesOfNoFormatDoNotOutvoteOne) {
  std::string head;
  for (int i = 0; i < 8; ++i) {
    head += "   continued\n";
  }
  head += "Nov  8 03:12:09 web01 app[1]: exception\n";
  EXPECT_EQ(detect_format("/var/log/app.log", head), LogFormat::kSyslog);
}

TEST(LogFormat, NulsLeftByATruncationArePassedOver) {
  const std::string head =
      std::string(5000, '\0') + "Nov  8 03:12:09 web01 sshd[4711]: Connection closed\n";
  EXPECT_EQ(detect_format("/var/log/auth.log", head), LogFormat::kSyslog);
}

TEST(LogFormat, NothingOfOursIsUnknown) {
  EXPECT_EQ(detect_format("/var/log/auth.log", ""), LogFormat::kUnknown);
  EXPECT_EQ(detect_format("/var/log/auth.log", std::string(65536, '\0')), LogFormat::kUnknown);
  EXPECT_EQ(detect_format("/var/log/notes.txt", "buy milk\n"), LogFormat::kUnknown);
  EXPECT_EQ(detect_format("/var/log/big", std::string(65536, 'x')), LogFormat::kUnknown);
  EXPECT_FALSE(is_text(LogFormat::kUnknown));
}

TEST(LogFormat, NamesAreStable) {
  EXPECT_EQ(to_string(LogFormat::kUnknown), "unknown");
  EXPECT_EQ(to_string(LogFormat::kWebAccess), "web_access");
  EXPECT_EQ(to_string(LogFormat::kWtmpdb), "wtmpdb");
  EXPECT_EQ(to_string(LogFormat::kDocker), "docker");
}

}  // namespace
}  // namespace genba::collect::logs
