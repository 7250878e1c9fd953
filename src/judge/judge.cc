// SPDX-License-Identifier: Apache-2.0
//
// See judge.h.
#include "judge/judge.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "judge/apply_rule.h"
#include "judge/incidents.h"

namespace genba::judge {
namespace {

void sort_most_severe_first(std::vector<model::Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(),
                   [](const model::Finding& left, const model::Finding& right) {
                     if (left.severity != right.severity) {
                       return left.severity > right.severity;
                     }
                     return left.confidence > right.confidence;
                   });
}

}  // namespace

base::Result<model::Judgement> judge(std::span<const Rule> rules, store::Database& database,
                                     const model::Facts& facts, const JudgeOptions& options) {
  using Clock = std::chrono::steady_clock;
  model::Judgement judgement;
  const RuleLimits limits{options.max_findings_per_rule, options.max_time_per_rule};
  for (const Rule& rule : rules) {
    const Clock::time_point start = Clock::now();
    GENBA_TRY(RuleOutcome outcome, apply_rule(rule, database, facts, limits));
    if (options.timings != nullptr) {
      const std::chrono::duration<double> seconds = Clock::now() - start;
      options.timings->push_back({rule.id, seconds.count()});
    }
    std::move(outcome.findings.begin(), outcome.findings.end(),
              std::back_inserter(judgement.findings));
    if (outcome.not_judged) {
      judgement.not_judged.push_back(*std::move(outcome.not_judged));
    } else {
      ++judgement.rules_applied;
    }
  }
  sort_most_severe_first(judgement.findings);
  judgement.incidents = find_incidents(judgement.findings, facts);
  judgement.verdict = model::verdict_of(judgement.findings);
  return judgement;
}

}  // namespace genba::judge
