// SPDX-License-Identifier: Apache-2.0
//
// On the running kernel, with fixtures that respawn, in both versions of cgroups and by SIGSTOP.
// Times are printed, never judged.
#include "act/freeze/kill.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>

#include "act/freeze/hierarchy.h"
#include "act/freeze/process_signal.h"
#include "fmt/format.h"
#include "support/freeze_stage.h"

namespace genba::act {
namespace {

using base::ErrorCode;
using base::Result;
using namespace std::chrono_literals;

class KillTest : public testing::TestWithParam<FreezeMethod> {
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

  Result<FreezeReport> freeze_fixture() {
    Result<FreezeReport> report = base::fail(ErrorCode::kGone, "not tried");
    for (int i = 0; i < 20 && !report && report.error().code == ErrorCode::kGone; ++i) {
      FreezeRequest request;
      request.id = stage_.id();
      request.methods = {GetParam()};
      request.executables = {stage_.executable()};
      request.members = {{stage_.some_alive(), "the process that was named"}};
      report = freeze(host(), request);
    }
    return report;
  }
  void expect_dead_without_survivor(const FreezeState& state) {
    const auto begun = std::chrono::steady_clock::now();
    const auto report = kill_frozen(host(), state, {});
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
    ASSERT_TRUE(report) << report.error().what;
    fmt::print("[  TIMING  ] {}: {} processes killed in {:.1f} ms\n", to_string(GetParam()),
               report->killed.size(), took.count());
    EXPECT_TRUE(report->complete);
    EXPECT_EQ(report->killed.size(), state.processes.size());
    EXPECT_TRUE(report->survivors.empty());
    EXPECT_TRUE(report->notes.empty()) << report->notes.front();
    EXPECT_TRUE(stage_.alive().empty());
    host().sleep_for(400ms);
    EXPECT_TRUE(stage_.alive().empty());
    if (hierarchy_) {
      EXPECT_FALSE(hierarchy_->open_cgroup("/genba-" + stage_.id()));
    }
  }

  test::FreezeStage stage_;
  std::unique_ptr<Hierarchy> hierarchy_;
};

// What only cgroups can do.
class KillInGroups : public KillTest {};

TEST_P(KillTest, APairOfWatchdogsDiesWithoutOneComingBack) {
  stage_.start({"pair"});
  host().sleep_for(500ms);
  const auto frozen = freeze_fixture();
  ASSERT_TRUE(frozen) << frozen.error().what;
  ASSERT_TRUE(frozen->all_frozen);
  expect_dead_without_survivor(frozen->state);
}

TEST_P(KillTest, FiftyProcessesThatRespawnTenTimesASecondDieWithoutSurvivor) {
  stage_.start({"swarm", "50"});
  host().sleep_for(500ms);
  const auto frozen = freeze_fixture();
  ASSERT_TRUE(frozen) << frozen.error().what;
  ASSERT_TRUE(frozen->all_frozen);
  expect_dead_without_survivor(frozen->state);
}

TEST_P(KillInGroups, AGroupFrozenInPlaceIsEmptyAndUnfrozenAfterwards) {
  const std::string unit = stage_.make_cgroup(*hierarchy_, "unit");
  stage_.start({"tree"}, unit, hierarchy_.get());
  while (stage_.alive().size() < 3) {
    host().sleep_for(5ms);
  }
  const auto frozen = freeze_fixture();
  ASSERT_TRUE(frozen) << frozen.error().what;
  ASSERT_EQ(frozen->state.cgroups.size(), 1U);
  EXPECT_FALSE(frozen->state.cgroups[0].made);
  expect_dead_without_survivor(frozen->state);
  const auto group = hierarchy_->open_cgroup(unit);
  ASSERT_TRUE(group);
  EXPECT_FALSE(*hierarchy_->is_asked_to_freeze(*group));
}

// An intruder moves somebody else's process into the frozen group, to have it killed.
TEST_P(KillInGroups, WhoWasPutIntoTheGroupByOthersIsNotKilled) {
  const ProcessKey root = stage_.start({"sleep"});
  FreezeRequest request;
  request.id = stage_.id();
  request.methods = {GetParam()};
  request.members = {{root, "the process that was named"}};
  const auto frozen = freeze(host(), request);
  ASSERT_TRUE(frozen) << frozen.error().what;
  const ProcessKey innocent = stage_.start({"sleep"});
  const auto group = hierarchy_->open_cgroup("/genba-" + stage_.id());
  ASSERT_TRUE(group);
  ASSERT_TRUE(hierarchy_->move(innocent.pid, *group));

  const auto report = kill_frozen(host(), frozen->state, {});
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_EQ(report->killed, std::vector<ProcessKey>{root});
  EXPECT_TRUE(is_alive(host(), innocent));
  EXPECT_TRUE(report->complete);
  EXPECT_FALSE(hierarchy_->open_cgroup("/genba-" + stage_.id()));
}

TEST_P(KillTest, ANumberThatAnotherProcessHasNowIsLeftAlone) {
  const ProcessKey innocent = stage_.start({"sleep"});
  FreezeState state;
  state.id = stage_.id();
  state.boot_id = *read_boot_id(host());
  FrozenProcess old;
  old.key = {innocent.pid, innocent.start_ticks + 1};
  old.method = FreezeMethod::kStop;
  state.processes = {old};
  const auto report = kill_frozen(host(), state, {});
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_EQ(report->gone, std::vector<ProcessKey>{old.key});
  EXPECT_TRUE(report->killed.empty());
  EXPECT_TRUE(is_alive(host(), innocent));
}

TEST_P(KillTest, ARecordThatNamesOurselvesOrAnotherBootKillsNobody) {
  const ProcessKey root = stage_.start({"sleep"});
  FreezeState state;
  state.id = stage_.id();
  state.boot_id = *read_boot_id(host());
  for (const ProcessKey& key : {root, scan_process(host(), ::getpid())->key}) {
    FrozenProcess process;
    process.key = key;
    process.method = FreezeMethod::kStop;
    state.processes.push_back(process);
  }
  EXPECT_EQ(kill_frozen(host(), state, {}).error().code, ErrorCode::kInvalid);
  state.processes.pop_back();
  state.boot_id = "another";
  EXPECT_EQ(kill_frozen(host(), state, {}).error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(is_alive(host(), root));
}

INSTANTIATE_TEST_SUITE_P(, KillInGroups,
                         testing::Values(FreezeMethod::kCgroup2, FreezeMethod::kCgroup1),
                         [](const auto& one) { return std::string(to_string(one.param)); });

INSTANTIATE_TEST_SUITE_P(, KillTest,
                         testing::Values(FreezeMethod::kCgroup2, FreezeMethod::kCgroup1,
                                         FreezeMethod::kStop),
                         [](const auto& one) { return std::string(to_string(one.param)); });

}  // namespace
}  // namespace genba::act
