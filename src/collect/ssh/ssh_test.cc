// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "collect/ssh/sshd_settings.h"
#include "model/tables/authorized_keys.h"
#include "support/run_collector.h"

namespace genba::collect::ssh {

const Collector& collector();

namespace {

using test::add_account;
using test::coverage_starting_with;
using test::FakeHost;
using test::run_collector;

// A blob that is only its own type's name: enough for a fact.
const std::string kKey = "new-key@example.org AAAAE25ldy1rZXlAZXhhbXBsZS5vcmc=";

std::set<std::string> files_of(const model::Facts& facts) {
  std::set<std::string> files;
  for (const auto& row : facts.read<model::AuthorizedKey>()) {
    files.insert(row.username + " " + row.key_file);
  }
  return files;
}

TEST(AuthorizedKeysCollector, DefaultFilesOfEveryAccount) {
  FakeHost host;
  test::With with;
  with.mode = 0666;
  with.uid = 33;
  host.add_file("/home/a/.ssh/authorized_keys", "# c\n" + kKey + " me\n", with);
  host.add_file("/root/.ssh/authorized_keys2", "no-pty " + kKey + "\n");
  model::Facts facts;
  add_account(facts, "root", 0, "/root");
  add_account(facts, "a", 1000, "/home/a");
  add_account(facts, "gone", 1001, "/home/gone");
  run_collector(collector(), host, facts);
  const auto& rows = facts.read<model::AuthorizedKey>();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].username, "root");
  EXPECT_EQ(rows[0].options, "no-pty");
  EXPECT_EQ(rows[1].uid, 1000);
  EXPECT_EQ(rows[1].line, 2);
  EXPECT_EQ(rows[1].comment, "me");
  EXPECT_EQ(rows[1].file_mode, "0666");
  EXPECT_EQ(rows[1].file_uid, 33);
  EXPECT_EQ(rows[1].file_mtime, test::kFakeNow);
  EXPECT_EQ(rows[1].fingerprint.substr(0, 7), "SHA256:");
  EXPECT_EQ(coverage_starting_with(facts, "authorized_keys").status, "complete");
}

TEST(AuthorizedKeysCollector, FilesThatSshdConfigNamesThroughIncludesAndMatch) {
  FakeHost host;
  host.add_file("/etc/ssh/sshd_config",
                "Include sshd_config.d/*.conf\nMatch User x\n  AuthorizedKeysFile %h/hidden\n");
  host.add_file("/etc/ssh/sshd_config.d/50-x.conf", "AuthorizedKeysFile /etc/keys/%u none\n");
  host.add_file("/etc/ssh/sshd_config.d/ignored", "AuthorizedKeysFile /ignored\n");
  host.add_file("/etc/keys/a", kKey + "\n").add_file("/home/a/hidden", kKey + "\n");
  host.add_file("/home/a/.ssh/authorized_keys", kKey + "\n").add_file("/ignored", kKey + "\n");
  model::Facts facts;
  add_account(facts, "a", 1000, "/home/a");
  run_collector(collector(), host, facts);
  EXPECT_EQ(files_of(facts), (std::set<std::string>{"a /etc/keys/a", "a /home/a/hidden",
                                                    "a /home/a/.ssh/authorized_keys"}));
}

TEST(AuthorizedKeysCollector, SharedFileOpensEveryAccountAndIsReadOnce) {
  FakeHost host;
  host.add_file("/etc/ssh/sshd_config", "AuthorizedKeysFile /etc/keys\n");
  host.add_file("/etc/keys", kKey + "\n");
  model::Facts facts;
  add_account(facts, "a", 1, "/home/a");
  add_account(facts, "b", 2, "/home/b");
  run_collector(collector(), host, facts);
  EXPECT_EQ(facts.read<model::AuthorizedKey>().size(), 2U);
  int reads = 0;
  for (const auto& access : host.accesses()) {
    reads += access == test::Access{"read_file", "/etc/keys"} ? 1 : 0;
  }
  EXPECT_EQ(reads, 1);
}

TEST(AuthorizedKeysCollector, HostileFilesBecomeCoverage) {
  FakeHost host;
  host.add_special("/dev/null", host::FileType::kCharacter);
  host.add_link("/home/null/.ssh/authorized_keys", "/dev/null");
  host.add_special("/home/fifo/.ssh/authorized_keys", host::FileType::kFifo);
  host.add_link("/home/loop/.ssh/authorized_keys", "authorized_keys");
  host.add_file("/home/denied/.ssh/authorized_keys", kKey + "\n").deny("/home/denied/.ssh");
  host.add_file("/home/bad/.ssh/authorized_keys", "nonsense\n" + kKey + "\n");
  model::Facts facts;
  for (const char* name : {"null", "fifo", "loop", "denied", "bad"}) {
    add_account(facts, name, 1, std::string("/home/") + name);
  }
  run_collector(collector(), host, facts);
  EXPECT_EQ(files_of(facts), (std::set<std::string>{"bad /home/bad/.ssh/authorized_keys"}));
  const auto row = coverage_starting_with(facts, "authorized_keys");
  EXPECT_EQ(row.status, "partial");
  EXPECT_GE(row.denied, 1);
  EXPECT_GE(row.failed, 4);
}

