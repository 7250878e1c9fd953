// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "model/tables/crontab.h"
#include "support/run_collector.h"

namespace genba::collect::cron {

const Collector& collector();

namespace {

using test::coverage_starting_with;
using test::FakeHost;
using test::run_collector;

const model::Crontab* find(const model::Facts& facts, std::string_view command) {
  for (const auto& row : facts.read<model::Crontab>()) {
    if (row.command == command) {
      return &row;
    }
  }
  return nullptr;
}

TEST(Cron, EveryKindOfTable) {
  FakeHost host;
  test::With script;
  script.mode = 0755;
  host.add_file("/etc/crontab", "SHELL=/bin/sh\n17 * * * * root /bin/a\n");
  host.add_file("/etc/cron.d/x", "@reboot www-data nice /tmp/.x/run %in\n");
  host.add_file("/etc/cron.d/x.dpkg-old", "@reboot root /old\n");
  host.add_file("/etc/cron.d/.placeholder", "@reboot root /hidden\n");
  host.add_file("/var/spool/cron/crontabs/alice", "0 5 * * 1 sh -c '/home/alice/b'\n");
  host.add_file("/var/spool/cron/bob", "0 5 * * 1 /c\n");
  host.add_file("/etc/cron.daily/script", "#!/bin/sh\n", script);
  host.add_file("/etc/cron.daily/not-run", "x");
  host.add_link("/etc/cron.hourly/link", "/opt/job");
  host.add_file("/opt/job", "", script);
  host.add_file("/etc/anacrontab", "1 5 daily /usr/bin/d\n@monthly 9 m run-parts /x\n");
  model::Facts facts;
  run_collector(collector(), host, facts);
  EXPECT_EQ(facts.read<model::Crontab>().size(), 9U);
  ASSERT_TRUE(find(facts, "/bin/a"));
  EXPECT_EQ(find(facts, "/bin/a")->kind, "system");
  EXPECT_EQ(find(facts, "/bin/a")->username, "root");
  EXPECT_EQ(find(facts, "/bin/a")->line, 2);
  EXPECT_EQ(find(facts, "/bin/a")->file_mtime, test::kFakeNow);
  const auto* run = find(facts, "nice /tmp/.x/run %in");
  ASSERT_TRUE(run);
  EXPECT_EQ(run->kind, "cron_d");
  EXPECT_EQ(run->event, "@reboot");
  EXPECT_EQ(run->executable, "/tmp/.x/run");
  EXPECT_EQ(run->username, "www-data");
  const auto* alice = find(facts, "sh -c '/home/alice/b'");
  ASSERT_TRUE(alice);
  EXPECT_EQ(alice->kind, "user");
  EXPECT_EQ(alice->username, "alice");
  EXPECT_EQ(alice->executable, "/home/alice/b");
  EXPECT_EQ(find(facts, "/c")->path, "/var/spool/cron/bob");
  EXPECT_EQ(find(facts, "/etc/cron.daily/script")->kind, "periodic");
  EXPECT_FALSE(find(facts, "/etc/cron.daily/script")->line);
  EXPECT_TRUE(find(facts, "/etc/cron.hourly/link"));
  EXPECT_EQ(find(facts, "/usr/bin/d")->kind, "anacron");
  EXPECT_EQ(find(facts, "run-parts /x")->event, "@monthly");
  for (const auto& row : facts.read<model::Coverage>()) {
    EXPECT_EQ(row.status, "complete") << row.subject;
  }
}

TEST(Cron, NamesThatOneOfTheCronsRunsAreRead) {
  FakeHost host;
  test::With script;
  script.mode = 0755;
  for (const char* name : {"evil.swp", "evil.dpkg-old", "evil.cfsaved", "evil.bak"}) {
    host.add_file(std::string("/etc/cron.d/") + name, std::string("* * * * * root /") + name);
  }
  for (const char* name : {"evil~", ".evil", "#evil", "evil.rpmsave", "evil.rpmnew"}) {
    host.add_file(std::string("/etc/cron.d/") + name, "* * * * * root /not-run\n");
  }
  host.add_file("/var/spool/cron/crontabs/odd~", "* * * * * /odd\n");
  host.add_file("/var/spool/cron/crontabs/.hidden", "* * * * * /not-run\n");
  host.add_file("/etc/cron.daily/x.dpkg-old", "#!/bin/sh\n", script);
  model::Facts facts;
  run_collector(collector(), host, facts);
  EXPECT_EQ(facts.read<model::Crontab>().size(), 5U);
  EXPECT_TRUE(find(facts, "/evil.swp"));
  EXPECT_TRUE(find(facts, "/odd"));
  EXPECT_FALSE(find(facts, "/not-run"));
}

TEST(Cron, AtJobsThatWaitAreSaid) {
  FakeHost host;
  host.add_file("/var/spool/at/a0000101234567", "#!/bin/sh\n/tmp/x\n");
  host.add_file("/var/spool/at/.SEQ", "1\n");
  model::Facts facts;
  run_collector(collector(), host, facts);
  EXPECT_EQ(coverage_starting_with(facts, "at jobs").status, "partial");
  EXPECT_EQ(coverage_starting_with(facts, "at jobs").reason,
            "at jobs wait in /var/spool/at and were not read: 1");
}

TEST(Cron, HiddenByControlCharacters) {
  FakeHost host;
  host.add_file("/var/spool/cron/crontabs/root", "* * * * * /tmp/x;\rno crontab for root\x1b[K\n");
  model::Facts facts;
  run_collector(collector(), host, facts);
  EXPECT_TRUE(facts.read<model::Crontab>().at(0).control_characters);
}

TEST(Cron, HostileFilesBecomeCoverage) {
  FakeHost host;
  host.add_special("/etc/crontab", host::FileType::kFifo);
  host.add_link("/etc/cron.d/loop", "loop").add_file("/etc/cron.d/\x1b[2Jx\n", "prose\n");
  host.add_directory("/var/spool/cron/crontabs").deny("/var/spool/cron/crontabs");
  model::Facts facts;
  run_collector(collector(), host, facts);
  EXPECT_TRUE(facts.read<model::Crontab>().empty());
  EXPECT_EQ(coverage_starting_with(facts, "/etc/crontab").failed, 3);
  EXPECT_EQ(coverage_starting_with(facts, "/var/spool/cron").denied, 1);
}

TEST(Cron, SpoolThatIsALinkToAnotherIsReadOnce) {
  FakeHost host;
  host.add_link("/var/spool/cron/crontabs", "/etc/crontabs");
  host.add_file("/etc/crontabs/root", "0 0 * * * /x\n");
  model::Facts facts;
  run_collector(collector(), host, facts);
  EXPECT_EQ(facts.read<model::Crontab>().size(), 1U);
}

}  // namespace
}  // namespace genba::collect::cron
