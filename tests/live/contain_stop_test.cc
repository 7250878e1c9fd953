// SPDX-License-Identifier: Apache-2.0
//
// Freezing, killing and thawing through app, on the running kernel: each run is a process of its
// own, as Genba is, and enters its sandbox. What is stopped are copies of the fixture `respawner`
// that this test started; before a run may act, the test reads its plan and refuses it when
// anything else stands in it. Skips loudly without root.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "act/freeze/hierarchy.h"
#include "act/freeze/process_signal.h"
#include "act/journal/journal.h"
#include "app/contain_stop.h"
#include "app/stop_records.h"
#include "app/triage.h"
#include "fmt/format.h"
#include "live/contain_stop_stage.h"
#include "nlohmann/json.hpp"
#include "store/case/case_reader.h"
#include "support/freeze_stage.h"
#include "support/private_mounts.h"
#include "support/scratch.h"

namespace genba {
namespace {

TEST(ContainStop, APairOfWatchdogsIsKeptFrozenAndEndedWithoutOneEscaping) {
  NEEDS_ROOT_AND_FIXTURE();
  Stage stage;
  stage.start({"pair"});
  stage.host().sleep_for(400ms);
  const RunEnd run = stage.run_on_any(app::run_kill, [&] {
    StopOptions options = stage.options();
    options.memory = act::MemoryChoice::kPrivateWritable;
    options.watch = 2s;
    return options;
  });
  ASSERT_EQ(run.code, 0) << run.errors;
  EXPECT_TRUE(run.one("freeze").value("all_frozen", false));
  EXPECT_TRUE(run.one("kill").value("complete", false));
  EXPECT_GE(run.one("kill")["killed"].size(), 2U);
  EXPECT_EQ(run.one("watch").value("comebacks", 1), 0);
  EXPECT_EQ(run.one("stop_summary").value("outcome", ""), "done");
  EXPECT_TRUE(stage.processes().alive().empty());
  EXPECT_GT(run.one("evidence").value("memory_bytes", 0), 0);
  expect_whole_case(stage, stage.last_case());
  EXPECT_TRUE(memory_holds(stage.last_case(), "genba-test-secret-" + stage.processes().token()));
  const model::ActionLog log = stage.journal();
  EXPECT_FALSE(log.altered);
  EXPECT_TRUE(log.in_force.empty());
  EXPECT_TRUE(log.open.empty());
  EXPECT_EQ(stage.verbs(),
            (std::vector<std::string>{"contain freeze", "contain kill", "contain watch"}));
}

TEST(ContainStop, FiftyThatRespawnTenTimesASecondAreEndedWithoutOneEscaping) {
  NEEDS_ROOT_AND_FIXTURE();
  Stage stage;
  stage.start({"swarm", "50"});
  stage.host().sleep_for(400ms);
  const RunEnd run = stage.run_on_any(app::run_kill, [&] { return stage.options(); });
  ASSERT_EQ(run.code, 0) << run.errors;
  EXPECT_TRUE(run.one("kill").value("complete", false));
  fmt::print("[  TIMING  ] {} processes frozen in {} us\n", run.one("freeze")["frozen"].size(),
             run.one("freeze").value("microseconds", 0));
  EXPECT_TRUE(stage.processes().alive().empty());
  stage.host().sleep_for(400ms);
  EXPECT_TRUE(stage.processes().alive().empty());
  expect_whole_case(stage, stage.last_case());
}

TEST(ContainStop, AFrozenFamilyStandsStillAndThawPutsItBack) {
  NEEDS_ROOT_AND_FIXTURE();
  Stage stage;
  const act::ProcessKey root = stage.start({"tree"});
  while (stage.processes().alive().size() < 3) {
    stage.host().sleep_for(5ms);
  }
  const std::string before = stage.cgroups(root);
  StopOptions options = stage.options();
  options.pid = root.pid;
  const RunEnd frozen = stage.run(app::run_freeze, options);
  ASSERT_EQ(frozen.code, 0) << frozen.errors;
  EXPECT_EQ(frozen.all("member").size(), 3U);
  EXPECT_EQ(frozen.one("freeze")["frozen"].size(), 3U);
  expect_whole_case(stage, stage.last_case());
  EXPECT_EQ(stage.journal().in_force.size(), 1U);

  const RunEnd again = stage.run(app::run_freeze, options);
  EXPECT_EQ(again.code, kInvalid);
  EXPECT_NE(again.errors.find("is frozen already"), std::string::npos) << again.errors;

  StopOptions thaw = stage.options();
  thaw.pid = root.pid;
  const RunEnd thawed = stage.run(app::run_thaw, thaw);
  ASSERT_EQ(thawed.code, 0) << thawed.errors;
  EXPECT_EQ(thawed.one("thaw")["thawed"].size(), 3U);
  EXPECT_EQ(stage.cgroups(root), before);
  EXPECT_EQ(stage.processes().alive().size(), 3U);
  EXPECT_TRUE(stage.journal().in_force.empty());
  EXPECT_EQ(stage.run(app::run_thaw, thaw).code, kInvalid) << "nothing is frozen any more";
}

TEST(ContainStop, WhatWasFrozenIsKilledByItsId) {
  NEEDS_ROOT_AND_FIXTURE();
  Stage stage;
  StopOptions options = stage.options();
  options.pid = stage.start({"tree"}).pid;
  const RunEnd frozen = stage.run(app::run_freeze, options);
  ASSERT_EQ(frozen.code, 0) << frozen.errors;
  StopOptions kill = stage.options();
  kill.id = frozen.one("freeze").value("id", "");
  const RunEnd killed = stage.run(app::run_kill, kill);
  ASSERT_EQ(killed.code, 0) << killed.errors;
  EXPECT_TRUE(killed.one("plan").value("is_frozen", false));
  EXPECT_TRUE(stage.processes().alive().empty());
  expect_whole_case(stage, stage.last_case());
  EXPECT_TRUE(stage.journal().in_force.empty());
}

// Genba ends between any two steps; the next run finds in the journal what to take back.
TEST(ContainStop, ARunThatWasKilledIsTakenBackFromTheJournal) {
  NEEDS_ROOT_AND_FIXTURE();
  struct Point {
    StopStage stage;
    int time;
  };
  // The first record is of the group that will be made, and of nobody in it.
  for (const Point point : {Point{StopStage::kFreezing, 1}, Point{StopStage::kFreezing, 2},
                            Point{StopStage::kFreezing, 3}, Point{StopStage::kSaveFrozen, 1}}) {
    const bool before_the_group = point.stage == StopStage::kFreezing && point.time == 1;
    Stage stage;
    const act::ProcessKey root = stage.start({"tree"});
    while (stage.processes().alive().size() < 3) {
      stage.host().sleep_for(5ms);
    }
    const std::string before = stage.cgroups(root);
    StopOptions options = stage.options();
    options.pid = root.pid;
    int times = 0;
    options.stage = [&times, point](StopStage now) {
      if (now == point.stage && ++times == point.time) {
        ::kill(::getpid(), SIGKILL);
      }
    };
    EXPECT_EQ(stage.run(app::run_freeze, options).code, kNotEnded);
    const auto known = app::known_freezes(stage.journal(), nullptr, "");
    ASSERT_EQ(known.size(), 1U);
    EXPECT_EQ(known[0].interrupted, point.stage == StopStage::kFreezing);
    EXPECT_EQ(known[0].state.processes.size(), before_the_group ? 0U : 3U);
    StopOptions thaw = stage.options();
    if (before_the_group) {
      thaw.id = known[0].id;
    } else {
      thaw.pid = root.pid;
    }
    const RunEnd thawed = stage.run(app::run_thaw, thaw);
    ASSERT_EQ(thawed.code, 0) << thawed.errors;
    EXPECT_TRUE(thawed.one("thaw").value("complete", false));
    EXPECT_EQ(stage.cgroups(root), before);
    for (const act::FreezeMethod method :
         {act::FreezeMethod::kCgroup2, act::FreezeMethod::kCgroup1}) {
      const auto hierarchy = act::Hierarchy::open(stage.host(), method);
      EXPECT_FALSE(hierarchy && hierarchy->open_cgroup("/genba-" + known[0].id));
    }
    EXPECT_TRUE(stage.journal().in_force.empty());
    EXPECT_TRUE(stage.journal().open.empty());
  }
}

TEST(ContainStop, WhatMustNotBeTouchedIsRefusedAndNothingIsWritten) {
  NEEDS_ROOT_AND_FIXTURE();
  Stage stage;
  StopOptions options = stage.options();
  // PID 1, ourselves as the parent of the run, and a number that no process can have.
  for (const int64_t pid : {int64_t{1}, int64_t{::getpid()}, int64_t{1} << 30}) {
    options.pid = pid;
    const RunEnd run = stage.run(app::run_freeze, options);
    EXPECT_EQ(run.code, kInvalid) << pid << run.errors;
    EXPECT_TRUE(run.lines.empty());
  }
  const auto scan = act::scan_processes(stage.host());
  for (const auto& [pid, process] : scan.value()) {
    if (process.kernel_thread) {
      options.pid = pid;
      EXPECT_EQ(stage.run(app::run_kill, options).code, kInvalid);
      break;
    }
  }
  EXPECT_FALSE(fs::exists(stage.at("journal")));
  EXPECT_FALSE(fs::exists(stage.last_case()));
}

TEST(ContainStop, NamesThatDoNotFitTheVerbAreRefused) {
  NEEDS_ROOT_AND_FIXTURE();
  Stage stage;
  StopOptions options = stage.options();
  EXPECT_EQ(stage.run(app::run_freeze, options).code, kInvalid) << "nobody is named";
  options.id = "4242-1";
  EXPECT_EQ(stage.run(app::run_freeze, options).code, kInvalid);
  EXPECT_EQ(stage.run(app::run_thaw, options).code, kInvalid) << "no such freeze";
  options.id = "../etc";
  EXPECT_EQ(stage.run(app::run_kill, options).code, kInvalid);
  options.id.reset();
  options.finding = "f-0000000000000000";
  EXPECT_EQ(stage.run(app::run_thaw, options).code, kInvalid);
}

TEST(ContainStop, WhoSaysNoChangesNothing) {
  NEEDS_ROOT_AND_FIXTURE();
  Stage stage;
  StopOptions options = stage.options();
  const act::ProcessKey root = stage.start({"sleep"});
  options.pid = root.pid;
  options.confirm = [] { return false; };
  const RunEnd run = stage.run(app::run_kill, options);
  EXPECT_EQ(run.code, kDeclined) << run.errors;
  EXPECT_EQ(run.one("stop_summary").value("outcome", ""), "declined");
  EXPECT_TRUE(act::is_alive(stage.host(), root));
  EXPECT_FALSE(fs::exists(stage.at("journal")));
  EXPECT_FALSE(fs::exists(stage.last_case()));
}

void interrupt_later() {
  struct sigaction action {};
  action.sa_handler = [](int) { ::raise(SIGINT); };
  ::sigaction(SIGALRM, &action, nullptr);
  const itimerval later{{0, 0}, {0, 500'000}};
  ::setitimer(ITIMER_REAL, &later, nullptr);
}

TEST(ContainStop, AnInterruptEndsTheWatchWithWhatWasSeen) {
  NEEDS_ROOT_AND_FIXTURE();
  Stage stage;
  StopOptions options = stage.options();
  options.pid = stage.start({"sleep"}).pid;
  options.watch = 600s;
  options.stage = [](StopStage now) {
    if (now == StopStage::kWatch) {
      interrupt_later();
    }
  };
  const RunEnd run = stage.run(app::run_kill, options);
  EXPECT_EQ(run.code, 0) << run.errors;
  EXPECT_TRUE(run.one("watch").value("interrupted", false));
  EXPECT_EQ(stage.verbs().back(), "contain watch");
}

// cron starts it again: the crontab is named before the kill, and cron is when it has happened.
TEST(ContainStop, WhatCronStartsAgainIsExplainedAndNamed) {
  NEEDS_ROOT_AND_FIXTURE();
  test::in_private_mounts([] {
    // Where neither packages nor intruders put programs.
    if (::mount("genba-test", "/mnt", "tmpfs", 0, nullptr) != 0 ||
        ::mount("genba-test", "/etc/cron.d", "tmpfs", 0, nullptr) != 0) {
      test::cannot_be_made_here();
    }
    Stage stage;
    // Other bytes than the malware's, or it would be taken for a copy that was never caught.
    fs::copy_file(test::FreezeStage::fixture(), "/mnt/cron");
    std::ofstream("/mnt/cron", std::ios::app) << "cron";
    std::ofstream("/etc/cron.d/update") << "* * * * * root " << stage.program() << " -q\n";
    const act::ProcessKey cron =
        stage.processes().start({"spool", stage.program()}, "", nullptr, "/mnt/cron");
    std::vector<act::ProcessKey> malware;
    while (malware.empty()) {
      stage.host().sleep_for(20ms);
      malware = stage.processes().alive();
      std::erase_if(malware, [&](const act::ProcessKey& key) {
        const auto executable = act::executable_of(stage.host(), key.pid);
        return key == cron || !executable || executable->path != stage.program();
      });
    }
    StopOptions options = stage.options();
    options.pid = malware.front().pid;
    options.watch = 3s;
    const RunEnd run = stage.run(app::run_kill, options);
    ASSERT_EQ(run.code, kFailed) << run.errors;
    EXPECT_TRUE(run.one("kill").value("complete", false));
    const auto respawners = run.all("respawner");
    EXPECT_TRUE(std::any_of(respawners.begin(), respawners.end(), [](const json& each) {
      return each.value("kind", "") == "cron" && each.value("source", "") == "/etc/cron.d/update" &&
             each.value("line", 0) == 1 && each.value("confidence", "") == "likely";
    }));
    const auto comebacks = run.all("comeback");
    ASSERT_FALSE(comebacks.empty());
    EXPECT_EQ(comebacks[0].value("path", ""), stage.program());
    EXPECT_FALSE(comebacks[0].value("was_there", true));
    ASSERT_FALSE(comebacks[0]["from"].empty());
    EXPECT_EQ(comebacks[0]["from"][0].value("path", ""), "/mnt/cron");
    EXPECT_EQ(comebacks[0]["from"][0].value("pid", 0), cron.pid);
    EXPECT_TRUE(act::is_alive(stage.host(), cron)) << "cron itself is left alone";
    const auto action = stage.journal().actions.back();
    EXPECT_EQ(action.verb, "contain watch");
    EXPECT_NE(action.after.text.find("/mnt/cron"), std::string::npos);
    ::kill(static_cast<pid_t>(cron.pid), SIGKILL);
  });
}

}  // namespace
}  // namespace genba
