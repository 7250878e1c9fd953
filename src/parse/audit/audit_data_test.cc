// SPDX-License-Identifier: Apache-2.0
//
// Real audit logs with answers that others have asserted: plaso's tests of its selinux plugin, and
// the parser.assert and scenario.assert of CrowdSec's hub.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "gtest/gtest.h"
#include "parse/audit/audit_auth.h"
#include "parse/audit/audit_test_support.h"

namespace genba::parse {
namespace {

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class AuditOfRealMachines : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* shared = std::getenv("GENBA_SHARED_DIR");
    folder_ = std::string(shared == nullptr ? "../shared" : shared) + "/data/";
    if (read_whole(folder_ + "plaso-linux/SOURCE.txt").empty()) {
      GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no real audit logs in " << folder_;
    }
  }
  JoinedAudit join_file(const std::string& path) {
    const std::string bytes = read_whole(folder_ + path);
    EXPECT_FALSE(bytes.empty()) << path;
    return join_audit(bytes);
  }
  JoinedAudit join_case(const std::string& name) {
    return join_file("crowdsec-hub/.tests/" + name + "/" + name + ".log");
  }
  std::string folder_;
};

// tests/parsers/text_plugins/selinux.py: 7 events, 4 lines that are none.
TEST_F(AuditOfRealMachines, PlasoSelinux) {
  const JoinedAudit joined = join_file("plaso-linux/test_data/selinux.log");
  EXPECT_EQ(joined.totals.records, 7U);
  EXPECT_EQ(joined.totals.not_records, 4U);
  ASSERT_EQ(joined.events.size(), 6U);  // AVC and SYSCALL 101 are one
  const auto find = [&](uint64_t serial) {
    for (const AuditEvent& event : joined.events) {
      if (event.serial == serial) {
        return event;
      }
    }
    ADD_FAILURE() << serial;
    return AuditEvent();
  };
  const AuditEvent login = find(94983);
  EXPECT_EQ(login.kind, "login");
  EXPECT_EQ(login.pid, 25443);
  EXPECT_EQ(login.seconds, 1337845201);
  EXPECT_EQ(login.millisecond, 174);
  EXPECT_EQ(login.auid, 0);
  EXPECT_EQ(login.ses, 1165);
  const AuditEvent denial = find(101);
  EXPECT_EQ(denial.kind, "avc");
  EXPECT_EQ(denial.exe, "/bin/ls");
  EXPECT_EQ(denial.comm, "ls");
  EXPECT_EQ(denial.pid, 2714);
  EXPECT_EQ(denial.ppid, 2671);
  EXPECT_EQ(denial.ses, 1);
  EXPECT_EQ(denial.uid, 0);
  EXPECT_EQ(denial.auid, 0);
  EXPECT_EQ(denial.exit, 0);
  EXPECT_EQ(denial.success, true);
  EXPECT_EQ(denial.operation, "getattr");
  EXPECT_EQ(denial.object, "/usr/lib/locale/locale-archive");
  EXPECT_EQ(find(0).seconds, 1337845201);
  EXPECT_EQ(find(2159).kind, "fragment");  // UNKNOWN[1323] is MMAP
}

// tests/parsers/text_plugins/selinux.py: 29 records; execve 485 as listed there.
TEST_F(AuditOfRealMachines, PlasoEnriched) {
  const JoinedAudit joined = join_file("plaso-linux/test_data/audit_enriched.log");
  EXPECT_EQ(joined.totals.records, 29U);
  EXPECT_EQ(joined.totals.not_records, 0U);
  ASSERT_EQ(joined.events.size(), 12U);
  const AuditEvent& id = joined.events[9];
  EXPECT_EQ(id.serial, 485U);
  EXPECT_EQ(id.kind, "execve");
  EXPECT_EQ(id.syscall, "execve");
  EXPECT_EQ(id.exe, "/usr/bin/id");
  EXPECT_EQ(id.exit, 0);
  EXPECT_EQ(id.ppid, 2176);
  EXPECT_EQ(id.pid, 2219);
  EXPECT_EQ(id.ses, 8);
  EXPECT_EQ(id.key, "specimen_exec");
  EXPECT_EQ(id.uid_name, "root");
  EXPECT_EQ(id.command_line, "id");
  EXPECT_EQ(id.cwd, "/root");
  ASSERT_EQ(id.paths.size(), 2U);
  EXPECT_EQ(id.paths[1].name, "/lib64/ld-linux-x86-64.so.2");
  EXPECT_EQ(joined.events[10].command_line, "/bin/sh -c grep -c . /etc/hostname");
  EXPECT_EQ(joined.events[11].command_line, "/usr/bin/cat /tmp/my report.txt");
  const AuditEvent& login = joined.events[6];
  EXPECT_EQ(login.kind, "login");
  EXPECT_EQ(login.auid, 0);
  EXPECT_EQ(login.ses, 7);
  EXPECT_EQ(login.success, true);
  EXPECT_EQ(login.command_line, "sshd-session: root [priv]");
  EXPECT_EQ(joined.order.size(), 8U);  // plaso kept a selection: 399, 408, 423, 441, 444, 446-449 …
}

