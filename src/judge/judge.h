// SPDX-License-Identifier: Apache-2.0
//
// Applies rules to recorded facts. Each rule is one SELECT; every row is a finding. A rule that
// reads a table which was not read on this host is reported as not judged, never as silent.
// Findings are then correlated into incidents and give the verdict. Never touches the host.
// Covered by judge_test.cc, incidents_test.cc.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "judge/rule.h"
#include "model/facts.h"
#include "model/finding.h"
#include "store/database.h"

namespace genba::judge {

/// How long each rule took, for the bench.
struct RuleTiming {
  std::string rule;
  double seconds = 0;
};

struct JudgeOptions {
  /// Findings kept for one rule; the rest are counted in the last finding's words (a machine where
  /// 10,000 processes are deleted executables must not make 10,000 paragraphs).
  size_t max_findings_per_rule = 200;
  /// A rule that runs longer is stopped and reported as not judged ("too slow").
  std::chrono::milliseconds max_time_per_rule{5000};
  std::vector<RuleTiming>* timings = nullptr;
};

/// Runs all rules over the database. `facts` tells which tables were read and whether the host is a
/// tree. An error means that a rule does not compile: kInvalid, naming it.
base::Result<model::Judgement> judge(std::span<const Rule> rules, store::Database& database,
                                     const model::Facts& facts, const JudgeOptions& options = {});

}  // namespace genba::judge
