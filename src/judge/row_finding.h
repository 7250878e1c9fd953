// SPDX-License-Identifier: Apache-2.0
//
// Makes a finding of one row of a rule's query: subjects, words, evidence and times.
// Covered by judge_test.cc.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "judge/rule.h"
#include "model/finding.h"
#include "model/value.h"
#include "store/database.h"

namespace genba::judge {

/// Knows a rule and its query's columns, so that each row costs only its own work.
class RowFinder {
 public:
  /// `tables` are those that the query reads; `now` is the host's clock, where it is known, and
  /// ends what counts as a plausible time. The rule must outlive it.
  RowFinder(const Rule& rule, const std::vector<store::ResultColumn>& columns,
            const std::set<std::string>& tables, std::optional<base::Timestamp> now);

  /// The row's cells with their names and types.
  std::vector<model::Field> fields_of(std::span<const model::Value> row) const;
  /// What the row is about; the host when no subject is left.
  std::vector<model::Subject> subjects_of(const std::vector<model::Field>& fields) const;
  /// The finding, with its id.
  model::Finding finding_of(std::vector<model::Field> fields,
                            std::vector<model::Subject> subjects) const;

 private:
  void set_times(const std::vector<model::Field>& fields, model::Finding& finding) const;
  bool is_plausible(const model::Field& field) const;

  const Rule& rule_;
  const std::vector<store::ResultColumn>& columns_;
  std::string evidence_table_;
  base::Timestamp latest_;
};

/// Takes a second row about the same things into a finding.
void merge_into(model::Finding& finding, model::Finding other);

}  // namespace genba::judge
