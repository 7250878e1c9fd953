// SPDX-License-Identifier: Apache-2.0
#include "parse/audit/audit_joiner.h"

#include <string>

#include "gtest/gtest.h"
#include "parse/audit/audit_test_support.h"

namespace genba::parse {
namespace {

constexpr std::string_view kExecve =
    "type=SYSCALL msg=audit(1700000000.100:10): arch=c000003e syscall=59 success=yes exit=0 a0=1 "
    "items=2 ppid=7 pid=8 auid=1000 uid=0 gid=0 euid=0 suid=0 tty=pts1 ses=4 comm=\"sh\" "
    "exe=\"/x/dash\" key=6B31016B32\n"
    "type=EXECVE msg=audit(1700000000.100:10): argc=3 a0=\"sh\" a1=\"-c\" "
    "a2=6964203E202F746D702F61\n"
    "type=CWD msg=audit(1700000000.100:10): cwd=\"/root\"\n"
    "type=PATH msg=audit(1700000000.100:10): item=0 name=\"/x/sh\" inode=1 dev=fc:00 mode=0104755 "
    "ouid=0 ogid=0 rdev=00:00 nametype=NORMAL\n"
    "type=PROCTITLE msg=audit(1700000000.100:10): proctitle=7368002D63\n";

TEST(AuditJoiner, ExecveIsOneEvent) {
  const JoinedAudit joined = join_audit(kExecve);
  ASSERT_EQ(joined.events.size(), 1U);
  const AuditEvent& event = joined.events[0];
  EXPECT_EQ(event.kind, "execve");
  EXPECT_EQ(event.seconds, 1700000000);
  EXPECT_EQ(event.millisecond, 100);
  EXPECT_EQ(event.serial, 10U);
  EXPECT_EQ(event.records, 5U);
  EXPECT_TRUE(event.closed);
  EXPECT_FALSE(event.cut);
  EXPECT_EQ(event.success, true);
  EXPECT_EQ(event.exit, 0);
  EXPECT_EQ(event.pid, 8);
  EXPECT_EQ(event.ppid, 7);
  EXPECT_EQ(event.uid, 0);
  EXPECT_EQ(event.euid, 0);
  EXPECT_EQ(event.auid, 1000);
  EXPECT_EQ(event.ses, 4);
  EXPECT_EQ(event.syscall, "execve");
  EXPECT_EQ(event.exe, "/x/dash");
  EXPECT_EQ(event.comm, "sh");
  EXPECT_EQ(event.command_line, "sh -c id > /tmp/a");
  EXPECT_EQ(event.cwd, "/root");
  EXPECT_EQ(event.terminal, "pts1");
  EXPECT_EQ(event.key, "k1,k2");
  ASSERT_EQ(event.paths.size(), 1U);
  EXPECT_EQ(event.paths[0].name, "/x/sh");
  EXPECT_EQ(event.paths[0].nametype, "NORMAL");
  EXPECT_EQ(event.paths[0].mode, 0104755);
  EXPECT_EQ(event.paths[0].ouid, 0);
  EXPECT_TRUE(event.has(AuditRecordBit::kProctitle));
  EXPECT_FALSE(event.has(AuditRecordBit::kAvc));
}

TEST(AuditJoiner, RecordsOfOtherEventsMayStandBetween) {
  const JoinedAudit joined = join_audit(
      "type=SYSCALL msg=audit(5.000:1): arch=c000003e syscall=59 pid=1 key=\"a\"\n"
      "type=SYSCALL msg=audit(5.000:2): arch=c000003e syscall=59 pid=2 key=\"b\"\n"
      "type=EXECVE msg=audit(5.000:1): argc=1 a0=\"one\"\n"
      "type=EXECVE msg=audit(5.000:2): argc=1 a0=\"two\"\n"
      "type=EOE msg=audit(5.000:2):\n"
      "type=PROCTITLE msg=audit(5.000:1): proctitle=\"x\"\n"
      "type=EOE msg=audit(5.000:1): \n");
  ASSERT_EQ(joined.events.size(), 2U);
  EXPECT_EQ(joined.events[0].command_line, "two");
  EXPECT_EQ(joined.events[0].pid, 2);
  EXPECT_EQ(joined.events[1].command_line, "one");
  EXPECT_EQ(joined.events[1].offset, 0U);
  EXPECT_EQ(joined.totals.late_ends, 1U);
  EXPECT_EQ(joined.totals.records, 7U);
}

TEST(AuditJoiner, SameSerialOfAnotherNodeOrTimeIsAnotherEvent) {
  const JoinedAudit joined = join_audit(
      "node=a type=CWD msg=audit(5.000:1): cwd=\"/a\"\nnode=b type=CWD msg=audit(5.000:1): "
      "cwd=\"/b\"\ntype=CWD msg=audit(5.001:1): cwd=\"/c\"\n");
  ASSERT_EQ(joined.events.size(), 3U);
  EXPECT_EQ(joined.events[0].node, "a");
  EXPECT_EQ(joined.events[1].cwd, "/b");
  EXPECT_EQ(joined.events[2].kind, "fragment");
  EXPECT_FALSE(joined.events[2].closed);
}

TEST(AuditJoiner, TwoSecondsOfTheSameNodeEndAnEvent) {
  std::vector<uint64_t> delivered;
  AuditJoiner joiner([&](const AuditEvent& event) { delivered.push_back(event.serial); });
  joiner.add("type=AVC msg=audit(100.900:1): avc:  denied  { read } for  pid=1");
  joiner.add("node=n type=AVC msg=audit(200.000:2): avc:  denied  { read } for  pid=1");
  joiner.add("type=AVC msg=audit(101.999:3): avc:  denied  { read } for  pid=1");
  EXPECT_TRUE(delivered.empty());
  joiner.add("type=AVC msg=audit(102.000:4): avc:  denied  { read } for  pid=1");
  EXPECT_EQ(delivered, (std::vector<uint64_t>{1}));
  joiner.finish();
  EXPECT_EQ(delivered, (std::vector<uint64_t>{1, 2, 3, 4}));
}

TEST(AuditJoiner, TooManyOpenEventsDeliverTheOldest) {
  std::string log;
  for (int i = 1; i <= 1030; ++i) {
    log += "type=CWD msg=audit(5.000:" + std::to_string(i) + "): cwd=\"/\"\n";
  }
  std::vector<uint64_t> delivered;
  AuditJoiner joiner([&](const AuditEvent& event) { delivered.push_back(event.serial); });
  base::Lines lines(log);
  while (const auto line = lines.next()) {
    joiner.add(line->text);
  }
  EXPECT_EQ(delivered, (std::vector<uint64_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(joiner.totals().forced, 6U);
  joiner.finish();
  EXPECT_EQ(delivered.size(), 1030U);
}

TEST(AuditJoiner, LongLinesOfOpenEventsAreBoundedInBytes) {
  const std::string argument(60'000, 'x');
  uint64_t delivered = 0;
  AuditJoiner joiner([&](const AuditEvent&) { ++delivered; });
  for (int i = 1; i <= 600; ++i) {
    joiner.add("type=EXECVE msg=audit(5.000:" + std::to_string(i) + "): a0=\"" + argument + "\"");
  }
  // 32 MiB hold 558 such lines.
  EXPECT_EQ(delivered, 42U);
  EXPECT_EQ(joiner.totals().forced, 42U);
  joiner.finish();
  EXPECT_EQ(delivered, 600U);
}

TEST(AuditJoiner, ArgumentsInPiecesAndInSeveralRecords) {
  const JoinedAudit joined = join_audit(
      "type=EXECVE msg=audit(5.000:1): argc=4 a0=\"cat\" a1_len=9 a1[0]=\"/tmp\" a1[1]=\"/long\"\n"
      "type=EXECVE msg=audit(5.000:1): a1[2]=2062 a2=\"\" a3=\"?\"\n");
  ASSERT_EQ(joined.events.size(), 1U);
  EXPECT_EQ(joined.events[0].command_line, "cat /tmp/long b  ?");
  EXPECT_EQ(joined.events[0].kind, "execve");
}

TEST(AuditJoiner, MoreArgumentsThanFieldsOfARecord) {
  std::string log = "type=EXECVE msg=audit(5.000:1): argc=200";
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    log += " a" + std::to_string(i) + "=\"" + std::to_string(i) + "\"";
    expected += (i == 0 ? "" : " ") + std::to_string(i);
  }
  EXPECT_EQ(join_audit(log).events.at(0).command_line, expected);
}

TEST(AuditJoiner, CommandLineStopsAtItsCap) {
  std::string log;
  for (int i = 0; i < 3; ++i) {
    log += "type=EXECVE msg=audit(5.000:1): a" + std::to_string(i) + "=\"" +
           std::string(30'000, 'y') + "\"\n";
  }
  const JoinedAudit joined = join_audit(log);
  EXPECT_EQ(joined.events.at(0).command_line.size(), kMaxAuditCommand);
  EXPECT_TRUE(joined.events[0].cut);
}

TEST(AuditJoiner, ProctitleStandsInForALostExecve) {
  const JoinedAudit joined = join_audit(
      "type=SYSCALL msg=audit(5.000:1): arch=c00000b7 syscall=221 success=no exit=-13 pid=1\n"
      "type=PROCTITLE msg=audit(5.000:1): proctitle=72006D20780000\n");
  ASSERT_EQ(joined.events.size(), 1U);
  EXPECT_EQ(joined.events[0].kind, "execve");
  EXPECT_EQ(joined.events[0].command_line, "r m x");
  EXPECT_EQ(joined.events[0].success, false);
  EXPECT_EQ(joined.events[0].exit, -13);
}

TEST(AuditJoiner, UserCommandOfSudo) {
  const JoinedAudit joined = join_audit(
      "type=USER_CMD msg=audit(5.000:1): pid=9 uid=1000 auid=1000 ses=2 msg='cwd=\"/home/u\" "
      "cmd=636174202F6574632F736861646F77 exe=\"/x/sudo\" terminal=pts/0 "
      "res=success'\x1dUID=\"ann\" "
      "AUID=\"ann\"\n");
  ASSERT_EQ(joined.events.size(), 1U);
  const AuditEvent& event = joined.events[0];
  EXPECT_EQ(event.kind, "user_cmd");
  EXPECT_EQ(event.command_line, "cat /etc/shadow");
  EXPECT_EQ(event.cwd, "/home/u");
  EXPECT_EQ(event.terminal, "pts/0");
  EXPECT_EQ(event.result, "success");
  EXPECT_EQ(event.success, true);
  EXPECT_EQ(event.uid_name, "ann");
  EXPECT_EQ(event.detail, "");
  EXPECT_FALSE(event.repeated);
}

TEST(AuditJoiner, UserRecordIsDeliveredAtOnceAndItsIdsAreTheKernels) {
  const JoinedAudit joined = join_audit(
      "type=USER_LOGIN msg=audit(5.000:1): pid=9 uid=0 uid=5 auid=4294967295 auid=77 "
      "ses=4294967295 msg='op=login id=1001 pid=666 exe=\"/x/sshd\" hostname=192.0.2.9 "
      "addr=192.0.2.9 terminal=/dev/pts/0 res=success'\x1dUID=\"root\" AUID=\"unset\" "
      "ID=\"bob\"\n");
  ASSERT_EQ(joined.events.size(), 1U);
  const AuditEvent& event = joined.events[0];
  EXPECT_TRUE(event.closed);
  EXPECT_EQ(event.pid, 9);
  EXPECT_EQ(event.uid, 0);
  EXPECT_EQ(event.auid, -1);
  EXPECT_EQ(event.ses, -1);
  EXPECT_EQ(event.account, "bob");
  EXPECT_EQ(event.auid_name, "");
  EXPECT_EQ(event.operation, "login");
  EXPECT_EQ(event.address, "192.0.2.9");
}

TEST(AuditJoiner, NumberOfAnIdStaysWithoutEnrichment) {
  const JoinedAudit joined = join_audit(
      "type=ADD_USER msg=audit(5.000:1): pid=9 uid=0 auid=0 ses=1 msg='op=adding user id=1000 "
      "exe=\"/x/useradd\" hostname=? addr=? terminal=? res=success'\n");
  EXPECT_EQ(joined.events.at(0).account, "1000");
  EXPECT_EQ(joined.events[0].operation, "adding user");
  EXPECT_EQ(joined.events[0].address, "");
}

TEST(AuditJoiner, UnescapedNameCannotForgeAddressOrResult) {
  const JoinedAudit joined = join_audit(
      "type=USER_AUTH msg=audit(5.000:1): user pid=5 uid=0 auid=4294967295 msg='PAM: "
      "authentication "
      "acct=x addr=203.0.113.9 res=success : exe=\"/x/sshd\" (hostname=h.example, addr=192.0.2.1, "
      "terminal=ssh res=failed)'\n");
  const AuditEvent& event = joined.events.at(0);
  EXPECT_EQ(event.account, "x");
  EXPECT_EQ(event.address, "192.0.2.1");
  EXPECT_EQ(event.result, "failed");
  EXPECT_EQ(event.success, false);
  EXPECT_EQ(event.operation, "PAM: authentication");
  EXPECT_TRUE(event.repeated);
}

TEST(AuditJoiner, HexAccountKeepsItsBytes) {
  const JoinedAudit joined = join_audit(
      "type=USER_AUTH msg=audit(5.000:1): pid=5 msg='op=PAM:authentication acct=611B5B324A22 "
      "exe=\"/x/sshd\" res=failed'\n");
  EXPECT_EQ(joined.events.at(0).account, "a\x1b[2J\"");
}

TEST(AuditJoiner, AvcTellsVerdictAndObject) {
  const JoinedAudit joined = join_audit(
      "type=AVC msg=audit(5.000:1): avc:  denied  { read write } for  pid=2714 comm=\"ls\" "
      "path=\"/usr/lib/x\" dev=dm-0 ino=353593 scontext=a tcontext=b tclass=file\n"
      "type=AVC msg=audit(9.000:2): apparmor=\"DENIED\" operation=\"exec\" profile=\"p\" "
      "name=\"/x/id\" pid=3 comm=\"sh\"\n");
  ASSERT_EQ(joined.events.size(), 2U);
  EXPECT_EQ(joined.events[0].kind, "avc");
  EXPECT_EQ(joined.events[0].result, "denied");
  EXPECT_EQ(joined.events[0].operation, "read write");
  EXPECT_EQ(joined.events[0].object, "/usr/lib/x");
  EXPECT_EQ(joined.events[0].success, false);
  EXPECT_EQ(joined.events[1].result, "DENIED");
  EXPECT_EQ(joined.events[1].operation, "exec");
  EXPECT_EQ(joined.events[1].object, "/x/id");
  EXPECT_EQ(joined.events[1].success, false);
  EXPECT_TRUE(joined.events[1].detail.starts_with("apparmor=\"DENIED\""));
}

TEST(AuditJoiner, ModulesComeAndGo) {
  const JoinedAudit joined = join_audit(
      "type=KERN_MODULE msg=audit(5.000:1): name=\"rootme\"\n"
      "type=SYSCALL msg=audit(5.000:1): arch=c000003e syscall=313 success=yes exit=0 pid=1 "
      "key=(null)\n"
      "type=PROCTITLE msg=audit(5.000:1): proctitle=\"insmod\"\n"
      "type=SYSCALL msg=audit(5.000:2): arch=c000003e syscall=176 success=yes exit=0 pid=1 "
      "key=(null)\n"
      "type=KERN_MODULE msg=audit(5.000:2): name=\"rootme\"\n"
      "type=SYSCALL msg=audit(5.000:3): arch=c000003e syscall=175 success=no exit=-1 pid=1 "
      "key=(null)\n",
      AuditDetail::kSkipNoise);
  ASSERT_EQ(joined.events.size(), 3U);
  EXPECT_EQ(joined.events[0].kind, "module_load");
  EXPECT_EQ(joined.events[0].object, "rootme");
  EXPECT_EQ(joined.events[0].syscall, "finit_module");
  EXPECT_EQ(joined.events[0].command_line, "insmod");
  EXPECT_EQ(joined.events[1].kind, "module_unload");
  EXPECT_EQ(joined.events[1].object, "rootme");
  EXPECT_EQ(joined.events[2].kind, "module_load");
  EXPECT_EQ(joined.events[2].success, false);
}

TEST(AuditJoiner, ObjectsOfOtherKinds) {
  const JoinedAudit joined = join_audit(
      "type=SERVICE_START msg=audit(5.000:1): pid=1 uid=0 auid=4294967295 ses=4294967295 "
      "msg='unit=cafe comm=\"systemd\" exe=\"/x/systemd\" hostname=? addr=? terminal=? "
      "res=success'\n"
      "type=BPF msg=audit(5.000:2): prog-id=12 op=LOAD\n"
      "type=NETFILTER_CFG msg=audit(5.000:3): table=filter:9 family=2 entries=4 "
      "op=nft_register_rule\n"
      "type=ANOM_PROMISCUOUS msg=audit(5.000:4): dev=eth0 prom=256 old_prom=0 auid=0 uid=0 ses=1\n"
      "type=CONFIG_CHANGE msg=audit(5.000:5): auid=0 ses=1 op=set audit_enabled=0 old=1 res=1\n"
      "type=TTY msg=audit(5.000:6): tty pid=4 uid=0 auid=1000 ses=1 major=136 comm=\"bash\" "
      "data=6C730D\n"
      "type=FUTURE msg=audit(5.000:7): a=b\n");
  ASSERT_EQ(joined.events.size(), 7U);
  EXPECT_EQ(joined.events[0].object, "cafe");
  EXPECT_EQ(joined.events[0].comm, "systemd");
  EXPECT_EQ(joined.events[1].object, "12");
  EXPECT_EQ(joined.events[1].operation, "LOAD");
  EXPECT_EQ(joined.events[2].object, "filter:9");
  EXPECT_EQ(joined.events[3].object, "eth0");
  EXPECT_EQ(joined.events[3].kind, "anom_promiscuous");
  EXPECT_EQ(joined.events[4].kind, "config_change");
  EXPECT_EQ(joined.events[4].detail, "auid=0 ses=1 op=set audit_enabled=0 old=1 res=1");
  EXPECT_EQ(joined.events[4].success, true);
  EXPECT_EQ(joined.events[5].kind, "tty");
  EXPECT_EQ(joined.events[5].command_line, "ls\r");
  EXPECT_EQ(joined.events[6].kind, "other");
  EXPECT_EQ(joined.events[6].detail, "a=b");
}

TEST(AuditJoiner, SocketAddressesOfBothByteOrdersAndFamilies) {
  const JoinedAudit joined = join_audit(
      "type=SOCKADDR msg=audit(5.000:1): saddr=020001BBC0000207\x1dSADDR={ saddr_fam=inet }\n"
      "type=SOCKADDR msg=audit(5.000:2): saddr=000201BBC0000207\n"
      "type=SOCKADDR msg=audit(5.000:3): "
      "saddr=0A00115C0000000020010DB800000000000000000000000100000000\n"
      "type=SOCKADDR msg=audit(5.000:4): saddr=01002F72756E2F7800\n"
      "type=SOCKADDR msg=audit(5.000:5): saddr=0100006162\n"
      "type=SOCKADDR msg=audit(5.000:6): saddr=0200\n"
      "type=SOCKADDR msg=audit(5.000:7): other=0200\n");
  ASSERT_EQ(joined.events.size(), 7U);
  for (const size_t i : {0U, 1U}) {
    EXPECT_EQ(joined.events[i].address, "192.0.2.7");
    EXPECT_EQ(joined.events[i].port, 443);
  }
  EXPECT_EQ(joined.events[2].address, "2001:db8::1");
  EXPECT_EQ(joined.events[2].port, 4444);
  EXPECT_EQ(joined.events[3].object, "/run/x");
  EXPECT_EQ(joined.events[4].object, "@ab");
  EXPECT_EQ(joined.events[5].address, "");
  EXPECT_EQ(joined.events[5].port, -1);
}

TEST(AuditJoiner, PathsPastTheCapAreNoted) {
  std::string log;
  for (int i = 0; i < 20; ++i) {
    log += "type=PATH msg=audit(5.000:1): item=" + std::to_string(i) + " name=\"/p\"\n";
  }
  const JoinedAudit joined =
      join_audit(log + "type=PATH msg=audit(5.000:1): item=20 name=(null)\n");
  EXPECT_EQ(joined.events.at(0).paths.size(), 16U);
  EXPECT_TRUE(joined.events[0].cut);
}

TEST(AuditJoiner, NumbersOfUnknownMachinesStayNumbersUnlessAuditdNamedThem) {
  const JoinedAudit joined = join_audit(
      "type=SYSCALL msg=audit(5.000:1): arch=80000016 syscall=11 pid=1\n"
      "type=SYSCALL msg=audit(5.000:2): arch=80000016 syscall=11 pid=1\x1d"
      "ARCH=s390x "
      "SYSCALL=execve\n");
  EXPECT_EQ(joined.events.at(0).syscall, "11");
  EXPECT_EQ(joined.events[0].kind, "syscall");
  EXPECT_EQ(joined.events.at(1).syscall, "execve");
  EXPECT_EQ(joined.events[1].kind, "execve");
}

TEST(AuditJoiner, LookedUpNamesMayBeHex) {
  const JoinedAudit joined = join_audit(
      "type=USER_END msg=audit(5.000:1): pid=9 uid=0 auid=1000 msg='op=x id=7 res=success'\x1d"
      "UID=\"root\" AUID=444F4D5C6A6F6520736D697468 ID=6A6F6520736D697468\n");
  EXPECT_EQ(joined.events.at(0).auid_name, "DOM\\joe smith");
  EXPECT_EQ(joined.events[0].account, "joe smith");
}

TEST(AuditJoiner, DamageIsNotedAndReadingGoesOn) {
  std::string log = "garbage\n\n   \n" + std::string(kExecve);
  for (int i = 0; i < 100; ++i) {
    log += "xx\n";
  }
  const JoinedAudit joined = join_audit(log);
  EXPECT_EQ(joined.events.size(), 1U);
  EXPECT_EQ(joined.totals.not_records, 101U);
  ASSERT_EQ(joined.notes.size(), AuditJoiner::kMaxNotes);
  EXPECT_EQ(joined.notes[0].offset, 0U);
  EXPECT_EQ(joined.notes[0].bytes, 7U);
  EXPECT_EQ(joined.notes.back().bytes, 2U + 37U * 2U);
}

TEST(AuditJoiner, LineCutInTheMiddleOfAValueIsCut) {
  const std::string line = "type=EXECVE msg=audit(5.000:1): a0=\"" + std::string(65'000, 'z');
  EXPECT_TRUE(join_audit(line).events.at(0).cut);
  EXPECT_EQ(join_audit(line).events[0].command_line.size(), 65'000U);
  EXPECT_TRUE(join_audit("type=PROCTITLE msg=audit(5.000:1): proctitle=61626").events.at(0).cut);
}

TEST(AuditJoiner, FutureEventDoesNotHoldBackTheOthers) {
  std::vector<uint64_t> delivered;
  AuditJoiner joiner([&](const AuditEvent& event) { delivered.push_back(event.serial); });
  joiner.add("type=CWD msg=audit(99999999999.000:1): cwd=\"/\"");
  joiner.add("type=CWD msg=audit(100.000:2): cwd=\"/\"");
  joiner.add("type=CWD msg=audit(103.000:3): cwd=\"/\"");
  EXPECT_EQ(delivered, (std::vector<uint64_t>{2}));
}

}  // namespace
}  // namespace genba::parse
