// SPDX-License-Identifier: Apache-2.0
#include "act/respawn/respawn.h"

#include <functional>

#include "act/respawn/target.h"
#include "gtest/gtest.h"
#include "model/tables/crontab.h"
#include "model/tables/hash.h"
#include "model/tables/process_changes.h"
#include "model/tables/process_open_files.h"
#include "model/tables/processes.h"
#include "model/tables/startup_items.h"
#include "model/tables/systemd_unit_commands.h"
#include "model/tables/systemd_units.h"

namespace genba::act {
namespace {

using model::Facts;

// A miner (pid 50) and its script (pid 51, run by a shell); what a case adds is around them.
Facts miner() {
  Facts facts;
  facts.rows<model::Process>() = {
      {.pid = 1, .parent = 0, .name = "systemd", .path = "/usr/lib/systemd/systemd"},
      {.pid = 50,
       .parent = 1,
       .name = "x",
       .path = "/tmp/.x",
       .cmdline = "/tmp/.x -o pool",
       .exe_device = 8,
       .exe_inode = 99,
       .cgroup_path = "/user.slice/session-3.scope"},
      {.pid = 51,
       .parent = 1,
       .name = "sh",
       .path = "/usr/bin/dash",
       .cmdline = "/bin/sh /var/tmp/keep.sh",
       .cgroup_path = "/user.slice/session-3.scope"}};
  return facts;
}

void cron(Facts& facts, std::string command) {
  model::Crontab row;
  row.command = std::move(command);
  row.path = "/var/spool/cron/root";
  row.line = 3;
  facts.rows<model::Crontab>().push_back(row);
}

void unit(Facts& facts, std::string command, std::string state = "enabled",
          std::optional<std::string> restart = "always") {
  facts.rows<model::SystemdUnit>().push_back({.id = "bot.service",
                                              .kind = "service",
                                              .fragment_path = "/etc/systemd/system/bot.service",
                                              .unit_file_state = std::move(state),
                                              .restart = std::move(restart)});
  facts.rows<model::SystemdUnitCommand>().push_back(
      {.id = "bot.service",
       .fragment_path = "/etc/systemd/system/bot.service",
       .path = "/etc/systemd/system/bot.service",
       .line = 5,
       .directive = "ExecStart",
       .command = std::move(command)});
}

void startup(Facts& facts, std::string type, std::string path, std::string status = "enabled") {
  facts.rows<model::StartupItem>().push_back({.name = path,
                                              .path = path,
                                              .type = std::move(type),
                                              .source = "/etc/somewhere",
                                              .line = 1,
                                              .status = std::move(status)});
}

struct Situation {
  std::string_view name;
  std::function<void(Facts&)> make;
  /// What is found, "kind confidence", surest first; empty for an innocent twin.
  std::vector<std::string> found;
};

class Respawn : public testing::TestWithParam<Situation> {};

TEST_P(Respawn, IsFoundOrPassedOver) {
  Facts facts = miner();
  GetParam().make(facts);
  std::vector<std::string> found;
  for (const Respawner& each : find_respawners(facts, respawn_target_of(facts, {50, 51})).found) {
    found.push_back(std::string(to_string(each.kind)) + " " +
                    std::string(model::to_string(each.confidence)));
    EXPECT_FALSE(each.source.empty());
    for (const model::Text& text : {each.says, each.counter}) {
      EXPECT_FALSE(text.en.empty());
      EXPECT_FALSE(text.ja.empty());
      EXPECT_EQ(text.en.find("genba "), std::string::npos) << "no command that may not exist";
    }
  }
  EXPECT_EQ(found, GetParam().found);
}

std::vector<Situation> situations() {
  using Strings = std::vector<std::string>;
  return {
      {"nothing", [](Facts&) {}, {}},
      {"cron_names_it", [](Facts& f) { cron(f, "/tmp/.x >/dev/null 2>&1"); }, {"cron likely"}},
      {"cron_names_the_script", [](Facts& f) { cron(f, "sh /var/tmp/keep.sh"); }, {"cron likely"}},
      {"cron_goes_there_first", [](Facts& f) { cron(f, "cd /tmp && ./.x"); }, {"cron likely"}},
      {"cron_within_quotes", [](Facts& f) { cron(f, "sh -c 'sleep 1;/tmp/.x'"); }, {"cron likely"}},
      {"cron_of_a_longer_name", [](Facts& f) { cron(f, "/tmp/.x.log /tmp/.xx"); }, {}},
      {"cron_with_the_same_shell", [](Facts& f) { cron(f, "/bin/sh /usr/local/backup"); }, {}},
      {"cron_runs_a_copy",
       [](Facts& f) {
         cron(f, "/opt/copy");
         f.rows<model::Hash>().push_back({.path = "/tmp/.x", .sha256 = "aa"});
         f.rows<model::Hash>().push_back({.path = "/opt/copy", .sha256 = "aa"});
       },
       {"cron likely"}},
      {"unit_that_restarts_it", [](Facts& f) { unit(f, "/tmp/.x"); }, {"systemd_unit likely"}},
      {"unit_with_the_same_interpreter", [](Facts& f) { unit(f, "/bin/sh /usr/lib/good.sh"); }, {}},
      {"masked_unit", [](Facts& f) { unit(f, "/tmp/.x", "masked"); }, {}},
      {"timer_of_such_a_unit",
       [](Facts& f) {
         unit(f, "/tmp/.x", "static", std::nullopt);
         f.rows<model::SystemdUnit>().push_back({.id = "bot.timer",
                                                 .kind = "timer",
                                                 .fragment_path = "/etc/systemd/system/bot.timer",
                                                 .triggers = "bot.service",
                                                 .schedule = "OnCalendar=minutely"});
         f.rows<model::SystemdUnit>().push_back({.id = "good.timer",
                                                 .kind = "timer",
                                                 .fragment_path = "/lib/good.timer",
                                                 .triggers = "good.service"});
       },
       {"systemd_unit likely", "systemd_trigger likely"}},
      {"started_inside_a_web_server",
       [](Facts& f) { f.rows<model::Process>()[1].cgroup_path = "/system.slice/apache2.service"; },
       {"service hint"}},
      {"in_a_container",
       [](Facts& f) { f.rows<model::Process>()[1].cgroup_path = "/system.slice/docker-12.scope"; },
       {"container hint"}},
      {"rc_local", [](Facts& f) { startup(f, "rc.local", "/tmp/.x"); }, {"boot likely"}},
      {"rc_local_disabled", [](Facts& f) { startup(f, "rc.local", "/tmp/.x", "disabled"); }, {}},
      {"profile",
       [](Facts& f) { startup(f, "user_profile", "/var/tmp/keep.sh"); },
       {"profile likely"}},
      {"innocent_profile", [](Facts& f) { startup(f, "profile.d", "/etc/profile.d/a.sh"); }, {}},
      {"any_preload",
       [](Facts& f) { startup(f, "ld.so.preload", "/lib/libhide.so"); },
       {"preload hint"}},
      {"parent_seen_to_restart_it",
       [](Facts& f) {
         f.rows<model::Process>().push_back({.pid = 40, .parent = 1, .name = "cup"});
         f.rows<model::Process>()[1].parent = 40;
         f.rows<model::ProcessChange>().push_back({.pid = 60,
                                                   .parent = 40,
                                                   .change = "started",
                                                   .name = "y",
                                                   .exe_device = 8,
                                                   .exe_inode = 99});
       },
       {"watchdog proven"}},
      {"parent_that_only_is_there",
       [](Facts& f) {
         f.rows<model::Process>().push_back({.pid = 40, .parent = 1, .name = "cup"});
         f.rows<model::Process>()[1].parent = 40;
       },
       {"watchdog hint"}},
      {"twin_that_was_left_out",
       [](Facts& f) {
         f.rows<model::Process>().push_back({.pid = 52,
                                             .parent = 1,
                                             .name = "y",
                                             .path = "/tmp/.other",
                                             .exe_device = 8,
                                             .exe_inode = 99});
       },
       {"watchdog likely"}},
      {"another_shell",
       [](Facts& f) {
         f.rows<model::Process>().push_back({.pid = 53,
                                             .parent = 1,
                                             .name = "sh",
                                             .path = "/usr/bin/dash",
                                             .cmdline = "/bin/sh /good"});
       },
       {}},
      {"sibling_on_a_pipe",
       [](Facts& f) {
         f.append_large<model::ProcessOpenFile>(
             {.pid = 50, .fd = 3, .path = "pipe:[7]", .kind = "pipe", .inode = 7});
         f.append_large<model::ProcessOpenFile>(
             {.pid = 70, .fd = 4, .path = "pipe:[7]", .kind = "pipe", .inode = 7});
         f.append_large<model::ProcessOpenFile>(
             {.pid = 71, .fd = 4, .path = "pipe:[8]", .kind = "pipe", .inode = 8});
       },
       {"watchdog hint"}},
      {"started_by_the_kernel",
       [](Facts& f) { f.rows<model::Process>()[1].parent = 2; },
       {"kernel_helper likely"}},
      {"surest_first",
       [](Facts& f) {
         startup(f, "ld.so.preload", "/lib/libhide.so");
         cron(f, "/tmp/.x");
       },
       Strings{"cron likely", "preload hint"}},
  };
}

INSTANTIATE_TEST_SUITE_P(Situations, Respawn, testing::ValuesIn(situations()),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(RespawnFamily, ScriptStandsForItsInterpreter) {
  const RespawnTarget family = respawn_target_of(miner(), {50, 51});
  EXPECT_EQ(family.paths, (std::vector<std::string>{"/tmp/.x", "/var/tmp/keep.sh"}));
  EXPECT_EQ(family.inodes.size(), 1U) << "the shell's inode is everybody's";
}

// A copy of the shell, or a miner under its name.
TEST(RespawnFamily, AnInterpretersNameInAVolatilePlaceHidesNothing) {
  Facts facts;
  facts.rows<model::Process>() = {{.pid = 50,
                                   .parent = 1,
                                   .name = "bash",
                                   .path = "/dev/shm/bash",
                                   .cmdline = "/dev/shm/bash /tmp/a",
                                   .exe_device = 8,
                                   .exe_inode = 99}};
  cron(facts, "* * * * * /dev/shm/bash");
  const RespawnTarget family = respawn_target_of(facts, {50});
  EXPECT_EQ(family.paths, (std::vector<std::string>{"/tmp/a", "/dev/shm/bash"}));
  EXPECT_EQ(family.inodes.size(), 1U);
  EXPECT_EQ(find_respawners(facts, family).found.size(), 1U);
}

// The attacker, or who followed the advice, has removed the unit's file; systemd still knows it.
TEST(RespawnUnit, WhoseFileIsGoneIsToldApartFromOneThatDoesNotNameIt) {
  const auto says = [](std::string_view cgroup) {
    Facts facts = miner();
    unit(facts, "/usr/bin/good");
    facts.rows<model::SystemdUnit>().push_back({.id = "shell@.service", .kind = "service"});
    facts.rows<model::Process>()[1].cgroup_path = cgroup;
    const auto found = find_respawners(facts, respawn_target_of(facts, {50})).found;
    return found.size() == 1 ? found[0].says.en : "";
  };
  constexpr std::string_view kGone = "no unit file was found";
  EXPECT_NE(says("/system.slice/gone.service").find(kGone), std::string::npos);
  EXPECT_NE(says("/system.slice/system-gone.slice/gone@1.service").find(kGone), std::string::npos);
  for (const auto* there :
       {"/system.slice/bot.service", "/system.slice/system-shell.slice/shell@a.b.service"}) {
    EXPECT_NE(says(there).find("do not name it"), std::string::npos) << there;
  }
}

TEST(RespawnUnread, WhatWasNotLookedAtIsSaid) {
  const Facts facts = miner();
  EXPECT_EQ(find_respawners(facts, respawn_target_of(facts, {50})).unread.size(), 6U);
}

}  // namespace
}  // namespace genba::act
