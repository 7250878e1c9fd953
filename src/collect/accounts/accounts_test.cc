// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "model/tables/groups.h"
#include "model/tables/shadow.h"
#include "support/run_collector.h"

namespace genba::collect::accounts {

const Collector& collector();

namespace {

using test::coverage_starting_with;
using test::FakeHost;
using test::run_collector;

TEST(Accounts, UsersGroupsAndPasswordStates) {
  FakeHost host;
  host.add_file("/etc/passwd",
                "root:x:0:0:root:/root:/bin/bash\nnews::9:9::/:/usr/sbin/nologin \n"
                "bad\nh:$6$a$b:1:1::/:/bin/sh\nl:!:2:2::/:\n");
  host.add_file("/etc/group", "root:x:0:\nsudo:x:27:alice,bob\n");
  host.add_file("/etc/shadow", "root:$y$j9T$a$b:19700:0:99999:7:::\nbin:*:0::::::\n");
  model::Facts facts;
  run_collector(collector(), host, facts);
  const auto& users = facts.read<model::User>();
  ASSERT_EQ(users.size(), 4U);
  EXPECT_EQ(users[0].password_field, "shadowed");
  EXPECT_EQ(users[0].description, "root");
  EXPECT_EQ(users[1].password_field, "empty");
  EXPECT_EQ(users[1].shell, "/usr/sbin/nologin ");
  EXPECT_EQ(users[2].password_field, "hash");
  EXPECT_EQ(users[3].password_field, "locked");
  EXPECT_EQ(users[3].line, 5);
  EXPECT_EQ(facts.read<model::Group>().at(1).members, "alice,bob");
  EXPECT_FALSE(facts.read<model::Group>().at(0).members);
  const auto& shadow = facts.read<model::Shadow>();
  ASSERT_EQ(shadow.size(), 2U);
  EXPECT_EQ(base::to_rfc3339(*shadow[0].last_change), "2023-12-09T00:00:00.000000000Z");
  EXPECT_EQ(shadow[0].hash_alg, "y");
  const auto row = coverage_starting_with(facts, "/etc/passwd");
  EXPECT_EQ(row.status, "partial");
  EXPECT_EQ(row.reason, "line 3: no valid user id at byte 64 of /etc/passwd");
  EXPECT_EQ(coverage_starting_with(facts, "/etc/shadow").status, "complete");
}

TEST(Accounts, HashesNeverBecomeFacts) {
  FakeHost host;
  host.add_file("/etc/passwd", "h:$6$SECRET$SECRET:1:1::/:/bin/sh\n");
  host.add_file("/etc/shadow", "h:$6$SECRET$SECRET:1::::::\nx:SECRET:1\n");
  host.add_file("/etc/group", "g:SECRET:1:\n");
  model::Facts facts;
  run_collector(collector(), host, facts);
  for (const auto* table : facts.tables()) {
    const auto* store = facts.find(*table);
    for (size_t row = 0; row < store->size(); ++row) {
      for (size_t column = 0; column < table->columns.size(); ++column) {
        const auto value = store->cell(row, column);
        if (const auto* text = std::get_if<std::string_view>(&value)) {
          EXPECT_EQ(text->find("SECRET"), std::string_view::npos) << table->name;
        }
      }
    }
  }
}

TEST(Accounts, ForeignSourcesAreNamedInCoverage) {
  FakeHost host;
  host.add_file("/etc/passwd", "").add_file("/etc/group", "").add_file("/etc/shadow", "");
  host.add_file("/etc/nsswitch.conf",
                "passwd: files systemd sss\ngroup: compat ldap\nshadow: files\nhosts: dns\n");
  model::Facts facts;
  run_collector(collector(), host, facts);
  EXPECT_EQ(coverage_starting_with(facts, "passwd from sss").status, "skipped");
  EXPECT_TRUE(coverage_starting_with(facts, "passwd from sss").remedy);
  EXPECT_EQ(coverage_starting_with(facts, "group from ldap").status, "skipped");
  EXPECT_EQ(coverage_starting_with(facts, "shadow from").status, "");
  EXPECT_EQ(coverage_starting_with(facts, "passwd from systemd").status, "");
}

TEST(Accounts, DeniedShadowAndMissingPasswdAreFailures) {
  FakeHost host;
  host.set_euid(1000);
  host.add_file("/etc/shadow", "x").deny("/etc/shadow");
  host.add_special("/etc/group", host::FileType::kFifo);
  model::Facts facts;
  run_collector(collector(), host, facts);
  EXPECT_EQ(coverage_starting_with(facts, "/etc/passwd").status, "failed");
  EXPECT_EQ(coverage_starting_with(facts, "/etc/group").status, "failed");
  EXPECT_EQ(coverage_starting_with(facts, "/etc/shadow").denied, 1);
  EXPECT_EQ(coverage_starting_with(facts, "/etc/shadow").remedy, "run as root");
  EXPECT_FALSE(facts.has(model::tables::users()));
  EXPECT_FALSE(facts.has(model::tables::shadow()));
}

TEST(Accounts, ForgedDaysAreKeptWithinTime) {
  FakeHost host;
  host.add_file("/etc/shadow", "x:*:9223372036854775807:::::-9223372036854775808:\n");
  model::Facts facts;
  run_collector(collector(), host, facts);
  EXPECT_TRUE(facts.read<model::Shadow>().at(0).last_change);
  EXPECT_LT(*facts.read<model::Shadow>().at(0).expire, base::Timestamp{0});
}

}  // namespace
}  // namespace genba::collect::accounts
