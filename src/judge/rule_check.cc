// SPDX-License-Identifier: Apache-2.0
//
// check_rule of rule_yaml.h: what a rule says of its own query must be true of it, since a binding
// to a column that is not there would only show on the night that the rule fires.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "judge/problems.h"
#include "judge/rule_yaml.h"
#include "judge/sql_scan.h"
#include "judge/words.h"

namespace genba::judge {
namespace {

class RuleCheck {
 public:
  RuleCheck(const RuleFile& file, Problems& problems) : file_(file), problems_(problems) {}

  void check(store::Database& database) {
    const auto statement = database.prepare(file_.rule.query);
    if (!statement) {
      problem("query", statement.error().what);
      return;
    }
    for (const store::ResultColumn& column : (*statement)->columns()) {
      if (!columns_.insert(column.name).second) {
        problem("query", fmt::format("two columns are named '{}'; name one with AS", column.name));
      }
    }
    for (const store::ColumnUse& use : (*statement)->uses()) {
      tables_.insert(use.first);
    }
    check_values();
    check_subjects();
    check_texts();
    check_optional();
    check_cases();
  }

 private:
  void problem(std::string_view key, std::string_view words) {
    const auto line = file_.lines.find(key);
    problems_.add(line == file_.lines.end() ? 1 : line->second, words);
  }

  std::string column_names() const {
    std::string names;
    for (const std::string& column : columns_) {
      names += " " + column;
    }
    return names;
  }

  void check_values() {
    const std::set<std::string> used = parameters_in(file_.rule.query);
    std::set<std::string> named;
    for (const RuleValue& value : file_.rule.values) {
      named.insert(value.name);
      if (used.count(value.name) == 0) {
        problem("values", fmt::format("value '{}' is not used; write :{} in the query or remove it",
                                      value.name, value.name));
      }
    }
    for (const std::string& name : used) {
      if (named.count(name) == 0) {
        problem("query",
                fmt::format("the query uses :{}, which has no value; add it under values", name));
      }
    }
    values_ = std::move(named);
  }

  void check_subjects() {
    for (const SubjectTemplate& subject : file_.rule.subjects) {
      for (const SubjectBinding& binding : subject.bindings) {
        if (columns_.count(binding.column) == 0) {
          problem("subjects", fmt::format("the query has no column '{}'; it has{}", binding.column,
                                          column_names()));
        }
      }
    }
  }

  void check_text(std::string_view key, std::string_view text) {
    const auto names = placeholders_of(text);
    if (!names) {
      problem(key, names.error().what);
      return;
    }
    for (const std::string& name : *names) {
      if (columns_.count(name) == 0 && values_.count(name) == 0) {
        problem(key,
                fmt::format("{{{}}} is no column of the query; it has{}", name, column_names()));
      }
    }
  }

  void check_texts() {
    const Rule& rule = file_.rule;
    check_text("title", rule.title.en);
    check_text("title", rule.title.ja);
    check_text("says", rule.says.en);
    check_text("says", rule.says.ja);
    check_text("why", rule.why.en);
    check_text("why", rule.why.ja);
    check_text("benign", rule.benign.en);
    check_text("benign", rule.benign.ja);
    for (const std::string& command : rule.next) {
      check_text("next", command);
      if (const auto words = split_command(command); !words) {
        problem("next", words.error().what);
      }
    }
  }

  void check_optional() {
    for (const std::string& table : file_.rule.optional) {
      if (tables_.count(table) == 0) {
        problem("optional", fmt::format("the query does not read '{}'; remove it here", table));
      }
    }
  }

  void check_cases() {
    for (const RuleCase& test : file_.cases) {
      for (const model::TableInfo* table : test.unread) {
        if (tables_.count(std::string(table->name)) == 0) {
          problems_.add(test.line,
                        fmt::format("case '{}' leaves '{}' unread, but the query does not "
                                    "read it",
                                    test.name, table->name));
        }
      }
      for (const CaseTable& given : test.given) {
        if (tables_.count(std::string(given.table->name)) == 0) {
          problems_.add(test.line,
                        fmt::format("case '{}' gives '{}', but the query does not read it",
                                    test.name, given.table->name));
        }
      }
      check_expectations(test);
    }
  }

  void check_expectations(const RuleCase& test) {
    for (const std::vector<ExpectedCell>& row : test.expect) {
      for (const ExpectedCell& cell : row) {
        if (columns_.count(cell.column) == 0 && cell.column != "severity" &&
            cell.column != "confidence") {
          problems_.add(test.line,
                        fmt::format("case '{}' expects column '{}', which the query does "
                                    "not have; it has{}",
                                    test.name, cell.column, column_names()));
        }
      }
    }
  }

  const RuleFile& file_;
  Problems& problems_;
  std::set<std::string> columns_;
  std::set<std::string> tables_;
  std::set<std::string> values_;
};

}  // namespace

base::Result<void> check_rule(const RuleFile& file, store::Database& database) {
  Problems problems(file.origin);
  RuleCheck(file, problems).check(database);
  if (!problems.empty()) {
    return base::fail(problems.error());
  }
  return {};
}

}  // namespace genba::judge
