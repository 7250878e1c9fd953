// SPDX-License-Identifier: Apache-2.0
//
// See case_runner.h.
#include "judge/case_runner.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"
#include "fmt/format.h"
#include "judge/apply_rule.h"
#include "judge/words.h"
#include "model/facts.h"
#include "model/tables/host_info.h"
#include "store/database.h"

namespace genba::judge {
namespace {

using model::Field;
using model::Finding;

bool is_unread(const RuleCase& test, const model::TableInfo* table) {
  return std::find(test.unread.begin(), test.unread.end(), table) != test.unread.end() ||
         (test.host == CaseHost::kTree && table->scope == model::TableScope::kLiveOnly);
}

/// The facts of the case; a problem in words when a row does not fit.
std::string fill_facts(const RuleCase& test, model::Facts& facts) {
  for (const model::TableInfo* table : model::all_tables()) {
    if (!is_unread(test, table)) {
      facts.open(*table);
    }
  }
  for (const CaseTable& given : test.given) {
    model::RowStore& rows = facts.open(*given.table);
    for (const std::vector<model::OwnedValue>& row : given.rows) {
      std::vector<model::Value> cells;
      for (const model::OwnedValue& cell : row) {
        cells.push_back(model::borrow(cell));
      }
      if (!rows.append_cells(cells)) {
        return fmt::format("a row of '{}' does not fit its table", given.table->name);
      }
    }
  }
  auto& hosts = facts.rows<model::HostInfo>();
  if (test.host == CaseHost::kTree && hosts.empty()) {
    hosts.emplace_back();
  }
  return {};
}

std::string describe(const Field& field) {
  if (std::holds_alternative<std::monostate>(field.value)) {
    return fmt::format("{}: null", field.key);
  }
  return fmt::format("{}: {}", field.key, cell_text(field));
}

std::string describe(const Finding& finding) {
  std::string out =
      fmt::format("{{severity: {}, confidence: {}", model::to_string(finding.severity),
                  model::to_string(finding.confidence));
  for (const Field& field : finding.evidence.front().row) {
    out += ", " + describe(field);
  }
  return out + "}";
}

std::string describe(const std::vector<ExpectedCell>& expected) {
  std::string out;
  for (const ExpectedCell& cell : expected) {
    out +=
        fmt::format("{}{}: {}", out.empty() ? "" : ", ", cell.column, cell.text.value_or("null"));
  }
  return "{" + out + "}";
}

bool same_value(const Field& actual, const std::optional<std::string>& expected) {
  if (std::holds_alternative<std::monostate>(actual.value) || !expected) {
    return std::holds_alternative<std::monostate>(actual.value) && !expected;
  }
  if (const auto* number = std::get_if<int64_t>(&actual.value)) {
    if (const auto time = base::parse_rfc3339(*expected)) {
      return time->nanoseconds == *number;
    }
    if (*expected == "true" || *expected == "false") {
      return *number == (*expected == "true" ? 1 : 0);
    }
    return fmt::format("{}", *number) == *expected;
  }
  if (const auto* real = std::get_if<double>(&actual.value)) {
    return fmt::format("{}", *real) == *expected || cell_text(actual) == *expected;
  }
  return cell_text(actual) == *expected;
}

bool fits(const Finding& finding, const model::Evidence& evidence,
          const std::vector<ExpectedCell>& expected) {
  return std::all_of(expected.begin(), expected.end(), [&](const ExpectedCell& cell) {
    if (cell.column == "severity") {
      return cell.text == std::string(model::to_string(finding.severity));
    }
    if (cell.column == "confidence") {
      return cell.text == std::string(model::to_string(finding.confidence));
    }
    if (cell.column == "view") {
      return cell.text.value_or("") == evidence.view;
    }
    const auto field = std::find_if(evidence.row.begin(), evidence.row.end(),
                                    [&](const Field& known) { return known.key == cell.column; });
    return field != evidence.row.end() && same_value(*field, cell.text);
  });
}

bool fits(const Finding& finding, const std::vector<ExpectedCell>& expected) {
  return std::any_of(
      finding.evidence.begin(), finding.evidence.end(),
      [&](const model::Evidence& evidence) { return fits(finding, evidence, expected); });
}

std::string compare(const std::vector<Finding>& findings,
                    const std::vector<std::vector<ExpectedCell>>& expected) {
  std::string differences;
  std::vector<const Finding*> left;
  for (const Finding& finding : findings) {
    left.push_back(&finding);
  }
  for (const std::vector<ExpectedCell>& row : expected) {
    const auto found = std::find_if(left.begin(), left.end(),
                                    [&](const Finding* finding) { return fits(*finding, row); });
    if (found == left.end()) {
      differences += fmt::format("  expected, not found: {}\n", describe(row));
    } else {
      left.erase(found);
    }
  }
  for (const Finding* finding : left) {
    differences += fmt::format("  found, not expected: {}\n", describe(*finding));
  }
  return differences;
}

}  // namespace

std::string run_case(const Rule& rule, const RuleCase& test) {
  model::Facts facts;
  if (std::string problem = fill_facts(test, facts); !problem.empty()) {
    return "  " + problem + "\n";
  }
  auto database = store::Database::open(facts);
  if (!database) {
    return fmt::format("  {}\n", database.error().what);
  }
  const auto outcome = apply_rule(rule, **database, facts, RuleLimits{});
  if (!outcome) {
    return fmt::format("  {}\n", outcome.error().what);
  }
  if (outcome->not_judged) {
    const model::NotJudged& reason = *outcome->not_judged;
    if (test.outcome == CaseOutcome::kNotJudged && !reason.table.empty()) {
      return {};
    }
    return fmt::format(
        "  expected a judgement, but the rule was not judged: {} {}; give the table, or "
        "name it under optional when an empty one can only quieten the rule\n",
        reason.table, reason.reason);
  }
  if (test.outcome == CaseOutcome::kNotJudged) {
    return "  expected not_judged, but the rule was judged: none of its tables was unread\n";
  }
  return compare(outcome->findings, test.expect);
}

}  // namespace genba::judge
