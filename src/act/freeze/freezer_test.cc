// SPDX-License-Identifier: Apache-2.0
//
// On the running kernel, with fixtures that respawn, in both versions of cgroups and by SIGSTOP.
// Times are printed, never judged.
#include "act/freeze/freezer.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <set>

#include "act/freeze/hierarchy.h"
#include "act/freeze/process_signal.h"
#include "fmt/format.h"
#include "support/freeze_stage.h"
#include "support/scratch.h"
#include "sys/cgroup.h"

namespace genba::act {
namespace {

using base::ErrorCode;
using base::Result;
using namespace std::chrono_literals;

class FreezerTest : public testing::TestWithParam<FreezeMethod> {
 protected:
  void SetUp() override {
    if (!stage_.possible()) {
      GTEST_SKIP() << "SKIPPED: needs root and the fixture 'respawner'";
    }
    if (GetParam() != FreezeMethod::kStop) {
      auto hierarchy = Hierarchy::open(host(), GetParam());
      if (!hierarchy) {
        GTEST_SKIP() << "SKIPPED: needs a hierarchy: " << hierarchy.error().what;
      }
      hierarchy_ = std::make_unique<Hierarchy>(*std::move(hierarchy));
      const auto tried = hierarchy_->make(stage_.id() + "-try");
      if (!tried) {
        GTEST_SKIP() << "SKIPPED: needs to make cgroups: " << tried.error().what;
      }
      ASSERT_TRUE(hierarchy_->remove(*tried));
    }
  }

  const host::Host& host() const { return stage_.host(); }
  FreezeRequest request(const ProcessKey& key) const {
    FreezeRequest request;
    request.id = stage_.id();
    request.members = {{key, "the process that was named"}};
    request.methods = {GetParam()};
    return request;
  }
  // With every process of the fixture's file.
  FreezeRequest request_with_executable(const ProcessKey& key) const {
    FreezeRequest whole = request(key);
    whole.executables = {stage_.executable()};
    return whole;
  }
  std::string cgroup_of(const ProcessKey& key) const {
    return hierarchy_ ? hierarchy_->cgroup_of(host(), key.pid).value_or("gone") : "";
  }
  static std::set<ProcessKey> keys_of(const FreezeState& state) {
    std::set<ProcessKey> keys;
    for (const FrozenProcess& process : state.processes) {
      keys.insert(process.key);
    }
    return keys;
  }
  std::set<ProcessKey> alive() const {
    const auto keys = stage_.alive();
    return {keys.begin(), keys.end()};
  }
  void thaw_again(const FreezeState& state) {
    const auto text = freeze_state_from_json(to_json(state));
    ASSERT_TRUE(text);
    const auto report = thaw(host(), *text);
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_TRUE(report->complete);
    EXPECT_TRUE(report->notes.empty()) << report->notes.front();
  }
  // The first process of a line ends soon; its children are found by what they run.
  ProcessKey some_member() const { return stage_.some_alive(); }
  Result<FreezeReport> freeze_respawning() {
    Result<FreezeReport> report = base::fail(ErrorCode::kGone, "not tried");
    for (int i = 0; i < 20 && !report && report.error().code == ErrorCode::kGone; ++i) {
      report = freeze(host(), request_with_executable(some_member()));
    }
    return report;
  }

