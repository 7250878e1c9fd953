// SPDX-License-Identifier: Apache-2.0
#include "parse/syslog/syslog.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "parse/fields.h"

namespace genba::parse {
namespace {

/// The line's parts; they point into a copy that outlives the test's own text.
SyslogLine parsed(std::string_view line) {
  static std::deque<std::string> kept;
  kept.emplace_back(line);
  SyslogLine out;
  EXPECT_TRUE(parse_syslog_line(kept.back(), out)) << line;
  return out;
}

bool refused(std::string_view line) {
  SyslogLine out;
  return !parse_syslog_line(line, out);
}

void expect_tag(std::string_view line, std::string_view host, std::string_view program, int64_t pid,
                std::string_view message) {
  SCOPED_TRACE(std::string(line));
  const SyslogLine out = parsed(line);
  EXPECT_EQ(out.host, host);
  EXPECT_EQ(out.program, program);
  EXPECT_EQ(out.pid, pid);
  EXPECT_EQ(out.message, message);
}

TEST(Syslog, TraditionalLine) {
  const SyslogLine out = parsed(
      "Nov  8 03:12:09 web1 sshd[812]: Accepted password for ops from 192.0.2.7 port 1 ssh2");
  EXPECT_EQ(out.time, (LogTime{0, 11, 8, 3, 12, 9, 0, LogTime::kNoOffset}));
  EXPECT_TRUE(out.has_time);
  EXPECT_EQ(out.host, "web1");
  EXPECT_EQ(out.program, "sshd");
  EXPECT_EQ(out.pid, 812);
  EXPECT_EQ(out.message, "Accepted password for ops from 192.0.2.7 port 1 ssh2");
  EXPECT_EQ(out.repeats, 1);
  EXPECT_EQ(out.priority, -1);
  EXPECT_EQ(out.uptime_nanoseconds, -1);
  EXPECT_EQ(out.level, "");
}

TEST(Syslog, IsoLine) {
  const SyslogLine out = parsed("2026-11-21T03:12:09.123456+09:00 web1 cron[5]: text");
  EXPECT_EQ(out.time, (LogTime{2026, 11, 21, 3, 12, 9, 123'456'000, 32'400}));
  EXPECT_EQ(out.host, "web1");
  EXPECT_EQ(out.program, "cron");
  EXPECT_EQ(out.pid, 5);
  EXPECT_EQ(out.message, "text");
  expect_tag("2026-11-21T03:12:09+0900 web1 a[5]: journalctl", "web1", "a", 5, "journalctl");
}

TEST(Syslog, PriorityInFront) {
  EXPECT_EQ(parsed("<34>Nov  8 03:12:09 web1 su: text").priority, 34);
  EXPECT_EQ(parsed("<0>Nov  8 03:12:09 web1 su: text").priority, 0);
  EXPECT_EQ(parsed("<191>2026-11-21T03:12:09Z web1 su: text").priority, 191);
  for (const char* bad : {"<192>", "<>", "<1", "<-1>", "<0034>", "< 34>", "<34", "<3x>"}) {
    EXPECT_TRUE(refused(std::string(bad) + "Nov  8 03:12:09 web1 su: text")) << bad;
  }
}

TEST(Syslog, ProgramNamesOfAllKinds) {
  const std::string time = "Nov  8 03:12:09 h ";
  expect_tag(time + "postfix/smtpd[9]: m", "h", "postfix/smtpd", 9, "m");
  expect_tag(time + "(systemd)[1]: m", "h", "(systemd)", 1, "m");
  expect_tag(time + "/USR/SBIN/CRON[31]: (root) CMD (x)", "h", "/USR/SBIN/CRON", 31,
             "(root) CMD (x)");
  expect_tag(time + "su(pam_unix)[2]: m", "h", "su(pam_unix)", 2, "m");
  expect_tag(time + "gdm-password][14]: m", "h", "gdm-password]", 14, "m");
  expect_tag(time + "Mail::Filter[14]: m", "h", "Mail::Filter", 14, "m");
  expect_tag(time + "%SYS-5-CONFIG_I: m", "h", "%SYS-5-CONFIG_I", -1, "m");
  expect_tag(time + "app[worker][14]: m", "h", "app[worker]", 14, "m");
  expect_tag(time + "app[worker]: m", "h", "app[worker]", -1, "m");
  expect_tag(time + "app[]: m", "h", "app[]", -1, "m");
  expect_tag(time + "app[1]x: m", "h", "app[1]x", -1, "m");
  expect_tag(time + "sudo:     root : TTY=pts/0", "h", "sudo", -1, "root : TTY=pts/0");
}

TEST(Syslog, BlanksAndColonsMayBeAbsent) {
  const std::string time = "Nov  8 03:12:09 h ";
  expect_tag(time + "app[1]:m", "h", "app", 1, "m");
  expect_tag(time + "app:m n", "h", "app", -1, "m n");
  expect_tag(time + "app[1] m", "h", "app", 1, "m");
  expect_tag(time + "log_tag this is debug", "h", "log_tag", -1, "this is debug");
  expect_tag(time + "app[1]", "h", "app", 1, "");
  expect_tag(time + "app:", "h", "app", -1, "");
  expect_tag(time + ": m", "h", "", -1, "m");
  expect_tag(time, "h", "", -1, "");
  expect_tag("Nov  8 03:12:09", "", "", -1, "");
  expect_tag("Nov  8 03:12:09   h   app[1]:   m", "h", "app", 1, "m");
}

TEST(Syslog, LinesWithoutHost) {
  expect_tag("Nov 18 08:30:20 kernel: sda2: rw=0", "", "kernel", -1, "sda2: rw=0");
  expect_tag("Nov 18 08:30:20 crond[7]: USER root", "", "crond", 7, "USER root");
  expect_tag("Nov 18 08:30:20 crond[7] USER root", "", "crond", 7, "USER root");
  expect_tag("Nov 18 08:30:20 2001:db8::7 app[7]: m", "2001:db8::7", "app", 7, "m");
}

TEST(Syslog, SyslogNgHostsStayAsTheyStand) {
  expect_tag("Nov  8 03:12:09 s_sys@web1 app[7]: m", "s_sys@web1", "app", 7, "m");
  expect_tag("Nov  8 03:12:09 relay/web1 app[7]: m", "relay/web1", "app", 7, "m");
}

TEST(Syslog, LevelsOfBusyBoxSolarisAndChromeOs) {
  const SyslogLine busybox = parsed("Nov  8 03:12:09 box auth.info dropbear[12]: Exit");
  EXPECT_EQ(busybox.level, "auth.info");
  EXPECT_EQ(busybox.program, "dropbear");
  EXPECT_EQ(busybox.pid, 12);
  EXPECT_EQ(busybox.message, "Exit");
  const SyslogLine solaris =
      parsed("Nov  8 03:12:09 sun su: [ID 366847 auth.info] 'su root' succeeded");
  EXPECT_EQ(solaris.level, "auth.info");
  EXPECT_EQ(solaris.program, "su");
  EXPECT_EQ(solaris.message, "'su root' succeeded");
  const SyslogLine chrome = parsed("2016-10-25T12:37:24-07:00 INFO trim[13]: text");
  EXPECT_EQ(chrome.level, "INFO");
  EXPECT_EQ(chrome.host, "");
  EXPECT_EQ(chrome.program, "trim");
  EXPECT_EQ(parsed("Nov  8 03:12:09 INFOHOST app: m").host, "INFOHOST");
  expect_tag("Nov  8 03:12:09 h auth.nothing m", "h", "auth.nothing", -1, "m");
  expect_tag("Nov  8 03:12:09 h su: [ID x auth.info] m", "h", "su", -1, "[ID x auth.info] m");
  expect_tag("Nov  8 03:12:09 h su: [ID 1 auth.info", "h", "su", -1, "[ID 1 auth.info");
}

TEST(Syslog, KernelStampIsTakenOff) {
  const SyslogLine out = parsed("Nov  8 03:12:09 h kernel: [  123.456789] usb 1-1: new");
  EXPECT_EQ(out.uptime_nanoseconds, 123'456'789'000);
  EXPECT_EQ(out.message, "usb 1-1: new");
  EXPECT_EQ(parsed("Nov  8 03:12:09 kernel: [997.390602] x").uptime_nanoseconds, 997'390'602'000);
  EXPECT_EQ(parsed("Nov  8 03:12:09 h kernel:[1.5] x").uptime_nanoseconds, 1'500'000'000);
  const SyslogLine caller = parsed("Nov  8 03:12:09 h kernel: [    1.000000][  T12] x");
  EXPECT_EQ(caller.uptime_nanoseconds, 1'000'000'000);
  EXPECT_EQ(caller.message, "[  T12] x");
  for (const char* none : {"[UFW BLOCK] IN=eth0", "[12] x", "[1.] x", "[1.5 x", "[",
                           "[99999999999999999999.1] x", "[1.0000000001] x"}) {
    const SyslogLine other = parsed(std::string("Nov  8 03:12:09 h kernel: ") + none);
    EXPECT_EQ(other.uptime_nanoseconds, -1) << none;
    EXPECT_EQ(other.message, none);
  }
  EXPECT_EQ(parsed("Nov  8 03:12:09 h app: [1.5] x").uptime_nanoseconds, -1);
}

TEST(Syslog, RepeatedMessageIsUnwrapped) {
  const SyslogLine out = parsed(
      "Nov  8 03:12:11 h sshd[8]: message repeated 4 times: [ Failed password for a] from "
      "192.0.2.7 port 1 ssh2]");
  EXPECT_EQ(out.repeats, 4);
  EXPECT_EQ(out.program, "sshd");
  EXPECT_EQ(out.message, "Failed password for a] from 192.0.2.7 port 1 ssh2");
  const SyslogLine mark = parsed(
      "2020-05-31T00:00:45.698463+00:00 localhost rsyslogd:  message repeated 76 times: "
      "[-- MARK --]");
  EXPECT_EQ(mark.repeats, 76);
  EXPECT_EQ(mark.message, "-- MARK --");
  const SyslogLine cut = parsed("Nov  8 03:12:11 h a: message repeated 2 times: [ Failed pass");
  EXPECT_EQ(cut.repeats, 2);
  EXPECT_EQ(cut.message, "Failed pass");
  EXPECT_EQ(parsed("Nov  8 03:12:11 h a: message repeated 2 times: [ x]\r").message, "x");
}

TEST(Syslog, CountsThatAreNoneLeaveTheMessageWhole) {
  for (const char* text :
       {"message repeated 0 times: [ x]", "message repeated 2147483648 times: [ x]",
        "message repeated 99999999999999999999999 times: [ x]", "message repeated -1 times: [ x]",
        "message repeated 2 times", "message repeated 2 times: x",
        "message repeated  times: [ x]"}) {
    const SyslogLine out = parsed(std::string("Nov  8 03:12:11 h a: ") + text);
    EXPECT_EQ(out.repeats, 1) << text;
    EXPECT_EQ(out.message, text);
  }
  EXPECT_EQ(parsed("Nov  8 03:12:11 h a: message repeated 2147483647 times: [ x]").repeats,
            INT32_MAX);
}

TEST(Syslog, LastMessageRepeatedHasNoProgram) {
  for (const char* front : {"Nov  8 03:12:10 h ", "Nov  8 03:12:10 "}) {
    const SyslogLine out = parsed(std::string(front) + "last message repeated 5 times");
    EXPECT_EQ(out.program, "");
    EXPECT_EQ(out.repeats, 5);
    EXPECT_EQ(out.message, "last message repeated 5 times");
  }
  const SyslogLine dashes = parsed("Mar 11 09:39:39: --- last message repeated 5 times ---");
  EXPECT_EQ(dashes.host, "");
  EXPECT_EQ(dashes.program, "");
  EXPECT_EQ(dashes.repeats, 5);
  EXPECT_EQ(dashes.message, "--- last message repeated 5 times ---");
  // A program may say the same words; then they are only its words.
  EXPECT_EQ(parsed("Nov  8 03:12:10 h a: last message repeated 5 times").repeats, 1);
  expect_tag("Nov  8 03:12:10 h -- MARK --", "h", "", -1, "-- MARK --");
  expect_tag("Nov  8 03:12:10 h last word", "h", "last", -1, "word");
}

TEST(Syslog, ProtocolLine) {
  const SyslogLine out = parsed(
      "<34>1 2026-10-11T22:14:15.003Z web1.example su 77 ID47 [a@32473 x=\"1 \\\"\\] ] 2\"][b] "
      "'su'");
  EXPECT_EQ(out.time, (LogTime{2026, 10, 11, 22, 14, 15, 3'000'000, 0}));
  EXPECT_EQ(out.priority, 34);
  EXPECT_EQ(out.host, "web1.example");
  EXPECT_EQ(out.program, "su");
  EXPECT_EQ(out.pid, 77);
  EXPECT_EQ(out.message_id, "ID47");
  EXPECT_EQ(out.structured_data, "[a@32473 x=\"1 \\\"\\] ] 2\"][b]");
  EXPECT_EQ(out.message, "'su'");
}

TEST(Syslog, ProtocolLineOfNils) {
  const SyslogLine out = parsed("<13>1 - - - - - -");
  EXPECT_FALSE(out.has_time);
  EXPECT_EQ(out.host, "");
  EXPECT_EQ(out.program, "");
  EXPECT_EQ(out.pid, -1);
  EXPECT_EQ(out.message_id, "");
  EXPECT_EQ(out.structured_data, "");
  EXPECT_EQ(out.message, "");
  EXPECT_EQ(parsed("<13>1 - - - - - - -- x").message, "-- x");
}

TEST(Syslog, ProtocolLineWithByteOrderMark) {
  const SyslogLine out =
      parsed("<165>1 2026-11-08T03:12:09Z h app - - [x y=\"]\"] \xEF\xBB\xBFtext");
  EXPECT_EQ(out.structured_data, "[x y=\"]\"]");
  EXPECT_EQ(out.message, "text");
  EXPECT_EQ(parsed("<165>1 2026-11-08T03:12:09Z h app - - - \xEF\xBB\xBFtext").message, "text");
}

TEST(Syslog, ProtocolLineCutOrDamaged) {
  EXPECT_EQ(parsed("<13>1 2026-11-08T03:12:09Z").host, "");
  EXPECT_EQ(parsed("<13>1 2026-11-08T03:12:09Z h").host, "h");
  const SyslogLine open = parsed("<13>1 2026-11-08T03:12:09Z h a b c [x y=\"never ends");
  EXPECT_EQ(open.pid, -1);
  EXPECT_EQ(open.structured_data, "");
  EXPECT_EQ(open.message, "[x y=\"never ends");
  EXPECT_EQ(parsed("<13>1 2026-11-08T03:12:09Z h a 12x c - m").pid, -1);
  EXPECT_EQ(parsed("<13>1 2026-11-08T03:12:09Z h a b c no data").message, "no data");
  EXPECT_EQ(parsed("<13>1 2026-11-08T03:12:09Z h a b c [x y=\"\\").structured_data, "");
  EXPECT_TRUE(refused("<13>1 Nov  8 03:12:09 h a b c - m"));
  EXPECT_TRUE(refused("<13>1 2026-11-08T03:12:09Zx h a b c - m"));
  EXPECT_TRUE(refused("<13>2 2026-11-08T03:12:09Z h a b c - m"));
  EXPECT_TRUE(refused("<13>1 "));
}

TEST(Syslog, OtherLinesAreRefused) {
  for (const char* line : {"", " ", "\tmany syslog parsers.", "MMM 22 07:54:32 h a[2]: m",
                           "Mar 23 Wrong line that should not be able to get through",
                           "2026-11-08 03:12:09 startup archives unpack", "<6>[ 12.3] kernel",
                           "type=USER_AUTH msg=audit(1.1:1): pid=1", "-- Journal begins at --",
                           "2026-11-08T03:12:09,x h a: m", "Nov  8 03:12:09) h a: m", "<", "<1>"}) {
    EXPECT_TRUE(refused(line)) << line;
  }
}

TEST(Syslog, HostileBytesStayInTheMessage) {
  const std::string nul("Nov  8 03:12:09 h a[1]: x\0y\rz\xff\xfe\x1b[2J", 35);
  EXPECT_EQ(parsed(nul).message, std::string_view(nul).substr(24));
  const std::string program("Nov  8 03:12:09 h \0\xff[1]: m", 26);
  EXPECT_EQ(parsed(program).program, std::string_view("\0\xff", 2));
  const std::string digits = "Nov  8 03:12:09 h a[" + std::string(100'000, '9') + "]: m";
  EXPECT_EQ(parsed(digits).pid, -1);
  EXPECT_EQ(parsed(digits).message, "m");
  const std::string brackets = "Nov  8 03:12:09 h " + std::string(1'000'000, '[');
  EXPECT_EQ(parsed(brackets).program.size(), 1'000'000U);
  const std::string colons = "Nov  8 03:12:09 h " + std::string(1'000'000, ':');
  EXPECT_EQ(parsed(colons).program, "");
}

class SyslogOfPlaso : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* shared = std::getenv("GENBA_SHARED_DIR");
    folder_ = std::string(shared == nullptr ? "../shared" : shared) + "/data/plaso-linux/";
    if (!std::ifstream(folder_ + "SOURCE.txt")) {
      GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no syslog samples in " << folder_;
    }
  }
  /// The events of a file; a line that is none continues the message before it.
  std::vector<SyslogLine> events(const std::string& name) {
    std::ifstream file(folder_ + "test_data/" + name, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    EXPECT_FALSE(bytes_.empty()) << name;
    std::vector<SyslogLine> result;
    std::string_view rest = bytes_;
    SyslogLine line;
    while (!rest.empty()) {
      if (parse_syslog_line(next_line(rest), line)) {
        result.push_back(line);
      }
    }
    return result;
  }

  std::string folder_;
  std::string bytes_;
};

// The counts are those that plaso's tests assert (tests/parsers/text_plugins/syslog.py).
TEST_F(SyslogOfPlaso, AsManyEventsAsPlasoFinds) {
  const std::pair<const char*, size_t> files[] = {
      {"syslog/syslog", 16},
      {"syslog/syslog_chromeos", 8},
      {"syslog/syslog_cron.log", 9},
      {"syslog/syslog_osx", 2},
      {"syslog/syslog_rsyslog", 5},
      {"syslog/syslog_rsyslog_SysklogdFileFormat", 9},
      {"syslog/syslog_rsyslog_SyslogProtocol23Format", 9},
      {"syslog/syslog_rsyslog_traditional", 8},
      {"syslog/syslog_ssh.log", 9},
      {"dpkg.log", 0},
      {"postgresql.log", 0},
      {"apache_access.log", 0},
      {"selinux.log", 0},
  };
  for (const auto& [name, count] : files) {
    EXPECT_EQ(events(name).size(), count) << name;
  }
}

TEST_F(SyslogOfPlaso, FieldsAsPlasoAssertsThem) {
  auto lines = events("syslog/syslog");
  EXPECT_EQ(lines[0].host, "myhostname.myhost.com");
  EXPECT_EQ(lines[0].program, "client");
  EXPECT_EQ(lines[0].pid, 30840);
  EXPECT_EQ(lines[0].message, "INFO No new content in \xc3\xadmynd.dd.");
  EXPECT_EQ(lines[9].time, (LogTime{0, 3, 23, 23, 1, 18, 123'000'000, LogTime::kNoOffset}));
  EXPECT_EQ(lines[9].program, "somrandomexe");
  EXPECT_EQ(lines[9].message, "This syslog message has a fractional value for seconds.");
  EXPECT_EQ(lines[13].repeats, 5);
  EXPECT_EQ(lines[14].host, "");
  EXPECT_EQ(lines[14].uptime_nanoseconds, 997'390'602'000);
  EXPECT_EQ(lines[15].host, "victoria");

  lines = events("syslog/syslog_chromeos");
  EXPECT_EQ(lines[0].time, (LogTime{2016, 10, 25, 12, 37, 23, 297'265'000, -25'200}));
  EXPECT_EQ(lines[0].level, "INFO");
  EXPECT_EQ(lines[0].program, "periodic_scheduler");
  EXPECT_EQ(lines[0].pid, 13707);
  EXPECT_EQ(lines[0].message, "cleanup_logs: job completed");

  lines = events("syslog/syslog_rsyslog_SyslogProtocol23Format");
  EXPECT_EQ(lines[0].time, (LogTime{2021, 3, 6, 4, 7, 38, 251'122'000, 0}));
  EXPECT_EQ(lines[0].priority, 15);
  EXPECT_EQ(lines[0].host, "hostname");
  EXPECT_EQ(lines[0].program, "log_tag");
  EXPECT_EQ(lines[0].message_id, "123");
  EXPECT_EQ(lines[0].message, "this is debug");

  lines = events("syslog/syslog_rsyslog_traditional");
  EXPECT_EQ(lines[0].program, "Job");
  lines = events("syslog/syslog_ssh.log");
  EXPECT_EQ(lines[1].message,
            "Accepted publickey for plaso from 192.168.0.1 port 59229 ssh2: RSA "
            "00:aa:bb:cc:dd:ee:ff:11:22:33:44:55:66:77:88:99");
  lines = events("syslog/syslog_osx");
  EXPECT_EQ(lines[0].program, "kernel");
  EXPECT_EQ(lines[1].pid, 1985);
}

}  // namespace
}  // namespace genba::parse