TEST_F(AuditOfRealMachines, PlasoEnrichedAuthentication) {
  const JoinedAudit joined = join_file("plaso-linux/test_data/audit_enriched.log");
  std::string told;
  for (const AuditEvent& event : joined.events) {
    if (const auto auth = to_auth(event)) {
      told += std::to_string(event.serial) + " " + std::string(auth->outcome) + " " +
              std::string(auth->user) + " > " + std::string(auth->target) + " " +
              std::string(auth->address) + " " + std::string(auth->method) + " " +
              std::string(auth->command) + "\n";
    }
  }
  EXPECT_EQ(told,
            "408 account_added root > specimenuser  add-user \n"
            "423 sudo root >   sudo true\n"
            "441 failed root >  172.23.112.1 publickey \n"
            "449 session_opened root >  172.23.112.1 pam \n");
}

TEST_F(AuditOfRealMachines, CrowdsecBase64AndLogs) {
  for (const char* name : {"auditd-base64-exec", "auditd-logs"}) {
    const JoinedAudit joined = join_case(name);
    ASSERT_EQ(joined.events.size(), 4U) << name;
    const AuditEvent& perl = joined.events[0];
    EXPECT_EQ(perl.serial, 2995U);
    EXPECT_EQ(perl.kind, "execve");
    EXPECT_EQ(perl.exe, "/usr/bin/perl");
    EXPECT_EQ(perl.comm, "perl");
    EXPECT_EQ(perl.ppid, 26843);
    EXPECT_EQ(perl.pid, 27032);
    EXPECT_EQ(perl.uid, 1000);
    EXPECT_EQ(perl.auid, 1000);
    EXPECT_EQ(perl.terminal, "pts2");
    EXPECT_EQ(perl.ses, 106985);
    EXPECT_EQ(perl.seconds, 1684329817);
    EXPECT_EQ(perl.key, "");
    EXPECT_EQ(joined.events[1].exe, "/usr/bin/base64");
    EXPECT_EQ(joined.events[2].success, false);
    EXPECT_EQ(joined.events[2].exit, -2);
    EXPECT_TRUE(joined.order.empty());
  }
}

TEST_F(AuditOfRealMachines, CrowdsecExecFromNetAndRm) {
  const JoinedAudit net = join_case("auditd-postexploit-exec-from-net");
  ASSERT_EQ(net.events.size(), 3U);
  EXPECT_EQ(net.events[0].exe, "/usr/bin/wget");
  EXPECT_EQ(net.events[1].exe, "/bin/chmod");
  EXPECT_EQ(net.events[2].exe, "/tmp/blitz64");
  EXPECT_EQ(net.events[2].serial, 3212U);
  const JoinedAudit rm = join_case("auditd-postexploit-rm");
  ASSERT_EQ(rm.events.size(), 10U);
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(rm.events[i].serial, 3293U + i);
    EXPECT_EQ(rm.events[i].exe, "/bin/rm");
    EXPECT_EQ(rm.events[i].kind, "execve");
    EXPECT_EQ(rm.events[i].ppid, 26843);
  }
}

// The enrichment of this log has lost its marks.
TEST_F(AuditOfRealMachines, CrowdsecSuidCrash) {
  const JoinedAudit joined = join_case("auditd-suid-crash");
  ASSERT_EQ(joined.events.size(), 3U);
  const AuditEvent& su = joined.events[1];
  EXPECT_EQ(su.serial, 8282U);
  EXPECT_EQ(su.kind, "execve");
  EXPECT_EQ(su.comm, "su");
  EXPECT_EQ(su.exe, "/usr/bin/su");
  EXPECT_EQ(su.command_line, "/usr/bin/su --help");
  EXPECT_EQ(su.pid, 192019);
  EXPECT_EQ(su.ppid, 192010);
  EXPECT_EQ(su.uid, 1000);
  EXPECT_EQ(su.euid, 0);
  EXPECT_EQ(su.auid, 1000);
  EXPECT_EQ(su.ses, 417);
  EXPECT_EQ(su.terminal, "pts0");
  EXPECT_EQ(su.uid_name, "bui");
  EXPECT_EQ(su.key, "priv_esc");
  EXPECT_EQ(su.seconds, 1696431282);
  EXPECT_EQ(su.paths.at(0).mode, 0104755);
  const AuditEvent& crash = joined.events[2];
  EXPECT_EQ(crash.serial, 8283U);
  EXPECT_EQ(crash.kind, "anom_abend");
  EXPECT_EQ(crash.exe, "/usr/bin/su");
  EXPECT_EQ(crash.pid, 192019);
  EXPECT_EQ(crash.auid, 1000);
  EXPECT_EQ(crash.ses, 417);
  EXPECT_EQ(crash.uid_name, "bui");
  EXPECT_EQ(crash.success, true);
}

}  // namespace
}  // namespace genba::parse