  test::FreezeStage stage_;
  std::unique_ptr<Hierarchy> hierarchy_;
};

// What only cgroups can do.
class FreezerInGroups : public FreezerTest {};

TEST_P(FreezerTest, ATreeIsFrozenAndThawedBackIntoItsOldGroups) {
  std::string old;
  if (hierarchy_) {
    // Somebody else is in the group: the family has to be moved out of it.
    old = stage_.make_cgroup(*hierarchy_, "old");
    stage_.start({"sleep"}, old, hierarchy_.get());
  }
  const ProcessKey innocent = hierarchy_ ? stage_.some_alive() : ProcessKey{};
  const ProcessKey root = stage_.start({"tree"}, old, hierarchy_.get());
  while (alive().size() < (hierarchy_ ? 4U : 3U)) {
    host().sleep_for(5ms);
  }
  auto report = freeze(host(), request(root));
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_TRUE(report->all_frozen);
  EXPECT_EQ(report->state.processes.size(), 3U);
  EXPECT_FALSE(keys_of(report->state).contains(innocent));
  for (const FrozenProcess& process : report->state.processes) {
    EXPECT_EQ(process.former_cgroup, old);
    EXPECT_EQ(cgroup_of(process.key), hierarchy_ ? "/genba-" + stage_.id() : "");
    const auto now = scan_process(host(), process.key.pid);
    EXPECT_EQ(now->state == 'T', GetParam() == FreezeMethod::kStop) << now->state;
  }
  if (hierarchy_) {
    EXPECT_EQ(cgroup_of(innocent), old);
  }
  EXPECT_EQ(report->notes.empty(), GetParam() != FreezeMethod::kStop);

  thaw_again(report->state);
  for (const FrozenProcess& process : report->state.processes) {
    EXPECT_EQ(cgroup_of(process.key), old);
    EXPECT_NE(scan_process(host(), process.key.pid)->state, 'T');
  }
  if (hierarchy_) {
    EXPECT_EQ(hierarchy_->open_cgroup("/genba-" + stage_.id()).error().code, ErrorCode::kNotFound);
  }
}

TEST_P(FreezerInGroups, AGroupOfTheFamilyAloneIsFrozenWhereItStands) {
  const std::string unit = stage_.make_cgroup(*hierarchy_, "unit");
  const ProcessKey root = stage_.start({"tree"}, unit, hierarchy_.get());
  while (alive().size() < 3) {
    host().sleep_for(5ms);
  }
  auto report = freeze(host(), request(root));
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_TRUE(report->all_frozen);
  ASSERT_EQ(report->state.cgroups.size(), 1U);
  EXPECT_EQ(report->state.cgroups[0].path, unit);
  EXPECT_FALSE(report->state.cgroups[0].made);
  EXPECT_EQ(keys_of(report->state), alive());
  for (const ProcessKey& key : alive()) {
    EXPECT_EQ(cgroup_of(key), unit);
  }
  EXPECT_TRUE(hierarchy_->progress(*hierarchy_->open_cgroup(unit))->frozen);
  thaw_again(report->state);
  EXPECT_FALSE(hierarchy_->progress(*hierarchy_->open_cgroup(unit))->frozen);
}

TEST_P(FreezerTest, APairOfWatchdogsStandsStill) {
  stage_.start({"pair"});
  host().sleep_for(500ms);
  const auto report = freeze_respawning();
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_TRUE(report->all_frozen);
  EXPECT_TRUE(stage_.stands_still());
  EXPECT_EQ(keys_of(report->state), alive());
  EXPECT_GE(alive().size(), 2U);
  thaw_again(report->state);
  EXPECT_FALSE(stage_.stands_still());
}

// Each copy is another file in another session without a parent: no tie leads to it.
TEST_P(FreezerTest, ACopyThatBrokeEveryTieIsTold) {
  const test::Scratch scratch;  // below /tmp
  stage_.start({"copies", scratch.path()});
  const ProcessKey seen = some_member();
  FreezeRequest late = request(seen);
  late.looked_at_ticks = ticks_now(host());
  const ProcessKey left_behind = stage_.start({"sleep"});
  late.members = {{left_behind, "all that is left of the family"}};
  const auto runs_a_copy = [&](const ProcessKey& key) {
    const auto executable = executable_of(host(), key.pid);
    return executable && executable->path.starts_with(scratch.path());
  };
  for (auto now = alive(); std::none_of(now.begin(), now.end(), runs_a_copy); now = alive()) {
    ASSERT_TRUE(is_alive(host(), left_behind)) << "the fixture ended";
    host().sleep_for(5ms);
  }
  const auto report = freeze(host(), late);
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_TRUE(
      std::any_of(report->may_belong.begin(), report->may_belong.end(),
                  [&](const NotFrozen& each) { return each.why.starts_with(scratch.path()); }));
  EXPECT_EQ(keys_of(report->state), std::set<ProcessKey>{left_behind});
  thaw_again(report->state);
}

TEST_P(FreezerTest, FiftyProcessesThatRespawnTenTimesASecondAreCaughtWithoutOneEscaping) {
  stage_.start({"swarm", "50"});
  host().sleep_for(500ms);
  const auto begun = std::chrono::steady_clock::now();
  const auto report = freeze_respawning();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
  ASSERT_TRUE(report) << report.error().what;
  fmt::print("[  TIMING  ] {}: {} processes frozen in {:.1f} ms, {} passes\n",
             to_string(GetParam()), report->state.processes.size(), took.count(), report->passes);
  EXPECT_TRUE(report->all_frozen);
  EXPECT_TRUE(stage_.stands_still());
  EXPECT_EQ(keys_of(report->state), alive());
  EXPECT_GE(alive().size(), 50U);
  thaw_again(report->state);
  EXPECT_FALSE(stage_.stands_still());
}

TEST_P(FreezerTest, TheJournalKnowsBeforeEachChange) {
  const ProcessKey root = stage_.start({"sleep"});
  FreezeRequest first = request(root);
  std::vector<FreezeState> kept;
  first.journal = [&](const FreezeState& state) -> Result<void> {
    kept.push_back(state);
    if (state.processes.empty()) {
      EXPECT_FALSE(hierarchy_->open_cgroup("/genba-" + stage_.id())) << "made before it was known";
      return {};
    }
    // Genba dies in the middle: whatever is recorded by now must be enough to thaw from.
    return base::fail(ErrorCode::kIo, "the disk is full");
  };
  const auto report = freeze(host(), first);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().what.find("the disk is full"), std::string::npos);
  ASSERT_EQ(kept.size(), hierarchy_ ? 2U : 1U);
  EXPECT_EQ(kept.back().processes.size(), 1U);
  EXPECT_NE(scan_process(host(), root.pid)->state, 'T');
  if (hierarchy_) {
    EXPECT_EQ(kept.front().cgroups, kept.back().cgroups);
    EXPECT_EQ(kept.front().cgroups.size(), 1U);
    EXPECT_FALSE(hierarchy_->open_cgroup("/genba-" + stage_.id()));
  }
}

// kill -9 when the group is there and nobody is in it yet.
TEST_P(FreezerInGroups, AnEmptyGroupOfARunThatWasKilledIsRemovedByItsRecord) {
  const ProcessKey root = stage_.start({"sleep"});
  const test::Scratch scratch;
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    FreezeRequest killed = request(root);
    killed.journal = [&](const FreezeState& state) -> Result<void> {
      if (!state.processes.empty()) {
        ::kill(::getpid(), SIGKILL);
      }
      std::ofstream(scratch.at("record")) << to_json(state);
      return {};
    };
    (void)freeze(host(), killed);
    ::_exit(1);
  }
  // The stage lets the kernel reap: nothing is told of the child but that it has ended.
  ::waitpid(child, nullptr, 0);
  const std::string ours = "/genba-" + stage_.id();
  const auto group = hierarchy_->open_cgroup(ours);
  ASSERT_TRUE(group) << group.error().what;
  EXPECT_TRUE(*hierarchy_->is_asked_to_freeze(*group));
  std::string text;
  std::getline(std::ifstream(scratch.at("record")), text);
  const auto recorded = freeze_state_from_json(text);
  ASSERT_TRUE(recorded) << text;
  thaw_again(*recorded);
  EXPECT_EQ(hierarchy_->open_cgroup(ours).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(is_alive(host(), root));
}

// A family that replaces itself is recorded again and again: any of these lines may fail.
TEST_P(FreezerTest, ARecordThatFailsAtAnyLineLeavesNobodyFrozen) {
  stage_.start({"swarm", "20"});
  host().sleep_for(300ms);
  int all_lines = 0;  // of one that succeeds; its last line is written when all is done
  for (int failing = 1; all_lines == 0 && failing < 20; ++failing) {
    int lines = 0;
    Result<FreezeReport> report = base::fail(ErrorCode::kGone, "not tried");
    for (int i = 0; i < 20 && !report && report.error().code == ErrorCode::kGone; ++i) {
      FreezeRequest failing_request = request_with_executable(some_member());
      lines = 0;
      failing_request.journal = [&](const FreezeState&) -> Result<void> {
        return ++lines < failing ? Result<void>() : base::fail(ErrorCode::kIo, "the disk is full");
      };
      report = freeze(host(), failing_request);
    }
    // Either every line was written, and the freeze stands, or nothing of it does.
    ASSERT_EQ(report.has_value(), lines < failing) << failing;
    if (report) {
      all_lines = lines;
      EXPECT_FALSE(report->broken_off);
      thaw_again(report->state);
    }
    EXPECT_FALSE(stage_.stands_still()) << failing;
    if (hierarchy_) {
      EXPECT_FALSE(hierarchy_->open_cgroup("/genba-" + stage_.id()));
    }
  }
}

TEST_P(FreezerInGroups, WhatCouldNotBeTakenBackIsReportedWithItsState) {
  const ProcessKey root = stage_.start({"sleep"});
  FreezeRequest failing = request(root);
  const std::string ours = "/genba-" + stage_.id();
  const auto within = [&] { return *hierarchy_->open_cgroup(ours); };
  failing.journal = [&](const FreezeState& state) -> Result<void> {
    if (state.processes.empty()) {
      return {};
    }
    // Somebody else makes a group in ours: it cannot be removed.
    EXPECT_TRUE(sys::make_cgroup(within(), "guest"));
    return base::fail(ErrorCode::kIo, "the disk is full");
  };
  const auto report = freeze(host(), failing);
  ASSERT_TRUE(report) << report.error().what;
  ASSERT_TRUE(report->broken_off);
  EXPECT_EQ(report->broken_off->what, "the disk is full");
  EXPECT_FALSE(report->all_frozen);
  EXPECT_FALSE(report->notes.empty());
  ASSERT_TRUE(sys::remove_cgroup(within(), "guest"));
  thaw_again(report->state);
}

TEST_P(FreezerInGroups, WhatIsStoppedInsteadOfMovedIsRecordedBeforeTheSignal) {
  const ProcessKey root = stage_.start({"sleep"});
  FreezeRequest whole = request(root);
  std::vector<FreezeState> kept;
  whole.journal = [&](const FreezeState& state) -> Result<void> {
    EXPECT_TRUE(kept.size() > 2 || scan_process(host(), root.pid)->state != 'T');
    kept.push_back(state);
    if (kept.size() == 2) {
      // Nobody can be moved into a group that is gone.
      EXPECT_TRUE(hierarchy_->remove("/genba-" + stage_.id()));
    }
    return {};
  };
  const auto report = freeze(host(), whole);
  ASSERT_TRUE(report) << report.error().what;
  ASSERT_EQ(kept.size(), 4U);
  ASSERT_EQ(kept[2].processes.size(), 1U);
  EXPECT_EQ(kept[2].processes[0].method, FreezeMethod::kStop);
  host().sleep_for(20ms);
  EXPECT_EQ(scan_process(host(), root.pid)->state, 'T');
  // A kill of Genba here: only the record is left.
  thaw_again(kept[2]);
  EXPECT_NE(scan_process(host(), root.pid)->state, 'T');
}

TEST_P(FreezerTest, WhatMustNotBeTouchedIsRefusedAndNothingChanges) {
  const auto self = scan_process(host(), ::getpid());
  const auto init = scan_process(host(), 1);
  for (const ProcessKey& key : {self->key, init->key}) {
    EXPECT_EQ(freeze(host(), request(key)).error().code, ErrorCode::kInvalid);
  }
  const ProcessKey root = stage_.start({"sleep"});
  FreezeRequest spared = request(root);
  spared.spared = {{root, "the filesystem that the case is written to"}};
  const auto refused = freeze(host(), spared);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_NE(refused.error().what.find("the filesystem"), std::string::npos);
  EXPECT_EQ(freeze(host(), request({root.pid, root.start_ticks + 1})).error().code,
            ErrorCode::kGone);
  FreezeRequest bad = request(root);
  bad.id = "../x";
  EXPECT_EQ(freeze(host(), bad).error().code, ErrorCode::kInvalid);
  if (hierarchy_) {
    EXPECT_FALSE(hierarchy_->open_cgroup("/genba-" + stage_.id()));
  }
}

TEST_P(FreezerTest, AStateOfAnotherBootIsRefused) {
  FreezeState state;
  state.id = "x";
  state.boot_id = "another";
  EXPECT_EQ(thaw(host(), state).error().code, ErrorCode::kInvalid);
}

TEST_P(FreezerInGroups, AGroupThatVanishedMeanwhileIsReplacedByTheOneAbove) {
  const std::string old = stage_.make_cgroup(*hierarchy_, "old");
  const ProcessKey innocent = stage_.start({"sleep"}, old, hierarchy_.get());
  const ProcessKey root = stage_.start({"sleep"}, old, hierarchy_.get());
  auto report = freeze(host(), request(root));
  ASSERT_TRUE(report) << report.error().what;
  ASSERT_TRUE(send_signal(host(), innocent, sys::Signal::kKill));
  while (is_alive(host(), innocent) || !hierarchy_->remove(old)) {
    host().sleep_for(5ms);
  }
  const auto thawed = thaw(host(), report->state);
  ASSERT_TRUE(thawed);
  EXPECT_TRUE(thawed->complete);
  EXPECT_EQ(thawed->notes.size(), 1U);
  EXPECT_EQ(cgroup_of(root), "/");
}

INSTANTIATE_TEST_SUITE_P(, FreezerInGroups,
                         testing::Values(FreezeMethod::kCgroup2, FreezeMethod::kCgroup1),
                         [](const auto& one) { return std::string(to_string(one.param)); });

INSTANTIATE_TEST_SUITE_P(, FreezerTest,
                         testing::Values(FreezeMethod::kCgroup2, FreezeMethod::kCgroup1,
                                         FreezeMethod::kStop),
                         [](const auto& one) { return std::string(to_string(one.param)); });

}  // namespace
}  // namespace genba::act
