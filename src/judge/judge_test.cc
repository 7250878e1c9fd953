// SPDX-License-Identifier: Apache-2.0
#include "judge/judge.h"

#include "base/time.h"
#include "gtest/gtest.h"
#include "judge/apply_rule.h"
#include "model/tables/authorized_keys.h"
#include "model/tables/host_info.h"
#include "model/tables/processes.h"
#include "model/tables/users.h"

namespace genba::judge {
namespace {

using model::Facts;
using model::Process;

base::Timestamp at(std::string_view text) {
  return *base::parse_rfc3339(text);
}

Rule rule_of(std::string id, std::string query) {
  Rule rule;
  rule.id = std::move(id);
  rule.area = "process";
  rule.title = {"Title", "題"};
  rule.severity = model::Severity::kHigh;
  rule.confidence = model::Confidence::kLikely;
  rule.query = std::move(query);
  rule.subjects = {{"process", {{"pid", "pid"}, {"start_time", "start_time"}, {"path", "path"}}}};
  rule.says = {"Process {pid} runs {path}.", "プロセス {pid} が {path} を実行しています。"};
  rule.next = {"genba collect --pid {pid}"};
  return rule;
}

Rule deleted_rule() {
  return rule_of("deleted", "SELECT pid, start_time, path, exe_ctime FROM processes WHERE deleted");
}

Process& add_process(Facts& facts, int64_t pid, std::string path) {
  Process process;
  process.pid = pid;
  process.path = std::move(path);
  process.start_time = at("2026-11-21T03:12:09Z");
  process.deleted = true;
  facts.rows<Process>().push_back(process);
  return facts.rows<Process>().back();
}

model::Judgement judged(std::vector<Rule> rules, const Facts& facts,
                        const JudgeOptions& options = {}) {
  auto database = store::Database::open(facts);
  EXPECT_TRUE(database);
  auto judgement = judge(rules, **database, facts, options);
  EXPECT_TRUE(judgement) << (judgement ? "" : judgement.error().what);
  return judgement ? *std::move(judgement) : model::Judgement{};
}

TEST(Judge, RowBecomesAFinding) {
  Facts facts;
  add_process(facts, 4242, "/tmp/.x").exe_ctime = at("2026-11-20T01:00:00Z");
  const auto judgement = judged({deleted_rule()}, facts);
  ASSERT_EQ(judgement.findings.size(), 1u);
  const model::Finding& finding = judgement.findings[0];
  EXPECT_EQ(finding.says.en, "Process 4242 runs /tmp/.x.");
  EXPECT_EQ(finding.says.ja, "プロセス 4242 が /tmp/.x を実行しています。");
  EXPECT_EQ(finding.next, std::vector<std::string>{"genba collect --pid 4242"});
  ASSERT_EQ(finding.subjects.size(), 1u);
  EXPECT_EQ(finding.subjects[0].fields[1].type, model::ColumnType::kTimestamp);
  ASSERT_EQ(finding.evidence.size(), 1u);
  EXPECT_EQ(finding.evidence[0].table, "processes");
  EXPECT_EQ(finding.evidence[0].row.size(), 4u);
  EXPECT_EQ(finding.from, at("2026-11-20T01:00:00Z"));
  EXPECT_EQ(finding.to, at("2026-11-21T03:12:09Z"));
  EXPECT_EQ(finding.id, model::finding_id("deleted", finding.subjects));
  EXPECT_EQ(judgement.verdict, model::Verdict::kSuspicious);
  EXPECT_EQ(judgement.rules_applied, 1u);
}

TEST(Judge, AdviceWithAnAbsentCellIsLeftOut) {
  Facts facts;
  add_process(facts, 4242, "/tmp/.x");
  Rule rule = deleted_rule();
  rule.advice = {{"Look since {exe_ctime}.", "{exe_ctime} 以降。"},
                 {"Look at {pid}.", "{pid} を見ます。"}};
  const auto judgement = judged({rule}, facts);
  ASSERT_EQ(judgement.findings.size(), 1u);
  ASSERT_EQ(judgement.findings[0].advice.size(), 1u);
  EXPECT_EQ(judgement.findings[0].advice[0].en, "Look at 4242.");
}

TEST(Judge, EvidenceAboutAProcessIsOfProcessesWhateverWasCountedBesideIt) {
  Facts facts;
  add_process(facts, 4242, "/tmp/.x");
  facts.rows<model::User>();
  const Rule rule = rule_of("r",
                            "SELECT p.pid, p.start_time, p.path, count(u.uid) AS users "
                            "FROM users u RIGHT JOIN processes p ON u.uid = p.uid GROUP BY p.pid");
  const auto judgement = judged({rule}, facts);
  ASSERT_EQ(judgement.findings.size(), 1u);
  EXPECT_EQ(judgement.findings[0].evidence[0].table, "processes");
}

TEST(Judge, UnreadTableIsNotJudged) {
  Facts facts;
  facts.rows<model::User>();
  const auto judgement = judged({deleted_rule()}, facts);
  ASSERT_EQ(judgement.not_judged.size(), 1u);
  EXPECT_EQ(judgement.not_judged[0].table, "processes");
  EXPECT_EQ(judgement.not_judged[0].reason, "not_read");
  EXPECT_EQ(judgement.rules_applied, 0u);
}

TEST(Judge, LiveTableOfATreeIsNotApplicable) {
  Facts facts;
  facts.rows<model::HostInfo>().emplace_back();
  const auto judgement = judged({deleted_rule()}, facts);
  ASSERT_EQ(judgement.not_judged.size(), 1u);
  EXPECT_EQ(judgement.not_judged[0].reason, "not_applicable");
}

TEST(Judge, OptionalTableMayBeUnread) {
  Facts facts;
  add_process(facts, 7, "/x");
  Rule rule = rule_of("r",
                      "SELECT pid, start_time, path FROM processes "
                      "WHERE uid NOT IN (SELECT uid FROM users)");
  EXPECT_EQ(judged({rule}, facts).not_judged.size(), 1u);
  rule.optional = {"users"};
  EXPECT_EQ(judged({rule}, facts).findings.size(), 1u);
}

TEST(Judge, RowsAboutTheSameThingAreOneFinding) {
  Facts facts;
  add_process(facts, 7, "/x");
  const Rule rule = rule_of("r",
                            "SELECT pid, start_time, path, 'a' AS what FROM processes UNION ALL "
                            "SELECT pid, start_time, path, 'b' FROM processes");
  const auto judgement = judged({rule}, facts);
  ASSERT_EQ(judgement.findings.size(), 1u);
  EXPECT_EQ(judgement.findings[0].evidence.size(), 2u);
}

TEST(Judge, RowMayLowerButNotRaise) {
  Facts facts;
  add_process(facts, 7, "/x");
  const Rule lower =
      rule_of("lower",
              "SELECT pid, start_time, path, 'low' AS severity, 'hint' AS confidence, "
              "'procfs' AS view FROM processes");
  const Rule raise = rule_of("raise",
                             "SELECT pid, start_time, path, 'critical' AS severity, 'proven' AS "
                             "confidence FROM processes");
  const auto judgement = judged({lower, raise}, facts);
  ASSERT_EQ(judgement.findings.size(), 2u);
  EXPECT_EQ(judgement.findings[0].rule, "raise");
  EXPECT_EQ(judgement.findings[0].severity, model::Severity::kHigh);
  EXPECT_EQ(judgement.findings[0].confidence, model::Confidence::kLikely);
  EXPECT_EQ(judgement.findings[1].severity, model::Severity::kLow);
  EXPECT_EQ(judgement.findings[1].confidence, model::Confidence::kHint);
  EXPECT_EQ(judgement.findings[1].evidence[0].view, "procfs");
  EXPECT_EQ(judgement.findings[1].evidence[0].row.size(), 3u);
}

TEST(Judge, TenThousandFindingsOfOneRuleAreBounded) {
  Facts facts;
  for (int64_t pid = 1; pid <= 10'000; ++pid) {
    add_process(facts, pid, "/x");
  }
  const auto judgement = judged({deleted_rule()}, facts);
  ASSERT_EQ(judgement.findings.size(), 200u);
  EXPECT_NE(judgement.findings.back().says.en.find("9800 more findings"), std::string::npos);
  EXPECT_NE(judgement.findings.back().says.ja.find("9800件"), std::string::npos);
}

TEST(Judge, MostSevereComeFirst) {
  Facts facts;
  add_process(facts, 7, "/x");
  Rule low = rule_of("a", "SELECT pid, start_time, path FROM processes");
  low.severity = model::Severity::kLow;
  Rule hint = rule_of("b", "SELECT pid, start_time, path FROM processes");
  hint.confidence = model::Confidence::kHint;
  const Rule likely = rule_of("c", "SELECT pid, start_time, path FROM processes");
  const auto judgement = judged({low, hint, likely}, facts);
  ASSERT_EQ(judgement.findings.size(), 3u);
  EXPECT_EQ(judgement.findings[0].rule, "c");
  EXPECT_EQ(judgement.findings[1].rule, "b");
  EXPECT_EQ(judgement.findings[2].rule, "a");
}

TEST(Judge, RuleThatDoesNotCompileIsNamed) {
  const Facts facts;
  auto database = store::Database::open(facts);
  const std::vector<Rule> rules = {rule_of("broken", "SELECT nothing FROM nowhere")};
  const auto judgement = judge(rules, **database, facts);
  ASSERT_FALSE(judgement);
  EXPECT_EQ(judgement.error().code, base::ErrorCode::kInvalid);
  EXPECT_NE(judgement.error().what.find("'broken'"), std::string::npos);
}

TEST(Judge, EndlessQueryIsStoppedAndSaid) {
  Facts facts;
  add_process(facts, 7, "/x");
  const Rule endless = rule_of("endless",
                               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                               "SELECT p.pid, p.start_time, p.path FROM processes p WHERE "
                               "(SELECT count(*) FROM n) < 0");
  JudgeOptions options;
  options.max_time_per_rule = std::chrono::milliseconds(50);
  const auto judgement = judged({endless, deleted_rule()}, facts, options);
  ASSERT_EQ(judgement.not_judged.size(), 1u);
  EXPECT_EQ(judgement.not_judged[0].reason, "too slow");
  EXPECT_EQ(judgement.findings.size(), 1u);
}

TEST(Judge, ValuesReachTheQueryAndTheWords) {
  Facts facts;
  add_process(facts, 7, "/x").threads = 20;
  Rule rule = rule_of("r", "SELECT pid, start_time, path FROM processes WHERE threads >= :least");
  rule.says = {"at least {least}", "{least}以上"};
  rule.values = {{"least", int64_t{20}}};
  ASSERT_EQ(judged({rule}, facts).findings.size(), 1u);
  EXPECT_EQ(judged({rule}, facts).findings[0].says.en, "at least 20");
  rule.values = {{"least", int64_t{21}}};
  EXPECT_TRUE(judged({rule}, facts).findings.empty());
}

TEST(Judge, OldFileWithAYoungKeyBeganWithTheChange) {
  Facts facts;
  model::AuthorizedKey key;
  key.fingerprint = "SHA256:x";
  key.key_file = "/root/.ssh/authorized_keys";
  key.file_btime = at("2019-01-01T00:00:00Z");
  key.file_ctime = at("2026-11-20T00:00:00Z");
  facts.rows<model::AuthorizedKey>().push_back(key);
  Rule rule =
      rule_of("key", "SELECT fingerprint, key_file, file_btime, file_ctime FROM authorized_keys");
  rule.subjects = {{"key", {{"fingerprint", "fingerprint"}, {"path", "key_file"}}}};
  rule.next = {};
  EXPECT_EQ(judged({rule}, facts).findings[0].from, at("2026-11-20T00:00:00Z"));
}

TEST(Judge, TimesOfTheFutureOrOfNowhereDoNotCount) {
  Facts facts;
  model::HostInfo host;
  host.kernel_release = "6.1";
  host.clock_realtime = at("2026-11-21T12:00:00Z");
  facts.rows<model::HostInfo>().push_back(host);
  add_process(facts, 7, "/x").exe_ctime = at("2099-01-01T00:00:00Z");
  Process& old = add_process(facts, 8, "/y");
  old.exe_ctime = base::Timestamp{0};
  const auto judgement = judged({deleted_rule()}, facts);
  ASSERT_EQ(judgement.findings.size(), 2u);
  for (const model::Finding& finding : judgement.findings) {
    EXPECT_EQ(finding.from, at("2026-11-21T03:12:09Z"));
    EXPECT_EQ(finding.to, at("2026-11-21T03:12:09Z"));
  }
}

TEST(Judge, SubjectWithoutItsFirstKeyIsLeftOut) {
  Facts facts;
  add_process(facts, 7, "/x");
  Rule rule = rule_of("r", "SELECT NULL AS pid, start_time, path FROM processes");
  const auto judgement = judged({rule}, facts);
  ASSERT_EQ(judgement.findings.size(), 1u);
  ASSERT_EQ(judgement.findings[0].subjects.size(), 1u);
  EXPECT_EQ(judgement.findings[0].subjects[0].kind, "host");
  EXPECT_TRUE(judgement.findings[0].next.empty());
}

}  // namespace
}  // namespace genba::judge
