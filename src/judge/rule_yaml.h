// SPDX-License-Identifier: Apache-2.0
//
// Reads one rule file (docs/architecture.md, Rules) into a Rule and its test cases, and checks
// everything that can be checked without SQL; check_rule then compiles the query against an empty
// database and checks the rest. Strict on purpose: a key with a typing error would silently weaken
// a detection. yaml-cpp's exceptions end here. Rule files are the responder's own, yet capped.
// Covered by rule_yaml_test.cc and the meta tests over rules/.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "judge/rule.h"
#include "model/table.h"
#include "store/database.h"

namespace genba::judge {

/// The rows that a case gives to one table; each has one cell a column, in order.
struct CaseTable {
  const model::TableInfo* table = nullptr;
  std::vector<std::vector<model::OwnedValue>> rows;
};

/// One cell that a case expects, as written; nothing for an absent one.
struct ExpectedCell {
  std::string column;
  std::optional<std::string> text;
};

/// A live host, or a mounted tree, where tables that need a running kernel are not read.
enum class CaseHost : uint8_t { kLive, kTree };

/// What a case expects of its rule: findings (none is also an answer), or no judgement.
enum class CaseOutcome : uint8_t { kJudged, kNotJudged };

/// One test case of a rule. Tables that it does not mention are read and empty.
struct RuleCase {
  std::string name;
  int line = 0;
  CaseHost host = CaseHost::kLive;
  std::vector<CaseTable> given;
  std::vector<const model::TableInfo*> unread;
  CaseOutcome outcome = CaseOutcome::kJudged;
  std::vector<std::vector<ExpectedCell>> expect;  ///< one partial row for each finding, any order
};

/// A rule with what only its file knows.
struct RuleFile {
  std::string origin;  ///< the path, or "rule" when none was given
  Rule rule;
  std::vector<RuleCase> cases;
  std::map<std::string, int, std::less<>> lines;  ///< line of each key of the head
};

/// Parses a rule. With a path, the id must be the file's name and the area its folder's. All that
/// is wrong is told at once: kInvalid, one line for each problem, "path:line: what; what to do".
base::Result<RuleFile> parse_rule(std::string_view yaml, std::string_view path = {});

/// Compiles the query and checks what depends on its columns: subjects, placeholders, values,
/// optional and unread tables. `database` may be empty of rows. Errors as for parse_rule.
base::Result<void> check_rule(const RuleFile& file, store::Database& database);

/// Rules sorted by id; one of `more` replaces one of `rules` that has its id.
std::vector<Rule> merge_rules(std::span<const Rule> rules, std::vector<Rule> more);

}  // namespace genba::judge
