// SPDX-License-Identifier: Apache-2.0
//
// `genba contain freeze --finding`: the finding is one of now, of a case that is named, or of the
// newest kept cases.
#include <gtest/gtest.h>

#include <string>

#include "app/triage.h"
#include "live/contain_stop_stage.h"

namespace genba {
namespace {

Result<StopOutcome> run_triage_only(const StopOptions& options, app::Progress& progress) {
  app::TriageOptions triage;
  triage.observe.walk = app::Walk::kNo;
  triage.observe.save_dir = options.save_dir;
  triage.observe.writing = sys::Writing::kAllowed;
  triage.observe.version = options.act.version;
  triage.format = app::Format::kJson;
  GENBA_TRY(const auto outcome, app::run_triage(triage, progress));
  return StopOutcome::kDone;
}

// The id of a finding about a process that runs the program; empty when there is none.
std::string finding_about(const RunEnd& triage, const std::string& program) {
  for (const json& finding : triage.all("finding")) {
    for (const json& subject : finding["subjects"]) {
      if (subject.value("path", "") == program && subject.value("kind", "") == "process") {
        return finding.value("id", "");
      }
    }
  }
  return "";
}

// The id of a finding about a family whose processes live for 200 ms each: one look may find all of
// them ended before their file is read.
std::string finding_about_pair(Stage& stage) {
  std::string id;
  for (int i = 0; i < 10 && id.empty(); ++i) {
    const RunEnd triage = stage.run(run_triage_only, stage.options());
    EXPECT_EQ(triage.code, 0) << triage.errors;
    id = finding_about(triage, stage.program());
  }
  EXPECT_FALSE(id.empty()) << "a program in /tmp is a finding";
  return id;
}

// The id that triage told is found again by looking and judging anew.
TEST(ContainStop, AFindingOfNowNamesItsProcess) {
  NEEDS_ROOT_AND_FIXTURE();
  Stage stage;
  const act::ProcessKey root = stage.start({"sleep"});
  const RunEnd triage = stage.run(run_triage_only, stage.options());
  ASSERT_EQ(triage.code, 0) << triage.errors;
  StopOptions options = stage.options();
  options.finding = finding_about(triage, stage.program());
  const RunEnd frozen = stage.run(app::run_freeze, options);
  ASSERT_EQ(frozen.code, 0) << frozen.errors;
  ASSERT_EQ(frozen.one("freeze")["frozen"].size(), 1U);
  EXPECT_EQ(frozen.one("freeze")["frozen"][0].value("pid", 0), root.pid);
}

// From triage's finding to a frozen family, when the process of the finding is another one by now.
TEST(ContainStop, AFindingOfACaseNamesItsFamily) {
  NEEDS_ROOT_AND_FIXTURE();
  Stage stage;
  stage.start({"pair"});
  stage.host().sleep_for(400ms);
  const std::string id = finding_about_pair(stage);
  const std::string of_triage = stage.last_case();
  StopOptions options = stage.options();
  options.finding = id;
  options.finding_case = of_triage;
  const RunEnd frozen = stage.run(app::run_freeze, options);
  ASSERT_EQ(frozen.code, 0) << frozen.errors;
  EXPECT_TRUE(frozen.one("freeze").value("all_frozen", false));
  EXPECT_TRUE(stage.processes().stands_still());
  StopOptions kill = stage.options();
  kill.id = frozen.one("freeze").value("id", "");
  EXPECT_EQ(stage.run(app::run_kill, kill).code, 0);
  EXPECT_TRUE(stage.processes().alive().empty());
  options.finding = "f-0000000000000000";
  EXPECT_EQ(stage.run(app::run_freeze, options).code, kInvalid) << "no finding of that id";
}

// The process of the finding has replaced itself, and nobody says in which case it was found.
TEST(ContainStop, AFindingThatIsNoneOfNowIsLookedUpInTheKeptCases) {
  NEEDS_ROOT_AND_FIXTURE();
  Stage stage;
  stage.start({"pair"});
  stage.host().sleep_for(400ms);
  const std::string id = finding_about_pair(stage);
  const std::string of_triage = stage.last_case();
  fs::create_directories(stage.at("kept"));
  fs::copy(of_triage, stage.at("kept/of-triage"), fs::copy_options::recursive);
  fs::create_directories(stage.at("kept/no-case"));
  StopOptions options = stage.options();
  options.finding = id;
  options.kept_cases = stage.at("elsewhere");
  const RunEnd lost = stage.run(app::run_freeze, options);
  EXPECT_EQ(lost.code, kInvalid);
  EXPECT_NE(lost.errors.find("(0 read)"), std::string::npos) << lost.errors;
  EXPECT_NE(lost.errors.find("--case DIR"), std::string::npos) << lost.errors;
  options.kept_cases = stage.at("kept");
  fs::permissions(stage.at("kept"), fs::perms::others_write, fs::perm_options::add);
  EXPECT_EQ(stage.run(app::run_freeze, options).code, kInvalid) << "anybody may have put it there";
  fs::permissions(stage.at("kept"), fs::perms::others_write, fs::perm_options::remove);
  const RunEnd frozen = stage.run(app::run_freeze, options);
  ASSERT_EQ(frozen.code, 0) << frozen.errors;
  EXPECT_TRUE(frozen.one("freeze").value("all_frozen", false));
  EXPECT_TRUE(stage.processes().stands_still());
}

}  // namespace
}  // namespace genba
