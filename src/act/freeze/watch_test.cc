// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/watch.h"

#include <gtest/gtest.h>

#include "support/fake_host.h"
#include "support/freeze_stage.h"

namespace genba::act {
namespace {

using test::FakeHost;
using test::FakeProcess;

constexpr const char* kCronGroup = "0::/system.slice/cron.service\n";

// PID 1, Genba's shell of the fake and cron; the malware that was killed had number 900.
class WatchTest : public testing::Test {
 protected:
  WatchTest() {
    host_.set_clocks(
        {base::Timestamp{1'700'000'000'000'000'000}, 1'000'000'000'000, 5'000'000'000});
    start(1, 0, "/usr/lib/systemd/systemd", {"systemd"}, 1);
    start(300, 1, "/usr/sbin/cron", {"cron", "-f"}, 1000);
    host_.add_file("/proc/300/cgroup", kCronGroup);
    dead_.key = {900, 90'000};
    dead_.executable = {8, 4711, 5, "/tmp/.x/miner", false};
    dead_.own_file = true;
    dead_.sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";  // "hello"
    dead_.command = "/tmp/.x/miner -o pool";
    dead_.own_command = true;
  }
  void start(int64_t pid, int64_t parent, const std::string& path,
             const std::vector<std::string>& arguments, uint64_t ticks,
             const std::string& bytes = "other") {
    FakeProcess process;
    process.pid = pid;
    process.ppid = parent;
    process.name = path.substr(path.rfind('/') + 1);
    process.arguments = arguments;
    process.executable = path;
    process.executable_bytes = bytes;
    process.start_ticks = ticks;
    host_.add_process(process);
  }
  std::vector<Comeback> look(Watch& watch) {
    auto found = watch.look();
    EXPECT_TRUE(found) << found.error().what;
    return found ? *std::move(found) : std::vector<Comeback>{};
  }

  FakeHost host_;
  Remembered dead_;
};

TEST_F(WatchTest, NothingComesBackWhereNothingResembles) {
  Watch watch(host_, {dead_});
  EXPECT_TRUE(look(watch).empty());
  start(901, 300, "/usr/bin/sleep", {"sleep", "5"}, 100'001);
  EXPECT_TRUE(look(watch).empty());
}

TEST_F(WatchTest, AnotherFileAtTheSamePathNamesCronWhoStartedIt) {
  Watch watch(host_, {dead_});
  EXPECT_TRUE(look(watch).empty());
  start(901, 300, "/bin/sh", {"sh", "-c", "x"}, 100'001);
  start(902, 901, "/tmp/.x/miner", {"miner"}, 100'002, "another size");
  host_.add_file("/proc/902/cgroup", kCronGroup);
  const auto found = look(watch);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key.pid, 902);
  EXPECT_EQ(found[0].likeness, std::vector<Likeness>{Likeness::kPath});
  EXPECT_FALSE(found[0].was_there);
  ASSERT_EQ(found[0].from.size(), 2U);
  EXPECT_EQ(found[0].from[1].name, "cron");
  EXPECT_EQ(found[0].cgroup, "/system.slice/cron.service");
  EXPECT_TRUE(look(watch).empty()) << "told once";
}

TEST_F(WatchTest, ACopyUnderAnotherNameIsKnownByItsContent) {
  Watch watch(host_, {dead_});
  EXPECT_TRUE(look(watch).empty());
  start(901, 1, "/var/lib/qwert", {"qwert"}, 100'001, "hello");
  const auto found = look(watch);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].likeness, std::vector<Likeness>{Likeness::kContent});
  EXPECT_EQ(found[0].parent, 1);
  EXPECT_TRUE(found[0].from.empty());
}

TEST_F(WatchTest, AScriptIsKnownByItsCommandAndAProgramOfTheSystemIsNot) {
  dead_.own_file = false;
  dead_.executable.path = "/usr/bin/python3";
  dead_.command = "python3 /dev/shm/w.py";
  Watch watch(host_, {dead_});
  EXPECT_TRUE(look(watch).empty());
  start(901, 300, "/usr/bin/python3", {"python3", "/opt/backup.py"}, 100'001);
  start(902, 300, "/usr/bin/python3", {"python3", "/dev/shm/w.py"}, 100'001);
  const auto found = look(watch);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key.pid, 902);
  EXPECT_EQ(found[0].likeness, std::vector<Likeness>{Likeness::kCommand});
}

TEST_F(WatchTest, WhoIsStartedInTheFamilysOwnUnitIsNamed) {
  dead_.cgroup = "/system.slice/bot.service";
  dead_.own_cgroup = true;
  Watch watch(host_, {dead_});
  EXPECT_TRUE(look(watch).empty());
  start(901, 1, "/opt/renamed", {"renamed"}, 100'001);
  host_.add_file("/proc/901/cgroup", "0::/system.slice/bot.service\n");
  const auto found = look(watch);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].likeness, std::vector<Likeness>{Likeness::kCgroup});
}

// systemd's own program is in the unit's group until it calls execve; one that stays is told.
TEST_F(WatchTest, WhatSystemdStartsIsNamedAndNotWhatStartsIt) {
  dead_.cgroup = "/system.slice/bot.service";
  dead_.own_cgroup = true;
  Watch watch(host_, {dead_});
  EXPECT_TRUE(look(watch).empty());
  for (const int64_t pid : {901, 902}) {
    start(pid, 1, "/usr/lib/systemd/systemd-executor", {"systemd-executor"}, 100'001);
    host_.add_file("/proc/" + std::to_string(pid) + "/cgroup", "0::/system.slice/bot.service\n");
  }
  EXPECT_TRUE(look(watch).empty());
  host_.remove("/proc/901");
  start(901, 1, "/tmp/.x/miner", {"miner"}, 100'001);
  auto found = look(watch);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].path, "/tmp/.x/miner");
  host_.set_clocks({base::Timestamp{1'700'000'000'000'000'000}, 1'006'000'000'000, 11'000'000'000});
  found = look(watch);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key.pid, 902);
}

TEST_F(WatchTest, WhoWasMissedByTheFreezeIsToldAtTheFirstLook) {
  start(899, 300, "/tmp/.x/miner", {"miner"}, 80'000);
  Watch watch(host_, {dead_});
  const auto found = look(watch);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].was_there);
}

TEST_F(WatchTest, ANewcomerIsLookedAtAgainAfterItsExecve) {
  Watch watch(host_, {dead_});
  start(901, 300, "/usr/sbin/cron", {"cron", "-f"}, 100'001);
  EXPECT_TRUE(look(watch).empty());
  host_.remove("/proc/901");
  start(901, 300, "/tmp/.x/miner", {"miner"}, 100'001);
  EXPECT_EQ(look(watch).size(), 1U);
}

}  // namespace
}  // namespace genba::act
