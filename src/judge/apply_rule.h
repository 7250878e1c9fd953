// SPDX-License-Identifier: Apache-2.0
//
// Applies one rule to recorded facts: each row of its query becomes a finding, rows about the same
// things become one. Covered by judge_test.cc.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.h"
#include "judge/rule.h"
#include "model/facts.h"
#include "model/finding.h"
#include "store/database.h"

namespace genba::judge {

/// What bounds one rule.
struct RuleLimits {
  size_t max_findings = 200;
  std::chrono::milliseconds time{5000};
};

/// What one rule said. Both may be there: a rule stopped half way keeps what it had found.
struct RuleOutcome {
  std::vector<model::Finding> findings;
  std::optional<model::NotJudged> not_judged;
};

/// Runs the rule. kInvalid when its query does not compile.
base::Result<RuleOutcome> apply_rule(const Rule& rule, store::Database& database,
                                     const model::Facts& facts, const RuleLimits& limits);

/// Whether the facts come from a mounted tree: the host was read, but has no running kernel.
bool is_tree(const model::Facts& facts);

}  // namespace genba::judge
