// SPDX-License-Identifier: Apache-2.0
//
// The few shapes that rule files are made of, each read with a problem at its line when the node is
// something else. May throw YAML::Exception; only rule_yaml.cc calls it, and catches.
// Covered by rule_yaml_test.cc.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "fmt/format.h"
#include "judge/problems.h"
#include "model/finding.h"
#include "model/table.h"
#include "model/value.h"
#include "yaml-cpp/yaml.h"

namespace genba::judge {

/// The node's line, from 1.
int line_of(const YAML::Node& node);

class YamlReader {
 public:
  explicit YamlReader(Problems& problems) : problems_(problems) {}

  void problem(const YAML::Node& node, std::string_view words);

  /// Calls `read` for each key of a mapping, in order; a key that stands twice is a problem.
  void for_each_key(const YAML::Node& node,
                    const std::function<void(const std::string&, const YAML::Node&)>& read);
  /// Calls `read` for each item of a list.
  void for_each_item(const YAML::Node& node, const std::function<void(const YAML::Node&)>& read);

  /// A text that is not empty.
  std::string text(const YAML::Node& node);
  /// {en: …, ja: …}, both there, each on one line: the line ends of a rule's own prose are folded
  /// here, so that one in a value that is filled in later stays what it is.
  model::Text both(const YAML::Node& node);
  /// A number, or else a text; what is quoted is a text.
  model::OwnedValue scalar(const YAML::Node& node);
  /// A table of facts by its name; nullptr, and a problem, when there is none.
  const model::TableInfo* table(const YAML::Node& node);
  /// A cell of a column: absent for null; a problem when the text does not fit the type.
  model::OwnedValue cell(const YAML::Node& node, const model::ColumnInfo& column);

  /// One of a few names.
  template <class T>
  void named(const YAML::Node& node, std::optional<T> (*parse)(std::string_view),
             std::string_view names, T& out) {
    const std::string name = text(node);
    if (const auto parsed = parse(name)) {
      out = *parsed;
    } else {
      problem(node, fmt::format("'{}' is none of: {}", name, names));
    }
  }

 private:
  Problems& problems_;
};

}  // namespace genba::judge
