// SPDX-License-Identifier: Apache-2.0
#include "store/authorizer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "model/table.h"
#include "store/functions.h"

namespace genba::store {

namespace {

// Built-in functions of SQLite 3.40 whose answer depends on their arguments alone (date functions
// included: the connection's VFS has no clock), sorted. Left out on purpose: random, randomblob,
// load_extension, fts3_tokenizer, changes, total_changes, last_insert_rowid, sqlite_*, current_*.
constexpr std::string_view kPureFunctions[] = {"->",
                                               "->>",
                                               "abs",
                                               "acos",
                                               "acosh",
                                               "asin",
                                               "asinh",
                                               "atan",
                                               "atan2",
                                               "atanh",
                                               "avg",
                                               "ceil",
                                               "ceiling",
                                               "char",
                                               "coalesce",
                                               "cos",
                                               "cosh",
                                               "count",
                                               "cume_dist",
                                               "date",
                                               "datetime",
                                               "degrees",
                                               "dense_rank",
                                               "exp",
                                               "first_value",
                                               "floor",
                                               "format",
                                               "glob",
                                               "group_concat",
                                               "hex",
                                               "ifnull",
                                               "iif",
                                               "instr",
                                               "json",
                                               "json_array",
                                               "json_array_length",
                                               "json_extract",
                                               "json_group_array",
                                               "json_group_object",
                                               "json_insert",
                                               "json_object",
                                               "json_patch",
                                               "json_quote",
                                               "json_remove",
                                               "json_replace",
                                               "json_set",
                                               "json_type",
                                               "json_valid",
                                               "julianday",
                                               "lag",
                                               "last_value",
                                               "lead",
                                               "length",
                                               "like",
                                               "likelihood",
                                               "likely",
                                               "ln",
                                               "log",
                                               "log10",
                                               "log2",
                                               "lower",
                                               "ltrim",
                                               "max",
                                               "min",
                                               "mod",
                                               "nth_value",
                                               "ntile",
                                               "nullif",
                                               "percent_rank",
                                               "pi",
                                               "pow",
                                               "power",
                                               "printf",
                                               "quote",
                                               "radians",
                                               "rank",
                                               "replace",
                                               "round",
                                               "row_number",
                                               "rtrim",
                                               "sign",
                                               "sin",
                                               "sinh",
                                               "soundex",
                                               "sqrt",
                                               "strftime",
                                               "substr",
                                               "substring",
                                               "sum",
                                               "tan",
                                               "tanh",
                                               "time",
                                               "total",
                                               "trim",
                                               "trunc",
                                               "typeof",
                                               "unicode",
                                               "unixepoch",
                                               "unlikely",
                                               "upper",
                                               "zeroblob"};
static_assert(std::is_sorted(std::begin(kPureFunctions), std::end(kPureFunctions)));

constexpr std::string_view kOtherTables[] = {"json_each", "json_tree", "sqlite_master",
                                             "sqlite_schema"};

std::string_view view(const char* text) {
  return text == nullptr ? std::string_view() : std::string_view(text);
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

bool is_pure(std::string_view function) {
  return std::binary_search(std::begin(kPureFunctions), std::end(kPureFunctions), function) ||
         is_own_function(function);
}

}  // namespace

void Authorizer::watch(sqlite3* handle) {
  sqlite3_set_authorizer(handle, decide, this);
}

int Authorizer::refuse(std::string what) {
  refused_ = std::move(what);
  return SQLITE_DENY;
}

int Authorizer::read(std::string_view table, std::string_view column) {
  const std::string name = lower(table);
  const model::TableInfo* info = model::find_table(name);
  if (info != nullptr) {
    // A rowid, and the one read that stands for a bare count(*), have no column of ours.
    const std::string wanted = lower(column);
    uses_.emplace(name, info->column_index(wanted) < 0 ? std::string() : wanted);
    return SQLITE_OK;
  }
  // A read without a column also comes for the name of a common table expression.
  const bool known =
      std::find(std::begin(kOtherTables), std::end(kOtherTables), name) != std::end(kOtherTables);
  return known || column.empty() ? SQLITE_OK : refuse("table " + name);
}

int Authorizer::decide(void* self, int action, const char* first, const char* second, const char*,
                       const char*) {
  auto& authorizer = *static_cast<Authorizer*>(self);
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_READ: return authorizer.read(view(first), view(second));
    case SQLITE_FUNCTION: {
      const std::string function = lower(view(second));
      return is_pure(function) ? SQLITE_OK : authorizer.refuse("function " + function);
    }
    default: return authorizer.refuse("this statement");
  }
}

}  // namespace genba::store
