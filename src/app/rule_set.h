// SPDX-License-Identifier: Apache-2.0
//
// The rules of a run: the built-in ones, with those of `--rules` directories added or in their
// place. Covered by rule_set_test.cc.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "judge/rule.h"

namespace genba::app {

/// Reads every *.yaml file in each directory and one folder below. kInvalid, naming file and line,
/// for a rule that does not hold. Call it before the sandbox is entered.
base::Result<std::vector<judge::Rule>> load_rules(std::span<const std::string> directories);

}  // namespace genba::app