TEST(AuthorizedKeysCollector, NetworkHomeIsNotEnteredButItsLocalKeysAre) {
  FakeHost host;
  host.add_file("/etc/ssh/sshd_config", "AuthorizedKeysFile /etc/keys/%u .ssh/authorized_keys\n");
  host.add_file("/net/a/.ssh/authorized_keys", kKey + "\n").add_file("/etc/keys/a", kKey + "\n");
  host.set_filesystem_type("/net", "nfs4");
  model::Facts facts;
  add_account(facts, "a", 1, "/net/a");
  run_collector(collector(), host, facts);
  EXPECT_EQ(files_of(facts), (std::set<std::string>{"a /etc/keys/a"}));
  const auto row = coverage_starting_with(facts, "authorized_keys");
  EXPECT_EQ(row.status, "partial");
  EXPECT_TRUE(row.remedy);
}

TEST(AuthorizedKeysCollector, KeysFromACommandAreNamedInCoverage) {
  FakeHost host;
  host.add_file("/etc/ssh/sshd_config", "AuthorizedKeysCommand /usr/bin/keys %u\n");
  model::Facts facts;
  run_collector(collector(), host, facts);
  EXPECT_EQ(coverage_starting_with(facts, "AuthorizedKeysCommand").status, "skipped");
}

TEST(AuthorizedKeysCollector, EveryOtherWayInIsNamedOnceInCoverage) {
  FakeHost host;
  host.add_file("/etc/ssh/sshd_config", "Include x\nInclude x\nTrustedUserCAKeys none\n");
  host.add_file("/etc/ssh/x",
                "TrustedUserCAKeys /etc/ssh/ca.pub\nAuthorizedPrincipalsCommand /usr/bin/who %u\n");
  model::Facts facts;
  add_account(facts, "root", 0, "/root");
  run_collector(collector(), host, facts);
  EXPECT_EQ(coverage_starting_with(facts, "TrustedUserCAKeys").reason,
            "/etc/ssh/x line 1: sshd also trusts certificates signed by the keys in "
            "'/etc/ssh/ca.pub'; who gets in by that is not seen");
  EXPECT_EQ(coverage_starting_with(facts, "AuthorizedPrincipalsCommand").status, "skipped");
  EXPECT_EQ(facts.read<model::Coverage>().size(), 4U);
}

TEST(AuthorizedKeysCollector, KernelViewsThatSshdConfigNamesAreNotRead) {
  FakeHost host;
  host.add_file("/etc/ssh/sshd_config",
                "AuthorizedKeysFile /proc/7/cmdline /etc/ssh/link\nInclude /sys/kernel/x\n");
  host.add_link("/etc/ssh/link", "/proc/7/environ");
  host.add_file("/proc/7/cmdline", kKey).add_file("/proc/7/environ", kKey);
  host.add_file("/sys/kernel/x", "Port 1\n");
  model::Facts facts;
  add_account(facts, "root", 0, "/root");
  run_collector(collector(), host, facts);
  EXPECT_TRUE(facts.read<model::AuthorizedKey>().empty());
  EXPECT_EQ(coverage_starting_with(facts, "authorized_keys").reason,
            "'/proc/7/cmdline' is proc, a view of the kernel, and not read");
  EXPECT_EQ(coverage_starting_with(facts, "sshd_config").status, "partial");
  for (const auto& access : host.accesses()) {
    EXPECT_NE(access, (test::Access{"read_file", "/proc/7/cmdline"}));
    EXPECT_NE(access, (test::Access{"read_file", "/etc/ssh/link"}));
  }
}

TEST(SshdSettings, IncludeThatNamesItselfEnds) {
  FakeHost host;
  host.add_file("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config\nPort 22\n");
  model::Facts facts;
  const Wanted wanted = Wanted::all();
  Context context{host, facts, wanted};
  ConfigReader reader(context, "ssh", "sshd_config");
  const auto settings = read_sshd_settings(reader);
  reader.finish();
  EXPECT_FALSE(settings.empty());
  EXPECT_EQ(coverage_starting_with(facts, "sshd_config").status, "partial");
}

TEST(SshdSettings, IncludeInsideAMatchIsConditional) {
  FakeHost host;
  host.add_file("/etc/ssh/sshd_config", "Match User a\nInclude x\n")
      .add_file("/etc/ssh/x", "Port 1\n");
  model::Facts facts;
  const Wanted wanted = Wanted::all();
  Context context{host, facts, wanted};
  ConfigReader reader(context, "ssh", "sshd_config");
  const auto settings = read_sshd_settings(reader);
  ASSERT_EQ(settings.size(), 3U);
  EXPECT_EQ(settings[1].keyword, "port");
  EXPECT_EQ(settings[1].path, "/etc/ssh/x");
  EXPECT_TRUE(settings[1].conditional);
}

}  // namespace
}  // namespace genba::collect::ssh
