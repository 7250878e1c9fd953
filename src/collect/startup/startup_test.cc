// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "model/tables/startup_items.h"
#include "support/run_collector.h"

namespace genba::collect::startup {

const Collector& collector();

namespace {

using test::add_account;
using test::coverage_starting_with;
using test::FakeHost;
using test::run_collector;
using namespace std::string_literals;

class StartupTest : public ::testing::Test {
 protected:
  void run() { run_collector(collector(), host_, facts_); }
  const model::StartupItem* item(std::string_view type, std::string_view name) {
    for (const auto& row : facts_.read<model::StartupItem>()) {
      if (row.type == type && row.name == name) {
        return &row;
      }
    }
    return nullptr;
  }
  static test::With script() {
    test::With with;
    with.mode = 0755;
    return with;
  }

  FakeHost host_;
  model::Facts facts_;
};

TEST_F(StartupTest, PreloadTokensBetweenBlanksColonsAndComments) {
  host_.add_file("/etc/ld.so.preload",
                 "# x\n/tmp/a.so:/tmp/b.so\tlibc.so # /tmp/c.so\n\n/d.so\0/e.so"s);
  run();
  ASSERT_TRUE(item("ld.so.preload", "/tmp/b.so"));
  EXPECT_EQ(item("ld.so.preload", "/tmp/b.so")->line, 2);
  EXPECT_EQ(item("ld.so.preload", "/tmp/b.so")->path, "/tmp/b.so");
  EXPECT_FALSE(item("ld.so.preload", "libc.so")->path);
  EXPECT_FALSE(item("ld.so.preload", "/tmp/c.so"));
  EXPECT_TRUE(item("ld.so.preload", "/e.so"));
  EXPECT_EQ(facts_.read<model::StartupItem>().size(), 5U);
}

TEST_F(StartupTest, LibraryDirectoriesThroughIncludes) {
  host_.add_file("/etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n/opt/lib\n");
  host_.add_file("/etc/ld.so.conf.d/a.conf", "/tmp/lib # c\n");
  host_.add_file("/etc/ld.so.conf.d/b.bak", "/old\n");
  run();
  EXPECT_EQ(item("ld.so.conf", "/tmp/lib")->status, "enabled");
  EXPECT_EQ(item("ld.so.conf", "/tmp/lib")->source, "/etc/ld.so.conf.d/a.conf");
  EXPECT_EQ(item("ld.so.conf", "/opt/lib")->status, "enabled");
  EXPECT_EQ(item("ld.so.conf", "/old")->status, "disabled");
}

TEST_F(StartupTest, RcLocalLineByLine) {
  host_.add_file("/etc/rc.d/rc.local", "#!/bin/sh\n# c\n\nnohup /tmp/x -d &\nexit 0\n", script());
  host_.add_link("/etc/rc.local", "rc.d/rc.local");
  run();
  ASSERT_EQ(facts_.read<model::StartupItem>().size(), 1U);
  const auto* row = item("rc.local", "nohup");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->path, "/tmp/x");
  EXPECT_EQ(row->args, "/tmp/x -d &");
  EXPECT_EQ(row->line, 4);
  EXPECT_EQ(row->status, "enabled");
}

TEST_F(StartupTest, RcLocalThatIsNotExecutableIsDisabled) {
  host_.add_file("/etc/rc.local", "/tmp/x\n");
  run();
  EXPECT_EQ(item("rc.local", "/tmp/x")->status, "disabled");
}

TEST_F(StartupTest, InitScriptsAndRunlevelLinks) {
  host_.add_file("/etc/init.d/ssh", "#!/bin/sh\n", script());
  host_.add_file("/etc/init.d/off", "#!/bin/sh\n", script());
  host_.add_file("/etc/init.d/README", "x");
  host_.add_link("/etc/rc2.d/S20ssh", "../init.d/ssh");
  host_.add_link("/etc/rc6.d/K20off", "../init.d/off");
  run();
  EXPECT_EQ(item("init.d", "ssh")->status, "enabled");
  EXPECT_EQ(item("init.d", "off")->status, "disabled");
  EXPECT_FALSE(item("init.d", "README"));
  EXPECT_EQ(item("rc.d", "S20ssh")->path, "/etc/init.d/ssh");
  EXPECT_EQ(item("rc.d", "S20ssh")->args, "start");
  EXPECT_EQ(item("rc.d", "K20off")->status, "disabled");
}

TEST_F(StartupTest, GeneratorsOfSystemdRunAtBoot) {
  host_.add_file("/etc/systemd/system-generators/x", "#!/bin/sh\n", script());
  host_.add_file("/usr/lib/systemd/system-generators/systemd-fstab-generator", "elf", script());
  host_.add_file("/usr/lib/systemd/system-generators/README", "x");
  host_.add_link("/lib", "usr/lib");
  run();
  EXPECT_EQ(facts_.read<model::StartupItem>().size(), 2U);
  ASSERT_TRUE(item("systemd_generator", "x"));
  EXPECT_EQ(item("systemd_generator", "x")->path, "/etc/systemd/system-generators/x");
}

TEST_F(StartupTest, ProfilesOfSystemAndUsers) {
  host_.add_file("/etc/profile", "x").add_file("/etc/profile.d/a.sh", "x");
  host_.add_file("/etc/profile.d/b.bak", "x").add_file("/home/a/.bashrc", "x");
  host_.add_file("/home/a/.ssh/rc", "x").add_special("/home/a/.profile", host::FileType::kFifo);
  add_account(facts_, "a", 1000, "/home/a");
  run();
  EXPECT_TRUE(item("profile", "profile"));
  EXPECT_EQ(item("profile.d", "a.sh")->status, "enabled");
  EXPECT_EQ(item("profile.d", "b.bak")->status, "disabled");
  ASSERT_TRUE(item("user_profile", ".bashrc"));
  EXPECT_EQ(item("user_profile", ".bashrc")->username, "a");
  EXPECT_FALSE(item("user_profile", ".bashrc")->args);
  EXPECT_TRUE(item("user_profile", "rc"));
  EXPECT_FALSE(item("user_profile", ".profile"));
}

TEST_F(StartupTest, ModulesAndAutostart) {
  host_.add_file("/etc/modules", "# c\nloop max_loop=8\n");
  host_.add_link("/etc/modules-load.d/modules.conf", "../modules");
  host_.add_file("/etc/modules-load.d/x.conf", "evil\n");
  host_.add_file("/usr/lib/modules-load.d/x.conf", "good\n");
  host_.add_file("/etc/xdg/autostart/a.desktop",
                 "[Desktop Entry]\nName=A\nExec=sh -c '/tmp/x'\nHidden=true\n");
  host_.add_file("/home/a/.config/autostart/b.desktop", "[Desktop Entry]\nExec=/home/a/b %U\n");
  add_account(facts_, "a", 1000, "/home/a");
  run();
  EXPECT_EQ(item("modules-load", "loop")->args, "max_loop=8");
  EXPECT_EQ(item("modules-load", "evil")->status, "enabled");
  EXPECT_EQ(item("modules-load", "good")->status, "disabled");
  EXPECT_EQ(item("xdg_autostart", "a.desktop")->path, "/tmp/x");
  EXPECT_EQ(item("xdg_autostart", "a.desktop")->status, "disabled");
  EXPECT_EQ(item("xdg_autostart", "b.desktop")->username, "a");
  EXPECT_EQ(item("xdg_autostart", "b.desktop")->line, 2);
  EXPECT_EQ(facts_.read<model::StartupItem>().size(), 5U);
}

TEST_F(StartupTest, HostileFilesBecomeCoverage) {
  host_.add_special("/etc/ld.so.preload", host::FileType::kFifo);
  host_.add_file("/etc/ld.so.conf", "include /etc/ld.so.conf\ninclude /etc/ld.so.conf.d/*\n");
  host_.add_link("/etc/rc.local", "rc.local");
  host_.add_file("/home/a/.bashrc", "x").deny("/home/a");
  host_.add_file("/net/b/.bashrc", "x").set_filesystem_type("/net", "nfs4");
  add_account(facts_, "a", 1, "/home/a");
  add_account(facts_, "b", 2, "/net/b");
  run();
  EXPECT_EQ(coverage_starting_with(facts_, "/etc/ld.so.preload").status, "failed");
  EXPECT_EQ(coverage_starting_with(facts_, "/etc/ld.so.conf").status, "complete");
  EXPECT_EQ(coverage_starting_with(facts_, "rc.local").status, "failed");
  const auto homes = coverage_starting_with(facts_, "shell profiles");
  EXPECT_GT(homes.denied, 0);
  EXPECT_TRUE(homes.remedy);
  EXPECT_FALSE(host_.touched("/net/b/.bashrc"));
}

}  // namespace
}  // namespace genba::collect::startup
