// SPDX-License-Identifier: Apache-2.0
//
// Runs a rule's own test cases: builds the facts that the case gives, applies the rule, and tells
// how the findings differ from what the case expects. Used by `rulec --test` and by the meta tests.
// Covered by case_runner_test.cc.
#pragma once

#include <string>

#include "judge/rule_yaml.h"

namespace genba::judge {

/// Why the case failed, one line for each difference; empty when it passed.
std::string run_case(const Rule& rule, const RuleCase& test);

}  // namespace genba::judge
