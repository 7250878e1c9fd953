// SPDX-License-Identifier: Apache-2.0
//
// See case_yaml.h.
#include "judge/case_yaml.h"

#include <algorithm>
#include <string>
#include <utility>

#include "fmt/format.h"

namespace genba::judge {
namespace {

std::vector<model::OwnedValue> read_row(const YAML::Node& node, const model::TableInfo& table,
                                        YamlReader& reader) {
  std::vector<model::OwnedValue> cells(table.columns.size());
  reader.for_each_key(node, [&](const std::string& key, const YAML::Node& value) {
    const int index = table.column_index(key);
    if (index < 0) {
      reader.problem(value, fmt::format("table '{}' has no column '{}'", table.name, key));
      return;
    }
    const auto column = static_cast<size_t>(index);
    cells[column] = reader.cell(value, table.columns[column]);
  });
  return cells;
}

void read_given(const YAML::Node& node, RuleCase& out, YamlReader& reader) {
  reader.for_each_key(node, [&](const std::string& name, const YAML::Node& rows) {
    const model::TableInfo* table = model::find_table(name);
    if (table == nullptr) {
      reader.problem(rows,
                     fmt::format("there is no table '{}'; src/model/tables/ declares them", name));
      return;
    }
    CaseTable given{table, {}};
    reader.for_each_item(
        rows, [&](const YAML::Node& row) { given.rows.push_back(read_row(row, *table, reader)); });
    out.given.push_back(std::move(given));
  });
}

void read_expect(const YAML::Node& node, RuleCase& out, YamlReader& reader) {
  if (node.IsScalar() && node.Scalar() == "not_judged") {
    out.outcome = CaseOutcome::kNotJudged;
    return;
  }
  if (node.IsScalar() && node.Scalar() == "nothing") {
    return;
  }
  if (!node.IsSequence()) {
    reader.problem(node,
                   "expect is a list of partial rows ([] or nothing for none), or not_judged");
    return;
  }
  reader.for_each_item(node, [&](const YAML::Node& row) {
    std::vector<ExpectedCell> cells;
    reader.for_each_key(row, [&](const std::string& key, const YAML::Node& value) {
      if (value.IsNull()) {
        cells.push_back({key, std::nullopt});
      } else if (value.IsScalar()) {
        cells.push_back({key, value.Scalar()});
      } else {
        reader.problem(value, "an expected cell is a text, a number or null");
      }
    });
    out.expect.push_back(std::move(cells));
  });
}

void read_host(const YAML::Node& node, RuleCase& out, YamlReader& reader) {
  const std::string kind = reader.text(node);
  if (kind == "tree") {
    out.host = CaseHost::kTree;
  } else if (kind != "live") {
    reader.problem(node, fmt::format("kind is live or tree, not '{}'", kind));
  }
}

/// Given and unread exclude each other, and a tree has no running kernel.
void check_tables(const YAML::Node& node, const RuleCase& read, YamlReader& reader) {
  for (const CaseTable& given : read.given) {
    if (std::find(read.unread.begin(), read.unread.end(), given.table) != read.unread.end()) {
      reader.problem(node, fmt::format("table '{}' is both given and unread", given.table->name));
    }
    if (read.host == CaseHost::kTree && given.table->scope == model::TableScope::kLiveOnly) {
      reader.problem(node, fmt::format("a tree has no table '{}': it needs a running kernel",
                                       given.table->name));
    }
  }
}

}  // namespace

std::optional<RuleCase> read_case(const YAML::Node& node, YamlReader& reader) {
  if (!node.IsMap()) {
    reader.problem(node, "a case is {name: …, given: {table: [rows]}, expect: [rows]}");
    return std::nullopt;
  }
  RuleCase out;
  out.line = line_of(node);
  bool expects = false;
  reader.for_each_key(node, [&](const std::string& key, const YAML::Node& value) {
    if (key == "name") {
      out.name = reader.text(value);
    } else if (key == "given") {
      read_given(value, out, reader);
    } else if (key == "kind") {
      read_host(value, out, reader);
    } else if (key == "expect") {
      expects = true;
      read_expect(value, out, reader);
    } else if (key == "unread") {
      reader.for_each_item(value, [&](const YAML::Node& item) {
        if (const model::TableInfo* table = reader.table(item)) {
          out.unread.push_back(table);
        }
      });
    } else {
      reader.problem(
          value, fmt::format("unknown key '{}'; a case has name kind given unread expect", key));
    }
  });
  if (out.name.empty() || !expects) {
    reader.problem(node, "a case needs a name and what it expects");
  }
  check_tables(node, out, reader);
  return out;
}

}  // namespace genba::judge
