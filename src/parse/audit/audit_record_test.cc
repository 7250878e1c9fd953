// SPDX-License-Identifier: Apache-2.0
#include "parse/audit/audit_record.h"

#include <string>

#include "gtest/gtest.h"
#include "parse/audit/audit_types.h"

namespace genba::parse {
namespace {

AuditRecord parse(std::string_view line) {
  AuditRecord record;
  EXPECT_TRUE(parse_audit_record(line, record)) << line;
  return record;
}

std::string decode(std::string_view raw, AuditWriter writer, size_t cap = 4096) {
  std::string text;
  return decode_audit_value(raw, writer, cap, text) == AuditValue::kAbsent ? "<absent>" : text;
}

TEST(AuditRecord, HeadIsTakenApart) {
  const AuditRecord record = parse(
      "node=web1.example type=SYSCALL msg=audit(1700000000.007:42): arch=c000003e syscall=59\r\n");
  EXPECT_EQ(record.type, 1300);
  EXPECT_EQ(record.type_name, "SYSCALL");
  EXPECT_EQ(record.node, "web1.example");
  EXPECT_EQ(record.seconds, 1700000000);
  EXPECT_EQ(record.millisecond, 7);
  EXPECT_EQ(record.serial, 42U);
  ASSERT_EQ(record.field_count, 2U);
  EXPECT_EQ(record.kernel_field("syscall"), "59");
  EXPECT_FALSE(record.kernel_field("sys"));
}

TEST(AuditRecord, KernelLogSpellsTheTypeAsANumber) {
  const AuditRecord record = parse(
      "audit: type=1400 audit(1700000000.123:9): apparmor=\"DENIED\" operation=\"open\" "
      "profile=\"snap.x\" name=\"/etc/shadow\" pid=77 comm=\"cat\"");
  EXPECT_EQ(record.type, 1400);
  EXPECT_EQ(record.type_name, "AVC");
  EXPECT_EQ(record.field("name"), "\"/etc/shadow\"");
  EXPECT_EQ(record.field("pid"), "77");
}

TEST(AuditRecord, UnknownTypesKeepWhatIsKnownOfThem) {
  EXPECT_EQ(parse("type=UNKNOWN[1323] msg=audit(1.000:2): fd=6").type_name, "MMAP");
  const AuditRecord unnamed = parse("type=UNKNOWN[1999] msg=audit(1.000:2): fd=6");
  EXPECT_EQ(unnamed.type, 1999);
  EXPECT_EQ(unnamed.type_name, "");
  const AuditRecord named = parse("type=FUTURE_THING msg=audit(1.000:2): fd=6");
  EXPECT_EQ(named.type, -1);
  EXPECT_EQ(named.type_name, "FUTURE_THING");
  EXPECT_EQ(parse("type=99999999999 msg=audit(1.000:2): x=1").type, -1);
}

TEST(AuditRecord, LinesThatAreNoRecords) {
  AuditRecord record;
  for (const std::string_view line :
       {"", "type=", "type=X", "type= msg=audit(1.000:1): a=b", "msg=audit(1.000:1): a=b",
        "type=X msg=audit(1): a=b", "type=X msg=audit(): a=b", "type=X msg=audit(1.0:): a=b",
        "type=X msg=audit(1.0001:1): a=b", "type=X msg=audit(-1.000:1): a=b",
        "type=X msg=audit(1.000:-1): a=b", "type=X msg=audit(1.000:99999999999999999999): a=b",
        "type=X msg=audit(99999999999999.000:1): a=b", "type=X msg=audit(1.000:1", "node=",
        "node=a", "audit: ", "type=USER_LOGIN pid=1 uid=0", "kernel: type=X msg=audit(1.000:1):"}) {
    EXPECT_FALSE(parse_audit_record(line, record)) << line;
  }
  EXPECT_FALSE(parse_audit_record("type=" + std::string(100, 'X') + " msg=audit(1.0:1): ", record));
}

TEST(AuditRecord, SerialZeroAndFarFutureAreRecords) {
  EXPECT_EQ(parse("type=X msg=audit(1337845201.0:0): check").serial, 0U);
  EXPECT_EQ(parse("type=X msg=audit(253402300799.999:1):").seconds, 253402300799);
}

TEST(AuditRecord, ProgramsPartIsKeptApart) {
  const AuditRecord record = parse(
      "type=USER_AUTH msg=audit(1.000:2): pid=5 uid=0 auid=1000 ses=3 msg='op=PAM:authentication "
      "acct=\"o'neill\" exe=\"/x/sshd\" uid=77 addr=192.0.2.1 terminal=ssh res=failed'\x1dUID="
      "\"root\" AUID=\"ann\"");
  EXPECT_EQ(record.body, "pid=5 uid=0 auid=1000 ses=3 ");
  EXPECT_EQ(record.program_begin, 4U);
  EXPECT_EQ(record.field_count, 11U);
  EXPECT_EQ(record.kernel_field("uid"), "0");
  EXPECT_EQ(record.field("uid"), "0");
  EXPECT_EQ(record.first_program_field("uid"), "77");
  EXPECT_EQ(record.field("acct"), "\"o'neill\"");
  EXPECT_EQ(record.last_program_field("res"), "failed");
  EXPECT_EQ(record.enriched, "UID=\"root\" AUID=\"ann\"");
}

TEST(AuditRecord, ForgedResultInsideAnUnescapedNameIsTheFirstAndNotTheLast) {
  const AuditRecord record = parse(
      "type=USER_AUTH msg=audit(1.000:2): user pid=5 uid=0 auid=4294967295 msg='PAM: "
      "authentication "
      "acct=x res=success' addr=203.0.113.9 : exe=\"/x/sshd\" (hostname=h, addr=192.0.2.1, "
      "terminal=ssh res=failed)'");
  EXPECT_EQ(record.first_program_field("res"), "success'");
  EXPECT_EQ(record.last_program_field("res"), "failed");
  EXPECT_EQ(record.last_program_field("addr"), "192.0.2.1");
  EXPECT_EQ(record.last_program_field("hostname"), "h");
}

TEST(AuditRecord, EnrichmentMarkInsideAProgramsTextEndsNothing) {
  const AuditRecord record = parse(
      "type=USER_LOGIN msg=audit(1.000:2): pid=5 msg='op=login hostname=a\x1d"
      "b res=failed'");
  EXPECT_EQ(record.last_program_field("res"), "failed");
  EXPECT_EQ(record.enriched, "");
}

TEST(AuditRecord, EnrichmentWithoutItsMarkIsFoundByItsUpperCase) {
  const AuditRecord call = parse(
      "type=SYSCALL msg=audit(1.000:2): arch=c000003e syscall=59 key=(null)ARCH=x86_64 "
      "SYSCALL=execve AUID=\"ann\" UID=\"root\"");
  EXPECT_EQ(call.kernel_field("key"), "(null)");
  EXPECT_EQ(call.enriched, "ARCH=x86_64 SYSCALL=execve AUID=\"ann\" UID=\"root\"");
  const AuditRecord crash = parse("type=ANOM_ABEND msg=audit(1.000:2): sig=11 res=1AUID=\"ann\"");
  EXPECT_EQ(crash.kernel_field("res"), "1");
  EXPECT_EQ(crash.enriched, "AUID=\"ann\"");
  const AuditRecord user = parse("type=USER_END msg=audit(1.000:2): pid=1 msg='res=1'UID=\"ann\"");
  EXPECT_EQ(user.field("res"), "1");
  EXPECT_EQ(user.enriched, "UID=\"ann\"");
}

TEST(AuditRecord, TextThatLooksLikeEnrichmentHidesNoField) {
  const AuditRecord call = parse(
      "type=SYSCALL msg=audit(1.000:2): arch=c000003e syscall=59 comm=\"xUID=\" exe=\"/tmp/.x\" "
      "key=\"exec\"");
  EXPECT_EQ(call.kernel_field("exe"), "\"/tmp/.x\"");
  EXPECT_EQ(call.kernel_field("key"), "\"exec\"");
  EXPECT_EQ(call.enriched, "");
  const AuditRecord arguments =
      parse("type=EXECVE msg=audit(1.000:2): argc=3 a0=\"curl\" a1=\"-HUID=\" a2=\"http://x/y\"");
  EXPECT_EQ(arguments.kernel_field("a2"), "\"http://x/y\"");
  const AuditRecord both = parse(
      "type=SYSCALL msg=audit(1.000:2): comm=\"ARCH=\" exe=\"/x\" key=(null)ARCH=x86_64 "
      "UID=\"root\"");
  EXPECT_EQ(both.kernel_field("exe"), "\"/x\"");
  EXPECT_EQ(both.enriched, "ARCH=x86_64 UID=\"root\"");
}

TEST(AuditRecord, OldLoginRecordsKeepTheirAdjectives) {
  const AuditRecord record = parse(
      "type=LOGIN msg=audit(1337845201.174:94983): pid=25443 uid=0 old auid=4294967295 new auid=7 "
      "old ses=4294967295 new ses=1165");
  EXPECT_EQ(record.kernel_field("old auid"), "4294967295");
  EXPECT_EQ(record.kernel_field("new auid"), "7");
  EXPECT_EQ(record.kernel_field("new ses"), "1165");
  EXPECT_FALSE(record.kernel_field("auid"));
}

TEST(AuditRecord, WordsAroundFieldsArePassedOver) {
  const AuditRecord record = parse(
      "type=AVC msg=audit(1.000:2): avc:  denied  { read write } for  pid=9 comm=\"a b\" =5 x= "
      "y=1,");
  ASSERT_EQ(record.field_count, 4U);
  EXPECT_EQ(record.field("comm"), "\"a b\"");
  EXPECT_EQ(record.field("x"), "");
  EXPECT_EQ(record.field("y"), "1");
}

TEST(AuditRecord, FieldsPastTheCapAreCounted) {
  std::string line = "type=EXECVE msg=audit(1.000:2): argc=100";
  for (int i = 0; i < 100; ++i) {
    line += " a" + std::to_string(i) + "=\"x\"";
  }
  const AuditRecord record = parse(line);
  EXPECT_EQ(record.field_count, 64U);
  EXPECT_EQ(record.dropped_fields, 37U);
}

TEST(AuditRecord, QuoteThatNeverClosesTakesTheRest) {
  const AuditRecord record = parse("type=CWD msg=audit(1.000:2): cwd=\"/tmp/a b");
  EXPECT_EQ(record.field("cwd"), "\"/tmp/a b");
}

TEST(AuditValue, KernelHexAlwaysCounts) {
  EXPECT_EQ(decode("\"/usr/x\"", AuditWriter::kKernel), "/usr/x");
  EXPECT_EQ(decode("2F746D702F6120622E747874", AuditWriter::kKernel), "/tmp/a b.txt");
  EXPECT_EQ(decode("6162", AuditWriter::kKernel), "ab");
  EXPECT_EQ(decode("6c73", AuditWriter::kKernel), "6c73");  // the kernel writes upper case
  EXPECT_EQ(decode("\"\"", AuditWriter::kKernel), "");
  EXPECT_EQ(decode("\"?\"", AuditWriter::kKernel), "?");  // an argument
  EXPECT_EQ(decode("\"(null)\"", AuditWriter::kKernel), "(null)");
}

TEST(AuditValue, ProgramsHexCountsWhenItHidesSomething) {
  EXPECT_EQ(decode("BEEF", AuditWriter::kProgram), "\xBE\xEF");
  EXPECT_EQ(decode("6162", AuditWriter::kProgram), "6162");  // "ab" would have been quoted
  EXPECT_EQ(decode("28696E76616C6964207573657229", AuditWriter::kProgram), "(invalid user)");
  EXPECT_EQ(decode("root", AuditWriter::kProgram), "root");
  EXPECT_EQ(decode("1000", AuditWriter::kBare), "1000");
}

TEST(AuditValue, AbsentSpellings) {
  for (const std::string_view raw : {"", "?", "(null)", "(none)"}) {
    EXPECT_EQ(decode(raw, AuditWriter::kKernel), "<absent>") << raw;
  }
  EXPECT_EQ(decode("\"?\"", AuditWriter::kProgram), "<absent>");
}

TEST(AuditValue, CapsAndBrokenValuesAreToldFromWholeOnes) {
  std::string text;
  EXPECT_EQ(decode_audit_value("\"abcdef\"", AuditWriter::kKernel, 3, text), AuditValue::kCut);
  EXPECT_EQ(text, "abc");
  EXPECT_EQ(decode_audit_value("61626364", AuditWriter::kKernel, 3, text), AuditValue::kCut);
  EXPECT_EQ(text, "abc");
  EXPECT_EQ(decode_audit_value("61626", AuditWriter::kKernel, 9, text), AuditValue::kCut);
  EXPECT_EQ(text, "ab");
  EXPECT_EQ(decode_audit_value("\"abc", AuditWriter::kKernel, 9, text), AuditValue::kCut);
  EXPECT_EQ(text, "abc");
  EXPECT_EQ(decode_audit_value("\"", AuditWriter::kKernel, 9, text), AuditValue::kCut);
  EXPECT_EQ(append_audit_value("\"abc\"", AuditWriter::kKernel, 0, text), AuditValue::kCut);
  EXPECT_EQ(text, "");
}

TEST(AuditValue, IdsThatAreUnset) {
  EXPECT_EQ(parse_audit_id("0"), 0);
  EXPECT_EQ(parse_audit_id("1000"), 1000);
  for (const std::string_view raw :
       {"4294967295", "-1", "unset", "", "12x", "99999999999999999999"}) {
    EXPECT_EQ(parse_audit_id(raw), -1) << raw;
  }
}

TEST(AuditTypes, NamesAndNumbersLeadToTheSameType) {
  ASSERT_NE(find_audit_type("USER_LOGIN"), nullptr);
  EXPECT_EQ(find_audit_type("USER_LOGIN")->number, 1112);
  EXPECT_EQ(find_audit_type(1112), find_audit_type("USER_LOGIN"));
  EXPECT_EQ(find_audit_type(2507)->kind, "virt_migrate_out");
  EXPECT_EQ(find_audit_type("CRED_REFR")->kind, "cred");
  EXPECT_EQ(find_audit_type("ZZZ"), nullptr);
  EXPECT_EQ(find_audit_type(""), nullptr);
  for (const int32_t number : {-1, 0, 999, 1301, 2999, 3000, INT32_MAX, INT32_MIN}) {
    EXPECT_EQ(find_audit_type(number), nullptr) << number;
  }
}

TEST(AuditTypes, SystemCallsOfEachArchitecture) {
  EXPECT_EQ(find_audit_syscall(0xc000003e, 59).name, "execve");
  EXPECT_EQ(find_audit_syscall(0xc000003e, 0x40000000 + 520).name, "execve");
  EXPECT_EQ(find_audit_syscall(0xc000003e, 0x40000000 + 257).name, "openat");
  EXPECT_EQ(find_audit_syscall(0x40000003, 11).name, "execve");
  EXPECT_EQ(find_audit_syscall(0xc00000b7, 221).name, "execve");
  EXPECT_EQ(find_audit_syscall(0xc00000f3, 273).name, "finit_module");
  EXPECT_EQ(find_audit_syscall(0xc000003e, 313).weight, AuditWeight::kNotable);
  EXPECT_EQ(find_audit_syscall(0xc000003e, 257).weight, AuditWeight::kPlain);
  EXPECT_EQ(find_audit_syscall(0x80000016, 11).name, "");
  EXPECT_EQ(find_audit_syscall(0xc000003e, -1).name, "");
  EXPECT_EQ(find_audit_syscall(0xc000003e, 512).name, "");
  EXPECT_EQ(find_audit_syscall(0xc000003e, INT64_MAX).name, "");
}

}  // namespace
}  // namespace genba::parse
