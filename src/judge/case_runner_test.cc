// SPDX-License-Identifier: Apache-2.0
#include "judge/case_runner.h"

#include "gtest/gtest.h"

namespace genba::judge {
namespace {

/// A rule with two tables, one of them optional, and the given case.
RuleFile rule_with(const std::string& test) {
  auto file = parse_rule(R"(id: r
area: process
title: {en: t, ja: 題}
severity: high
about: intrusion
confidence: likely
attack: []
query: |
  SELECT p.pid, p.start_time, p.path, p.cpu_percent,
    CASE WHEN p.path IN (SELECT path FROM package_files) THEN 'info' ELSE 'critical' END AS severity
  FROM processes p WHERE p.deleted AND p.uid = 0
subjects: [{kind: process, pid: pid, start_time: start_time}]
says: {en: s, ja: 文}
why: {en: w, ja: 理由}
benign: {en: b, ja: 無害}
evasion: e
next: []
optional: [package_files]
cases:
  - )" + test + "\n");
  EXPECT_TRUE(file) << file.error().what;
  return file ? *file : RuleFile{};
}

std::string run(const std::string& test) {
  const RuleFile file = rule_with(test);
  return file.cases.empty() ? "no case" : run_case(file.rule, file.cases.front());
}

TEST(CaseRunner, ExpectedRowsPass) {
  EXPECT_EQ(
      run("{name: n, given: {processes: [{pid: 7, deleted: true, path: /x, "
          "start_time: 2026-01-01T00:00:00Z, cpu_percent: 1.5}, {pid: 8}]}, "
          "expect: [{pid: 7, path: /x, start_time: 2026-01-01T00:00:00Z, cpu_percent: 1.5}]}"),
      "");
}

TEST(CaseRunner, SeverityIsTheLoweredOneAndNeverRaised) {
  EXPECT_EQ(run("{name: n, given: {processes: [{pid: 7, deleted: true, path: /x}], "
                "package_files: [{path: /x, package: p}]}, expect: [{severity: info}]}"),
            "");
  EXPECT_EQ(run("{name: n, given: {processes: [{pid: 7, deleted: true, path: /x}]}, "
                "expect: [{severity: high, confidence: likely}]}"),
            "");
}

TEST(CaseRunner, OptionalTableMayBeUnread) {
  EXPECT_EQ(run("{name: n, unread: [package_files], given: {processes: [{pid: 7, deleted: 1}]}, "
                "expect: [{pid: 7}]}"),
            "");
}

TEST(CaseRunner, UnreadTableIsNotJudged) {
  EXPECT_EQ(run("{name: n, unread: [processes], expect: not_judged}"), "");
  EXPECT_EQ(run("{name: n, kind: tree, expect: not_judged}"), "");
  EXPECT_NE(run("{name: n, unread: [processes], expect: []}").find("was not judged: processes"),
            std::string::npos);
  EXPECT_NE(run("{name: n, expect: not_judged}").find("the rule was judged"), std::string::npos);
}

TEST(CaseRunner, DifferencesAreTold) {
  const std::string difference =
      run("{name: n, given: {processes: [{pid: 7, deleted: true}]}, expect: [{pid: 9}]}");
  EXPECT_NE(difference.find("expected, not found: {pid: 9}"), std::string::npos) << difference;
  EXPECT_NE(difference.find("found, not expected: {severity: high, confidence: likely, pid: 7"),
            std::string::npos)
      << difference;
}

TEST(CaseRunner, UnnamedCellsOfALargeTableAreAsEmptyAsThoseOfAStruct) {
  RuleFile file = rule_with(
      "{name: n, given: {processes: [{pid: 7, deleted: true, path: /x}], "
      "package_files: [{path: /x, package: p}]}, expect: [{pid: 7}]}");
  file.rule.query =
      "SELECT p.pid, p.start_time, p.path FROM processes p JOIN package_files f USING (path) "
      "WHERE NOT f.conffile AND f.md5 IS NULL";
  ASSERT_EQ(file.cases.size(), 1u);
  EXPECT_EQ(run_case(file.rule, file.cases[0]), "");
}

TEST(CaseRunner, ExpectedNullMeansAbsent) {
  const std::string given = "{name: n, given: {processes: [{pid: 7, deleted: true}]}, expect: ";
  EXPECT_EQ(run(given + "[{path: null}]}"), "");
  EXPECT_NE(run(given + "[{path: /x}]}"), "");
}

}  // namespace
}  // namespace genba::judge
