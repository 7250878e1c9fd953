// SPDX-License-Identifier: Apache-2.0
#include "judge/rule_yaml.h"

#include "gtest/gtest.h"
#include "model/facts.h"

namespace genba::judge {
namespace {

constexpr std::string_view kPath = "rules/process/deleted_executable.yaml";

std::string good() {
  return R"(id: deleted_executable
area: process
title: {en: A process runs from a deleted file, ja: 削除済みファイルから動作するプロセス}
severity: high
about: intrusion
confidence: likely
attack: [T1070.004]
query: |
  SELECT p.pid, p.start_time, p.path, p.cmdline FROM processes p
  WHERE p.deleted AND p.threads >= :least
subjects: [{kind: process, pid: pid, start_time: start_time, path: path}]
says: {en: "Process {pid} runs {path}.", ja: "プロセス {pid} が {path} を実行しています。"}
why: {en: w, ja: 理由}
benign: {en: b, ja: 無害}
evasion: rename
next: ["genba query {pid}"]
values: {least: 1}
advice: [{en: Copy it., ja: 複製します。}]
cases:
  - name: hit
    given:
      processes: [{pid: 7, start_time: 2026-11-21T03:12:09Z, path: /tmp/x, deleted: true, threads: 2}]
    expect: [{pid: 7, start_time: "2026-11-21T03:12:09Z", path: /tmp/x}]
  - {name: nothing read, unread: [processes], expect: not_judged}
  - {name: tree, kind: tree, expect: not_judged}
)";
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = good();
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string error_of(const std::string& yaml, std::string_view path = kPath) {
  const auto file = parse_rule(yaml, path);
  if (!file) {
    return file.error().what;
  }
  const model::Facts facts;
  auto database = store::Database::open(facts);
  const auto checked = check_rule(*file, **database);
  return checked ? "" : checked.error().what;
}

TEST(RuleYaml, WholeRuleIsRead) {
  const auto file = parse_rule(good(), kPath);
  ASSERT_TRUE(file) << file.error().what;
  const Rule& rule = file->rule;
  EXPECT_EQ(rule.id, "deleted_executable");
  EXPECT_EQ(rule.severity, model::Severity::kHigh);
  EXPECT_EQ(rule.title.ja, "削除済みファイルから動作するプロセス");
  ASSERT_EQ(rule.subjects.size(), 1u);
  EXPECT_EQ(rule.subjects[0].bindings[1].key, "start_time");
  ASSERT_EQ(rule.values.size(), 1u);
  EXPECT_EQ(std::get<int64_t>(rule.values[0].value), 1);
  EXPECT_EQ(rule.advice.size(), 1u);
  ASSERT_EQ(file->cases.size(), 3u);
  EXPECT_EQ(file->cases[0].given[0].table->name, "processes");
  EXPECT_EQ(file->cases[1].outcome, CaseOutcome::kNotJudged);
  EXPECT_EQ(file->cases[2].host, CaseHost::kTree);
  EXPECT_EQ(error_of(good()), "");
}

TEST(RuleYaml, ProseOfManyLinesIsOneLine) {
  const auto file = parse_rule(with("ja: 理由", "ja: \"\\n理由\\n続き\\n\""), kPath);
  ASSERT_TRUE(file) << file.error().what;
  EXPECT_EQ(file->rule.why.ja, "理由 続き");
}

TEST(RuleYaml, UnknownKeyIsNamedWithItsLine) {
  EXPECT_EQ(error_of(with("evasion:", "evasoin:")).substr(0, 71),
            "rules/process/deleted_executable.yaml:15: unknown key 'evasoin'; keys a");
}

TEST(RuleYaml, AllProblemsAreToldAtOnce) {
  std::string text = with("severity: high", "severity: terrible");
  text.replace(text.find("ja: 理由"), std::string("ja: 理由").size(), "de: Grund");
  const std::string error = error_of(text);
  EXPECT_NE(error.find(":4: 'terrible' is none of: info low medium high critical"),
            std::string::npos)
      << error;
  EXPECT_NE(error.find(":13: unknown language 'de'"), std::string::npos) << error;
  EXPECT_NE(error.find("the text in ja is missing"), std::string::npos) << error;
}

TEST(RuleYaml, IdAndAreaAreThoseOfTheFile) {
  EXPECT_NE(error_of(good(), "rules/process/other.yaml").find("make them equal"),
            std::string::npos);
  EXPECT_NE(error_of(good(), "rules/network/deleted_executable.yaml").find("make them equal"),
            std::string::npos);
  EXPECT_EQ(error_of(good(), ""), "");
}

TEST(RuleYaml, WeaknessIsAtMostLow) {
  EXPECT_NE(error_of(with("about: intrusion", "about: weakness")).find("at most low"),
            std::string::npos);
}

TEST(RuleYaml, SubjectIsOfAKnownKindAndIdentified) {
  EXPECT_NE(error_of(with("kind: process", "kind: proces")).find("unknown subject kind 'proces'"),
            std::string::npos);
  EXPECT_NE(
      error_of(with("start_time: start_time, ", "")).find("not identified without 'start_time'"),
      std::string::npos);
  EXPECT_NE(error_of(with("path: path}", "file: path}")).find("has no key 'file'"),
            std::string::npos);
}

TEST(RuleYaml, BrokenYamlIsOneLine) {
  const std::string error = error_of("id: [a\narea: b");
  EXPECT_EQ(error.find('\n'), std::string::npos);
  EXPECT_EQ(error.find("rules/process/deleted_executable.yaml:"), 0u) << error;
  EXPECT_NE(error_of("- a\n- b"), "");
  EXPECT_NE(error_of(""), "");
}

TEST(RuleYaml, KeyThatStandsTwiceIsAProblem) {
  EXPECT_NE(error_of(good() + "evasion: again\n").find("stands twice"), std::string::npos);
}

TEST(RuleYaml, CaseCellsHaveTheTablesTypes) {
  EXPECT_NE(error_of(with("pid: 7,", "pid: seven,")).find("column 'pid' wants a whole number"),
            std::string::npos);
  EXPECT_NE(error_of(with("deleted: true", "deleted: maybe")).find("true or false"),
            std::string::npos);
  EXPECT_NE(error_of(with("threads: 2", "thread: 2")).find("has no column 'thread'"),
            std::string::npos);
  EXPECT_NE(error_of(with("      processes:", "      process:")).find("no table 'process'"),
            std::string::npos);
}

TEST(RuleYaml, TreeHasNoProcesses) {
  EXPECT_NE(error_of(with("kind: tree,", "kind: tree, given: {processes: [{pid: 1}]},"))
                .find("needs a running kernel"),
            std::string::npos);
}

TEST(RuleCheck, ColumnsOfTheQueryAreBound) {
  EXPECT_NE(error_of(with("path: path}", "path: exe}")).find("the query has no column 'exe'"),
            std::string::npos);
  EXPECT_NE(error_of(with("{pid} runs", "{pidd} runs")).find("{pidd} is no column"),
            std::string::npos);
  EXPECT_NE(error_of(with("genba query {pid}", "genba query {id}")).find("{id} is no column"),
            std::string::npos);
}

TEST(RuleCheck, ExplanationsAreFilledToo) {
  EXPECT_EQ(error_of(with("benign: {en: b,", "benign: {en: \"at {pid}\",")), "");
  EXPECT_NE(error_of(with("benign: {en: b,", "benign: {en: \"at {time}\",")).find("{time} is no"),
            std::string::npos);
}

TEST(RuleCheck, QueryThatDoesNotCompileNamesItsLine) {
  const std::string error = error_of(with("FROM processes p", "FROM proceses p"));
  EXPECT_EQ(error.find("rules/process/deleted_executable.yaml:8: "), 0u) << error;
  EXPECT_NE(error.find("proceses"), std::string::npos) << error;
}

TEST(RuleCheck, ValuesAndParametersMatch) {
  EXPECT_NE(error_of(with(":least", "1")).find("value 'least' is not used"), std::string::npos);
  EXPECT_NE(error_of(with(":least", ":most")).find("uses :most, which has no value"),
            std::string::npos);
}

TEST(RuleCheck, TablesOfCasesAreRead) {
  EXPECT_NE(error_of(with("unread: [processes]", "unread: [shadow]")).find("'shadow' unread"),
            std::string::npos);
  EXPECT_NE(error_of(with("values:", "optional: [shadow]\nvalues:")).find("does not read 'shadow'"),
            std::string::npos);
}

TEST(MergeRules, OneOfTheSameIdReplaces) {
  Rule a;
  a.id = "a";
  Rule b;
  b.id = "b";
  b.evasion = "new";
  Rule old_b;
  old_b.id = "b";
  const std::vector<Rule> builtin = {old_b};
  const auto merged = merge_rules(builtin, {b, a});
  ASSERT_EQ(merged.size(), 2u);
  EXPECT_EQ(merged[0].id, "a");
  EXPECT_EQ(merged[1].evasion, "new");
}

}  // namespace
}  // namespace genba::judge
