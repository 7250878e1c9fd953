// SPDX-License-Identifier: Apache-2.0
//
// A detection rule as rules/<area>/<id>.yaml declares it (docs/architecture.md, Rules). Rules are
// compiled into the binary at build time, cases left out (builtin_rules); `--rules DIR` reads more
// of them with yaml-cpp (rule_yaml.h). Covered by rule_yaml_test.cc and the meta tests over rules/.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/finding.h"

namespace genba::judge {

/// How a subject's key is filled from a column of the query.
struct SubjectBinding {
  std::string key;     ///< a key of the kind, such as start_time
  std::string column;  ///< the query's column
};

struct SubjectTemplate {
  std::string kind;
  std::vector<SubjectBinding> bindings;
};

/// A named threshold, usable in the query as :name.
struct RuleValue {
  std::string name;
  model::OwnedValue value;
};

struct Rule {
  std::string id;
  std::string area;
  model::Text title;
  model::Severity severity = model::Severity::kInfo;
  model::About about = model::About::kIntrusion;
  model::Confidence confidence = model::Confidence::kHint;
  std::vector<std::string> attack;
  std::string query;
  std::vector<SubjectTemplate> subjects;
  model::Text says;
  model::Text why;
  model::Text benign;
  std::string evasion;
  std::vector<std::string> next;
  std::vector<model::Text> advice;  ///< what a person should do, beyond Genba's own commands
  std::vector<RuleValue> values;
  /// Tables that may be unread without making the rule `not judged`: they then count as empty. The
  /// author vouches that an empty one can only make the rule quieter.
  std::vector<std::string> optional;
};

/// The rules compiled into this binary, sorted by id. Generated.
std::span<const Rule> builtin_rules();

}  // namespace genba::judge
