// SPDX-License-Identifier: Apache-2.0
#include "store/database.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/split.h"
#include "base/text.h"
#include "fmt/format.h"
#include "model/packed_store.h"
#include "store/authorizer.h"
#include "store/functions.h"
#include "store/sqlite.h"
#include "store/tables.h"
#include "store/virtual_table.h"

namespace genba::store {

namespace {

using base::ErrorCode;
using base::fail;
using model::TableInfo;
using model::TableSize;
using model::Value;
using Clock = std::chrono::steady_clock;

// Steps of SQLite's machine between two looks at the clock: well below a millisecond.
constexpr int kStepsBetweenLooks = 1'000;

int has_passed(void* deadline) {
  return Clock::now() >= *static_cast<const Clock::time_point*>(deadline) ? 1 : 0;
}

Result<void> late() {
  return fail(ErrorCode::kTimedOut, "the query was stopped at its deadline");
}

class SqliteStatement final : public Statement {
 public:
  SqliteStatement(StatementHandle statement, std::set<ColumnUse> uses,
                  const Clock::time_point& deadline)
      : statement_(std::move(statement)), uses_(std::move(uses)), deadline_(deadline) {
    const int count = sqlite3_column_count(statement_.get());
    for (int i = 0; i < count; ++i) {
      const char* name = sqlite3_column_name(statement_.get(), i);
      columns_.push_back({name == nullptr ? "" : name,
                          column_type_of(sqlite3_column_decltype(statement_.get(), i))});
    }
    cells_.resize(columns_.size());
    respelled_.resize(columns_.size());
  }

  const std::vector<ResultColumn>& columns() const override { return columns_; }
  const std::set<ColumnUse>& uses() const override { return uses_; }

  Result<void> run(std::span<const Parameter> parameters,
                   const std::function<bool(std::span<const Value>)>& row) override {
    if (auto bound = bind(parameters); !bound) {
      return bound;
    }
    Result<void> result = step_all(row);
    sqlite3_reset(statement_.get());
    return result;
  }

 private:
  Result<void> bind(std::span<const Parameter> parameters);
  Result<void> step_all(const std::function<bool(std::span<const Value>)>& row);
  Value cell(int column);

  StatementHandle statement_;
  std::set<ColumnUse> uses_;
  const Clock::time_point& deadline_;
  std::vector<ResultColumn> columns_;
  std::vector<Value> cells_;
  std::vector<std::string> respelled_;
};

int bind_value(sqlite3_stmt* statement, int position, const model::OwnedValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return sqlite3_bind_text64(statement, position, text->data(), text->size(), SQLITE_TRANSIENT,
                               SQLITE_UTF8);
  }
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return sqlite3_bind_int64(statement, position, *number);
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return sqlite3_bind_double(statement, position, *real);
  }
  return sqlite3_bind_null(statement, position);
}

Result<void> SqliteStatement::bind(std::span<const Parameter> parameters) {
  const int count = sqlite3_bind_parameter_count(statement_.get());
  for (int i = 1; i <= count; ++i) {
    const char* spelled = sqlite3_bind_parameter_name(statement_.get(), i);
    const std::string_view name = spelled == nullptr ? std::string_view("?") : spelled;
    const auto found = std::find_if(
        parameters.begin(), parameters.end(),
        [name](const Parameter& parameter) { return name.substr(1) == parameter.name; });
    if (found == parameters.end()) {
      return fail(ErrorCode::kInvalid,
                  fmt::format("the query has no value for {}", base::escape_for_terminal(name)));
    }
    if (bind_value(statement_.get(), i, found->value) != SQLITE_OK) {
      return fail(sqlite_error(sqlite3_db_handle(statement_.get()), "giving the query its values"));
    }
  }
  return {};
}

Value SqliteStatement::cell(int column) {
  sqlite3_stmt* statement = statement_.get();
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return int64_t{sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
    case SQLITE_TEXT:
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
      const auto size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
      const std::string_view text = bytes == nullptr ? "" : std::string_view(bytes, size);
      if (is_sql_text(text)) {
        return text;
      }
      // CAST and substr can cut a character in two.
      std::string& respelled = respelled_[static_cast<size_t>(column)];
      respelled = sql_text(text);
      return std::string_view(respelled);
    }
    default: return {};
  }
}

Result<void> SqliteStatement::step_all(const std::function<bool(std::span<const Value>)>& row) {
  int status = SQLITE_ROW;
  while ((status = sqlite3_step(statement_.get())) == SQLITE_ROW) {
    for (size_t i = 0; i < cells_.size(); ++i) {
      cells_[i] = cell(static_cast<int>(i));
    }
    if (!row(cells_)) {
      return {};
    }
    if (deadline_ != Clock::time_point::max() && Clock::now() >= deadline_) {
      return late();
    }
  }
  if (status == SQLITE_INTERRUPT) {
    return late();
  }
  if (status != SQLITE_DONE) {
    return fail(sqlite_error(sqlite3_db_handle(statement_.get()), "running the query"));
  }
  return {};
}

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(SqliteHandle handle, const model::Facts& facts)
      : facts_(facts), handle_(std::move(handle)) {}

  Result<void> fill();
  Result<std::unique_ptr<Statement>> prepare(std::string_view sql) override;
  void set_deadline(Clock::time_point deadline) override { deadline_ = deadline; }
  Result<std::string> serialize() override;

 private:
  base::Error refusal(int status);

  const model::Facts& facts_;
  Authorizer authorizer_;
  Clock::time_point deadline_ = Clock::time_point::max();
  SqliteHandle handle_;  // last: closed before what it points to
};

