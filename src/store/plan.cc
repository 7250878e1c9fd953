// SPDX-License-Identifier: Apache-2.0
#include "store/plan.h"

#include <algorithm>
#include <limits>

#include "store/sqlite.h"

namespace genba::store {

namespace {

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

// Column numbers travel as one printable character.
constexpr char kFirstColumn = '0';
constexpr size_t kMostColumns = 64;

bool is_whole(model::ColumnType type) {
  return type == model::ColumnType::kInteger || type == model::ColumnType::kTimestamp ||
         type == model::ColumnType::kBoolean;
}

bool is_indexed(const model::TableInfo& info, size_t column) {
  return std::find(info.indexed.begin(), info.indexed.end(), info.columns[column].name) !=
         info.indexed.end();
}

std::optional<Operator> operator_of(unsigned char op, model::ColumnType type) {
  const bool text = type == model::ColumnType::kText;
  switch (op) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
      return text || is_whole(type) ? std::optional(Operator::kEqual) : std::nullopt;
    case SQLITE_INDEX_CONSTRAINT_LT:
    case SQLITE_INDEX_CONSTRAINT_LE:
      return is_whole(type) ? std::optional(Operator::kBelow) : std::nullopt;
    case SQLITE_INDEX_CONSTRAINT_GT:
    case SQLITE_INDEX_CONSTRAINT_GE:
      return is_whole(type) ? std::optional(Operator::kAbove) : std::nullopt;
    case SQLITE_INDEX_CONSTRAINT_GLOB:
      return text ? std::optional(Operator::kPrefix) : std::nullopt;
    case SQLITE_INDEX_CONSTRAINT_LIKE:
      return text ? std::optional(Operator::kPrefixAnyCase) : std::nullopt;
    default: return std::nullopt;
  }
}

char fold(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool starts_with_any_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [](char a, char b) { return fold(a) == fold(b); });
}

std::string_view value_text(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text == nullptr) {
    return {};
  }
  return {text, static_cast<size_t>(sqlite3_value_bytes(value))};
}

}  // namespace

int plan_scan(const model::TableInfo& info, size_t rows, sqlite3_index_info* index) {
  const double count = std::max(1.0, static_cast<double>(rows));
  double cost = count;
  double left = count;
  std::string plan;
  int arguments = 0;
  for (int i = 0; i < index->nConstraint; ++i) {
    const auto& constraint = index->aConstraint[i];
    if (constraint.usable == 0 || constraint.iColumn < 0 ||
        static_cast<size_t>(constraint.iColumn) >= kMostColumns) {
      continue;
    }
    const auto column = static_cast<size_t>(constraint.iColumn);
    const auto op = operator_of(constraint.op, info.columns[column].type);
    if (!op || (*op == Operator::kEqual &&
                std::string_view(sqlite3_vtab_collation(index, i)) != "BINARY")) {
      continue;
    }
    plan += static_cast<char>(*op);
    plan += static_cast<char>(kFirstColumn + static_cast<char>(column));
    index->aConstraintUsage[i].argvIndex = ++arguments;
    if (*op == Operator::kEqual) {
      left /= is_indexed(info, column) ? 2000 : 10;
      cost = std::min(cost, is_indexed(info, column) ? 20 + left : count * 0.3);
    } else {
      left /= 4;
      cost = std::min(cost, is_indexed(info, column) && is_whole(info.columns[column].type)
                                ? 20 + count / 4
                                : count * 0.5);
    }
  }
  index->estimatedCost = cost;
  index->estimatedRows = static_cast<sqlite3_int64>(std::max(1.0, left));
  index->idxStr = sqlite3_mprintf("%s", plan.c_str());
  index->needToFreeIdxStr = 1;
  return index->idxStr == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}

std::vector<Term> parse_plan(const char* plan) {
  std::vector<Term> terms;
  for (const char* at = plan; at != nullptr && *at != '\0'; at += 2) {
    terms.push_back({static_cast<size_t>(at[1] - kFirstColumn), static_cast<Operator>(at[0])});
  }
  return terms;
}

Test::Test(const model::TableInfo& info, Term term, sqlite3_value* value)
    : term_(term), low_(kLowest), high_(kHighest) {
  const int type = sqlite3_value_type(value);
  if (type == SQLITE_NULL) {
    kind_ = Kind::kNever;
    return;
  }
  if (info.columns[term.column].type != model::ColumnType::kText) {
    if (type == SQLITE_INTEGER) {
      set_number(sqlite3_value_int64(value));
    }
    return;
  }
  if (type != SQLITE_TEXT) {
    return;
  }
  if (term.op == Operator::kEqual) {
    kind_ = Kind::kText;
    text_ = value_text(value);
    escaped_ = text_.find("\\x") != std::string::npos;
  } else {
    set_prefix(value_text(value));
  }
}

void Test::set_number(int64_t number) {
  kind_ = Kind::kRange;
  if (term_.op != Operator::kBelow) {
    low_ = number;
  }
  if (term_.op != Operator::kAbove) {
    high_ = number;
  }
}

// A backslash ends the prefix: from there on the cell may be the escaped spelling of other bytes.
// For LIKE any byte beyond ASCII ends it too; SQLite's own comparison may fold more than ours.
void Test::set_prefix(std::string_view pattern) {
  const bool any_case = term_.op == Operator::kPrefixAnyCase;
  const size_t end = pattern.find_first_of(any_case ? "%_\\" : "*?[\\");
  std::string_view prefix = pattern.substr(0, end);
  const auto beyond_ascii = std::find_if(prefix.begin(), prefix.end(),
                                         [](char c) { return (c & 0x80) != 0 || c == '\0'; });
  prefix = prefix.substr(0, static_cast<size_t>(beyond_ascii - prefix.begin()));
  if (!prefix.empty()) {
    kind_ = Kind::kPrefix;
    text_ = prefix;
  }
}

bool Test::passes(const model::Value& cell) const {
  if (kind_ == Kind::kAlways) {
    return true;
  }
  if (kind_ == Kind::kNever || std::holds_alternative<std::monostate>(cell)) {
    return false;
  }
  if (kind_ == Kind::kRange) {
    const int64_t number = std::get<int64_t>(cell);
    return number >= low_ && number <= high_;
  }
  const auto text = std::get<std::string_view>(cell);
  if (kind_ == Kind::kText) {
    return text == text_ || (escaped_ && !is_sql_text(text) && sql_text(text) == text_);
  }
  return term_.op == Operator::kPrefix ? text.starts_with(text_)
                                       : starts_with_any_case(text, text_);
}

}  // namespace genba::store
