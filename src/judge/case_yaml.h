// SPDX-License-Identifier: Apache-2.0
//
// Reads one test case of a rule: {name, kind, given, unread, expect}. May throw YAML::Exception;
// only rule_yaml.cc calls it, and catches. Covered by rule_yaml_test.cc.
#pragma once

#include <optional>

#include "judge/rule_yaml.h"
#include "judge/yaml_reader.h"
#include "yaml-cpp/yaml.h"

namespace genba::judge {

/// The case; nothing when it is not even a mapping. Problems go to the reader.
std::optional<RuleCase> read_case(const YAML::Node& node, YamlReader& reader);

}  // namespace genba::judge