Result<void> SqliteDatabase::fill() {
  sqlite3* handle = handle_.get();
  if (auto added = add_functions(handle); !added) {
    return added;
  }
  if (auto begun = execute(handle, "BEGIN"); !begun) {
    return begun;
  }
  for (const TableInfo* table : model::all_tables()) {
    const model::RowStore* rows = facts_.find(*table);
    const bool large = table->size == TableSize::kLarge;
    auto added =
        large ? add_virtual_table(handle, *table, static_cast<const model::PackedStore*>(rows))
              : add_table(handle, *table, rows);
    if (added && !large) {
      added = index_table(handle, *table, rows);
    }
    if (!added) {
      return added;
    }
  }
  // The sizes of the tables, from which the planner learns which of two to loop over.
  if (auto done = execute(handle, "COMMIT; PRAGMA analysis_limit = 200; ANALYZE"); !done) {
    return done;
  }
  // SQLite connects a virtual table at its first use; under the authorizer it could not any more.
  for (const TableInfo* table : model::all_tables()) {
    if (auto met = compile(handle, "SELECT 1 FROM \"" + std::string(table->name) + "\""); !met) {
      return fail(met.error());
    }
  }
  authorizer_.watch(handle);
  sqlite3_progress_handler(handle, kStepsBetweenLooks, has_passed, &deadline_);
  return {};
}

base::Error SqliteDatabase::refusal(int status) {
  const std::string refused = authorizer_.take_refused();
  if (status == SQLITE_AUTH || !refused.empty()) {
    return {ErrorCode::kInvalid, 0,
            fmt::format("only SELECT and pure functions are permitted; refused: {}",
                        base::escape_for_terminal(refused))};
  }
  return sqlite_error(handle_.get(), "the query does not compile");
}

Result<std::unique_ptr<Statement>> SqliteDatabase::prepare(std::string_view sql) {
  if (sql.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::kInvalid, "the query holds a NUL byte");
  }
  if (sql.size() > static_cast<size_t>(sqlite3_limit(handle_.get(), SQLITE_LIMIT_SQL_LENGTH, -1))) {
    return fail(ErrorCode::kInvalid, "the query is longer than 1 MiB");
  }
  authorizer_.take_uses();
  authorizer_.take_refused();
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int status =
      sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &raw, &tail);
  StatementHandle statement(raw);
  if (status != SQLITE_OK) {
    return fail(refusal(status));
  }
  std::set<ColumnUse> uses = authorizer_.take_uses();
  if (raw == nullptr) {
    return fail(ErrorCode::kInvalid, "the query is empty");
  }
  // VACUUM and REINDEX are not put before the authorizer.
  if (sqlite3_stmt_readonly(raw) == 0 || sqlite3_column_count(raw) == 0) {
    return fail(ErrorCode::kInvalid, "only SELECT is permitted");
  }
  const std::string_view rest = sql.substr(static_cast<size_t>(tail - sql.data()));
  if (!base::trim(rest).empty()) {
    // A comment behind the statement is fine; another statement is not.
    sqlite3_stmt* second = nullptr;
    const int more = sqlite3_prepare_v2(handle_.get(), rest.data(), static_cast<int>(rest.size()),
                                        &second, nullptr);
    const StatementHandle unwanted(second);
    if (more != SQLITE_OK || second != nullptr) {
      return fail(ErrorCode::kInvalid, "one statement only: something follows the first one");
    }
  }
  return std::make_unique<SqliteStatement>(std::move(statement), std::move(uses), deadline_);
}

Result<std::string> SqliteDatabase::serialize() {
  auto file = open_sqlite();
  if (!file) {
    return fail(std::move(file).error());
  }
  sqlite3* handle = file->get();
  auto done = execute(handle, "BEGIN");
  for (const TableInfo* table : model::all_tables()) {
    if (done) {
      done = add_table(handle, *table, facts_.find(*table));
    }
  }
  if (done) {
    done = execute(handle, "COMMIT");
  }
  if (!done) {
    return fail(done.error());
  }
  sqlite3_int64 size = 0;
  unsigned char* bytes = sqlite3_serialize(handle, "main", &size, 0);
  if (bytes == nullptr) {
    return fail(ErrorCode::kIo, "writing facts as an SQLite file: out of memory");
  }
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  sqlite3_free(bytes);
  return out;
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const model::Facts& facts) {
  auto handle = open_sqlite();
  if (!handle) {
    return fail(std::move(handle).error());
  }
  auto database = std::make_unique<SqliteDatabase>(*std::move(handle), facts);
  if (auto filled = database->fill(); !filled) {
    return fail(filled.error());
  }
  return database;
}

Result<std::set<ColumnUse>> uses_of(std::string_view sql) {
  const model::Facts nothing;
  GENBA_TRY(const auto database, Database::open(nothing));
  GENBA_TRY(const auto statement, database->prepare(sql));
  return statement->uses();
}

}  // namespace genba::store
