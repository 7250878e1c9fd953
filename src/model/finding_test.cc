// SPDX-License-Identifier: Apache-2.0
#include "model/finding.h"

#include <set>

#include "gtest/gtest.h"

namespace genba::model {
namespace {

Subject process(int64_t pid, int64_t start_time, std::string path) {
  return {"process", {{"pid", pid}, {"start_time", start_time}, {"path", std::move(path)}}};
}

Finding finding(About about, Severity severity, Confidence confidence) {
  Finding made;
  made.about = about;
  made.severity = severity;
  made.confidence = confidence;
  return made;
}

TEST(Names, SurviveTheRoundTrip) {
  for (const auto each :
       {Severity::kInfo, Severity::kLow, Severity::kMedium, Severity::kHigh, Severity::kCritical}) {
    EXPECT_EQ(parse_severity(to_string(each)), each);
  }
  for (const auto each : {Confidence::kHint, Confidence::kLikely, Confidence::kProven}) {
    EXPECT_EQ(parse_confidence(to_string(each)), each);
  }
  for (const auto each : {About::kIntrusion, About::kWeakness}) {
    EXPECT_EQ(parse_about(to_string(each)), each);
  }
  EXPECT_EQ(to_string(Verdict::kCouldNotLook), "could_not_look");
  EXPECT_EQ(to_string(Verdict::kNothingFound), "nothing found");
  EXPECT_FALSE(parse_severity("Critical"));
  EXPECT_FALSE(parse_about(""));
}

TEST(SubjectKinds, IdentifyingKeysExist) {
  std::set<std::string_view> kinds;
  for (const SubjectKind& kind : subject_kinds()) {
    EXPECT_TRUE(kinds.insert(kind.kind).second) << kind.kind;
    for (size_t i = 0; i < kind.identifying; ++i) {
      EXPECT_FALSE(kind.keys[i].empty()) << kind.kind;
    }
  }
  EXPECT_EQ(kinds.size(), 12U);
}

TEST(Identity, AReusedPidIsAnotherProcess) {
  EXPECT_EQ(process(7, 100, "/bin/a").identity(), process(7, 100, "/bin/b").identity());
  EXPECT_NE(process(7, 100, "/bin/a").identity(), process(7, 101, "/bin/a").identity());
}

TEST(Identity, HostileTextCannotForgeAnotherKey) {
  const Subject one{"key",
                    {{"fingerprint", std::string("a path=1:b")}, {"path", std::string("c")}}};
  const Subject two{"key",
                    {{"fingerprint", std::string("a")}, {"path", std::string("b path=1:c")}}};
  EXPECT_NE(one.identity(), two.identity());
}

TEST(Identity, AbsentIsNotEmpty) {
  const Subject absent{"file", {{"path", OwnedValue()}}};
  const Subject missing{"file", {}};
  const Subject empty{"file", {{"path", std::string()}}};
  EXPECT_EQ(absent.identity(), missing.identity());
  EXPECT_NE(absent.identity(), empty.identity());
}

TEST(FindingId, IsStableFromRunToRun) {
  EXPECT_EQ(finding_id("deleted_executable", {process(4242, 1'795'230'729'120'000'000, "/tmp/.x")}),
            "f-14801be4d8e30a45");
  EXPECT_NE(finding_id("a", {process(1, 2, "")}), finding_id("b", {process(1, 2, "")}));
  EXPECT_NE(finding_id("a", {process(1, 2, "")}),
            finding_id("a", {process(1, 2, ""), process(1, 3, "")}));
}

TEST(Verdict, CountsOnlyIntrusionsOfMediumOrAbove) {
  EXPECT_EQ(verdict_of({}), Verdict::kNothingFound);
  EXPECT_EQ(verdict_of({finding(About::kWeakness, Severity::kCritical, Confidence::kProven),
                        finding(About::kIntrusion, Severity::kLow, Confidence::kProven)}),
            Verdict::kNothingFound);
  EXPECT_EQ(verdict_of({finding(About::kIntrusion, Severity::kMedium, Confidence::kHint)}),
            Verdict::kSuspicious);
  EXPECT_EQ(verdict_of({finding(About::kIntrusion, Severity::kMedium, Confidence::kProven),
                        finding(About::kIntrusion, Severity::kCritical, Confidence::kLikely)}),
            Verdict::kCompromised);
}

TEST(StartUpEntry, IsTheFirstFileTheOthersAreWhatItStarts) {
  Finding cron;
  cron.subjects = {{"user", {{"username", std::string("root")}}},
                   {"file", {{"path", std::string("/etc/cron.d/x")}}},
                   {"file", {{"path", std::string("/usr/bin/cd")}}}};
  cron.evidence = {{"crontab", "", {}}};
  const auto entry = start_up_entry(cron);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->path, "/etc/cron.d/x");
  EXPECT_EQ(entry->table, "crontab");
  cron.evidence = {{"file", "", {}}};
  EXPECT_FALSE(start_up_entry(cron));
}

TEST(StartUpEntry, WithoutAFileSubjectItsEvidenceNamesIt) {
  Finding unit;
  unit.evidence = {
      {"systemd_units", "", {{"fragment_path", std::string("/etc/systemd/system/x.service")}}}};
  const auto entry = start_up_entry(unit);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->path, "/etc/systemd/system/x.service");
}

}  // namespace
}  // namespace genba::model
