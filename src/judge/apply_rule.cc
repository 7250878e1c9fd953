// SPDX-License-Identifier: Apache-2.0
//
// See apply_rule.h.
#include "judge/apply_rule.h"

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "fmt/format.h"
#include "judge/row_finding.h"
#include "model/tables/host_info.h"

namespace genba::judge {
namespace {

/// Findings past the limit are counted by their ids, up to here; beyond it the number says so.
constexpr size_t kMaxCounted = 1'000'000;

model::NotJudged not_judged(const Rule& rule, std::string_view table, std::string_view reason) {
  return {rule.id, rule.area, rule.title, std::string(table), std::string(reason)};
}

/// The first table that the rule needs and that was not read; on a tree, one that it cannot have.
std::optional<model::NotJudged> find_unread(const Rule& rule, const std::set<std::string>& tables,
                                            const model::Facts& facts) {
  std::optional<model::NotJudged> unread;
  const bool tree = is_tree(facts);
  for (const std::string& name : tables) {
    const model::TableInfo* table = model::find_table(name);
    if (table == nullptr || facts.has(*table) ||
        std::find(rule.optional.begin(), rule.optional.end(), name) != rule.optional.end()) {
      continue;
    }
    if (tree && table->scope == model::TableScope::kLiveOnly) {
      return not_judged(rule, name, "not_applicable");
    }
    if (!unread) {
      unread = not_judged(rule, name, "not_read");
    }
  }
  return unread;
}

/// Collects findings, at most so many; the rest are only counted.
class Collected {
 public:
  Collected(const RowFinder& finder, const Rule& rule, size_t max)
      : finder_(finder), rule_(rule), max_(max) {}

  void add(std::span<const model::Value> row) {
    std::vector<model::Field> fields = finder_.fields_of(row);
    std::vector<model::Subject> subjects = finder_.subjects_of(fields);
    const std::string id = model::finding_id(rule_.id, subjects);
    const auto known = places_.find(id);
    if (known != places_.end()) {
      merge_into(findings_[known->second],
                 finder_.finding_of(std::move(fields), std::move(subjects)));
    } else if (findings_.size() < max_) {
      places_.emplace(id, findings_.size());
      findings_.push_back(finder_.finding_of(std::move(fields), std::move(subjects)));
    } else if (more_.size() < kMaxCounted) {
      more_.insert(id);
    }
  }

  std::vector<model::Finding> take() {
    if (!more_.empty() && !findings_.empty()) {
      model::Text& says = findings_.back().says;
      says.en += fmt::format(" {} more findings of this rule are not listed.", more_.size());
      says.ja += fmt::format(" ほかに同じルールの所見が{}件ありますが、一覧では省略しています。",
                             more_.size());
    }
    return std::move(findings_);
  }

 private:
  const RowFinder& finder_;
  const Rule& rule_;
  size_t max_;
  std::vector<model::Finding> findings_;
  std::unordered_map<std::string, size_t> places_;
  std::unordered_set<std::string> more_;
};

std::optional<base::Timestamp> clock_of(const model::Facts& facts) {
  const auto& hosts = facts.read<model::HostInfo>();
  return hosts.empty() ? std::nullopt : hosts.front().clock_realtime;
}

}  // namespace

bool is_tree(const model::Facts& facts) {
  const auto& hosts = facts.read<model::HostInfo>();
  return !hosts.empty() && !hosts.front().kernel_release;
}

base::Result<RuleOutcome> apply_rule(const Rule& rule, store::Database& database,
                                     const model::Facts& facts, const RuleLimits& limits) {
  auto statement = database.prepare(rule.query);
  if (!statement) {
    return base::fail(base::ErrorCode::kInvalid,
                      fmt::format("rule '{}': {}", rule.id, statement.error().what));
  }
  std::set<std::string> tables;
  for (const store::ColumnUse& use : (*statement)->uses()) {
    tables.insert(use.first);
  }
  RuleOutcome outcome;
  outcome.not_judged = find_unread(rule, tables, facts);
  if (outcome.not_judged) {
    return outcome;
  }

  std::vector<store::Parameter> parameters;
  for (const RuleValue& value : rule.values) {
    parameters.push_back({value.name, value.value});
  }
  const RowFinder finder(rule, (*statement)->columns(), tables, clock_of(facts));
  Collected collected(finder, rule, limits.max_findings);
  const auto deadline = std::chrono::steady_clock::now() + limits.time;
  database.set_deadline(deadline);
  bool late = false;
  const auto ran = (*statement)->run(parameters, [&](std::span<const model::Value> row) {
    collected.add(row);
    late = std::chrono::steady_clock::now() > deadline;
    return !late;
  });
  database.set_deadline(std::chrono::steady_clock::time_point::max());
  outcome.findings = collected.take();
  if (late || (!ran && ran.error().code == base::ErrorCode::kTimedOut)) {
    outcome.not_judged = not_judged(rule, "", "too slow");
  } else if (!ran) {
    outcome.not_judged = not_judged(rule, "", "failed: " + ran.error().what);
  }
  return outcome;
}

}  // namespace genba::judge
