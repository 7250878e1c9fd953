// SPDX-License-Identifier: Apache-2.0
//
// Facts as SQL. An in-memory SQLite database whose small tables are ordinary ones and whose large
// tables are virtual ones over their packed columns. Only SELECT and pure functions are permitted:
// an authorizer refuses everything else, and also tells which tables and columns a statement
// reads. All tables exist, empty when they were not read, so that any query compiles. Text columns
// hold valid UTF-8 (base::to_valid_utf8, and NUL as "\x00"). functions.h lists what rules may call
// beyond SQLite's own pure functions. Covered by database_test.cc.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/facts.h"

namespace genba::store {

using base::Result;

/// A column of a result: its name and, when it comes straight from a table's column, that type.
struct ResultColumn {
  std::string name;
  model::ColumnType type = model::ColumnType::kText;
};

/// A table and column that a statement reads.
using ColumnUse = std::pair<std::string, std::string>;

/// A named value for a statement's `:name`.
struct Parameter {
  std::string name;
  model::OwnedValue value;
};

/// A compiled SELECT.
class Statement {
 public:
  virtual ~Statement() = default;
  virtual const std::vector<ResultColumn>& columns() const = 0;
  /// Tables and columns it reads; a bare count(*) reads the table's empty column name.
  virtual const std::set<ColumnUse>& uses() const = 0;
  /// Runs it, calling `row` with one cell a column (valid during the call) until it returns false.
  /// Every `:name` in it must be among the parameters (kInvalid); others among them are ignored.
  virtual Result<void> run(std::span<const Parameter> parameters,
                           const std::function<bool(std::span<const model::Value>)>& row) = 0;
};

/// One database over one set of facts. Not thread-safe. The facts must outlive it.
class Database {
 public:
  virtual ~Database() = default;
  /// Makes the database: inserts the small tables, exposes the large ones.
  static Result<std::unique_ptr<Database>> open(const model::Facts& facts);
  /// Compiles one SELECT. kInvalid, with SQLite's words, for anything else. The database must
  /// outlive the statement.
  virtual Result<std::unique_ptr<Statement>> prepare(std::string_view sql) = 0;
  /// From now on a statement that still runs at this time stops with kTimedOut, also between rows
  /// (sqlite3_progress_handler). time_point::max() takes the limit away again.
  virtual void set_deadline(std::chrono::steady_clock::time_point deadline) = 0;
  /// The bytes of an SQLite file with all tables, large ones as ordinary tables.
  virtual Result<std::string> serialize() = 0;
};

/// What a SELECT would read, without any facts: used to decide which collectors to run.
Result<std::set<ColumnUse>> uses_of(std::string_view sql);

}  // namespace genba::store
