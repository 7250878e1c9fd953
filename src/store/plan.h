// SPDX-License-Identifier: Apache-2.0
//
// What a scan of a large table is asked for: a few terms (`column operator value`), each tested on
// packed cells without going through SQLite. A plan is made by the planner's side (plan_scan),
// travels through SQLite as a string, and is given its values when the scan starts.
// Covered by virtual_table_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/packed_store.h"
#include "sqlite3.h"

namespace genba::store {

/// How a term compares its column with its value.
enum class Operator : char {
  kEqual = '=',
  kBelow = '<',          ///< below or equal
  kAbove = '>',          ///< above or equal
  kPrefix = '*',         ///< GLOB: the literal start of a pattern
  kPrefixAnyCase = '%',  ///< LIKE: the same, A to Z as a to z
};

struct Term {
  size_t column = 0;
  Operator op = Operator::kEqual;
};

/// Chooses terms among the planner's constraints and fills in its answer.
int plan_scan(const model::TableInfo& info, size_t rows, sqlite3_index_info* index);

/// The terms of a plan's string.
std::vector<Term> parse_plan(const char* plan);

/// A term with its value, ready to test cells.
class Test {
 public:
  enum class Kind : uint8_t {
    kText,  ///< equality
    kPrefix,
    kRange,   ///< integers from low to high; equality too
    kAlways,  ///< nothing can be said here; SQLite decides
    kNever,   ///< comparing with NULL is never true
  };

  Test(const model::TableInfo& info, Term term, sqlite3_value* value);

  Kind kind() const { return kind_; }
  size_t column() const { return term_.column; }
  const std::string& text() const { return text_; }
  int64_t low() const { return low_; }
  int64_t high() const { return high_; }
  bool passes(const model::Value& cell) const;

 private:
  void set_number(int64_t number);
  void set_prefix(std::string_view pattern);

  Term term_;
  Kind kind_ = Kind::kAlways;
  std::string text_;
  bool escaped_ = false;  ///< the text may be the escaped spelling of bytes that are not UTF-8
  int64_t low_;
  int64_t high_;
};

}  // namespace genba::store
