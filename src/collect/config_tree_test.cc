// SPDX-License-Identifier: Apache-2.0
//
// The collectors over configuration files, run on a real directory tree through the tree host: the
// same facts as from the fake, and no link leads out of the root.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "model/tables/authorized_keys.h"
#include "model/tables/crontab.h"
#include "model/tables/startup_items.h"
#include "model/tables/systemd_unit_commands.h"
#include "model/tables/systemd_units.h"
#include "support/run_collector.h"

namespace genba::collect {

namespace accounts {
const Collector& collector();
}
namespace cron {
const Collector& collector();
}
namespace ssh {
const Collector& collector();
}
namespace startup {
const Collector& collector();
}
namespace systemd {
const Collector& collector();
}

namespace {

using test::coverage_starting_with;
using test::run_collector;

namespace fs = std::filesystem;

class ConfigTreeTest : public ::testing::Test {
 protected:
  ConfigTreeTest() : top_(fs::path(::testing::TempDir()) / "genba-config-tree") {
    fs::remove_all(top_);
    fs::create_directories(top_ / "root");
  }
  ~ConfigTreeTest() override { fs::remove_all(top_); }

  void file(const std::string& path, const std::string& bytes) {
    const fs::path full = top_.string() + "/" + path;
    fs::create_directories(full.parent_path());
    std::ofstream(full, std::ios::binary) << bytes;
  }
  void link(const std::string& path, const std::string& target) {
    const fs::path full = top_.string() + "/" + path;
    fs::create_directories(full.parent_path());
    fs::create_symlink(target, full);
  }
  model::Facts run() {
    model::Facts facts;
    const auto tree = host::open_tree_host((top_ / "root").string());
    EXPECT_TRUE(tree);
    for (const auto* one : {&accounts::collector(), &cron::collector(), &ssh::collector(),
                            &startup::collector(), &systemd::collector()}) {
      run_collector(*one, **tree, facts);
    }
    return facts;
  }

  fs::path top_;
};

TEST_F(ConfigTreeTest, IntrudersTracesInAMountedTree) {
  const std::string key = "new-key@example.org AAAAE25ldy1rZXlAZXhhbXBsZS5vcmc=\n";
  file("root/etc/passwd", "root:x:0:0::/root:/bin/sh\na:x:1000:1000::/home/a:/bin/sh\n");
  file("root/etc/group", "root:x:0:\n");
  file("root/etc/shadow", "root:*:1::::::\n");
  file("root/data/a/.ssh/authorized_keys", key);
  link("root/home", "/data");
  file("root/etc/cron.d/x", "* * * * * root /tmp/x\n");
  file("root/usr/lib/systemd/system/u.service", "[Service]\nExecStart=/tmp/u\n");
  link("root/lib", "usr/lib");
  link("root/etc/systemd/system/m.service", "/dev/null");
  link("root/etc/systemd/system/multi-user.target.wants/u.service",
       "/lib/systemd/system/u.service");
  file("root/etc/ld.so.preload", "/tmp/p.so\n");
  const auto facts = run();
  EXPECT_EQ(facts.read<model::User>().size(), 2U);
  ASSERT_EQ(facts.read<model::AuthorizedKey>().size(), 1U);
  EXPECT_EQ(facts.read<model::AuthorizedKey>()[0].username, "a");
  EXPECT_EQ(facts.read<model::Crontab>().at(0).executable, "/tmp/x");
  ASSERT_EQ(facts.read<model::SystemdUnit>().size(), 2U);
  EXPECT_EQ(facts.read<model::SystemdUnit>()[0].unit_file_state, "masked");
  EXPECT_EQ(facts.read<model::SystemdUnit>()[1].unit_file_state, "enabled");
  EXPECT_EQ(facts.read<model::SystemdUnitCommand>().at(0).executable, "/tmp/u");
  EXPECT_EQ(facts.read<model::StartupItem>().at(0).name, "/tmp/p.so");
  for (const auto& row : facts.read<model::Coverage>()) {
    EXPECT_EQ(row.status, "complete") << row.subject << ": " << row.reason.value_or("");
  }
}

TEST_F(ConfigTreeTest, LinksOutOfTheTreeLeadNowhere) {
  file("outside", "eve:x:0:0::/:/bin/sh\n");
  link("root/etc/passwd", "../../outside");
  link("root/etc/group", (top_ / "outside").string());
  link("root/etc/shadow", "shadow");
  const auto facts = run();
  EXPECT_TRUE(facts.read<model::User>().empty());
  EXPECT_EQ(coverage_starting_with(facts, "/etc/passwd").status, "failed");
  EXPECT_EQ(coverage_starting_with(facts, "/etc/shadow").status, "failed");
}

}  // namespace
}  // namespace genba::collect
