// SPDX-License-Identifier: Apache-2.0
#include "parse/sqlite_rows/sqlite_database.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "base/text.h"
#include "parse/sqlite_rows/sqlite_rows.h"

namespace genba::parse {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr int kOpcodesPerCheck = 100;
// SQLite reads the whole schema, and 40,000 indexes of one table take it 13 s, 20,000 a quarter of
// that. This stops it after some thousand entries; wtmpdb and lastlog2 have two.
constexpr uint64_t kSchemaChecks = 500;

int check_budget(void* pointer) {
  auto& budget = *static_cast<SqliteBudget*>(pointer);
  int hits = 0;
  int misses = 0;
  int highest = 0;
  sqlite3_db_status(budget.handle, SQLITE_DBSTATUS_CACHE_HIT, &hits, &highest, 0);
  sqlite3_db_status(budget.handle, SQLITE_DBSTATUS_CACHE_MISS, &misses, &highest, 0);
  if (budget.checks == 0 || int64_t{hits} + misses > budget.pages) {
    budget.is_spent = true;
    return 1;
  }
  --budget.checks;
  return 0;
}

// Reads of the one table whose name is at `pointer`, and nothing else.
int authorize(void* pointer, int action, const char* table, const char*, const char* database,
              const char* trigger) {
  const auto& wanted = *static_cast<const std::string*>(pointer);
  if (action == SQLITE_SELECT) {
    return SQLITE_OK;
  }
  const bool is_it = action == SQLITE_READ && table != nullptr && database != nullptr &&
                     trigger == nullptr && sqlite3_stricmp(table, wanted.c_str()) == 0 &&
                     std::strcmp(database, "main") == 0;
  return is_it ? SQLITE_OK : SQLITE_DENY;
}

uint64_t load_be(std::string_view bytes, size_t at, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return value;
}

void harden(sqlite3* handle, SqliteSchema schema) {
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  if (schema == SqliteSchema::kLenient) {
    // It makes SQLite pass over entries that it cannot read. Writing stays impossible: the database
    // is read-only, and the defensive mode below forbids it too.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, nullptr);
    sqlite3_exec(handle, "PRAGMA writable_schema = ON", nullptr, nullptr, nullptr);
  }
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kMaxSqliteValue);
  sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, kMaxSqliteValue);
  // Column names are compared each with each.
  sqlite3_limit(handle, SQLITE_LIMIT_COLUMN, 200);
  sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, 50);
  sqlite3_limit(handle, SQLITE_LIMIT_COMPOUND_SELECT, 2);
  sqlite3_limit(handle, SQLITE_LIMIT_VDBE_OP, 10'000);
  sqlite3_limit(handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64);
  sqlite3_limit(handle, SQLITE_LIMIT_TRIGGER_DEPTH, 1);
  sqlite3_limit(handle, SQLITE_LIMIT_WORKER_THREADS, 0);
  sqlite3_exec(handle, "PRAGMA temp_store = MEMORY", nullptr, nullptr, nullptr);
}

}  // namespace

std::string_view acceptable_sqlite(std::string_view bytes, std::string& copy,
                                   std::vector<base::Note>& notes) {
  const uint64_t raw = load_be(bytes, 16, 2);
  const uint64_t page_size = raw == 1 ? 65536 : std::max<uint64_t>(raw, 512);
  const uint64_t pages = bytes.size() / page_size + (bytes.size() % page_size != 0 ? 1 : 0);
  const uint64_t said = load_be(bytes, 28, 4);
  const bool is_short = said > pages && load_be(bytes, 24, 4) == load_be(bytes, 92, 4);
  if (!is_short && bytes[18] != 2 && bytes[19] != 2) {
    return bytes;
  }
  copy = bytes;
  for (const size_t at : {size_t{18}, size_t{19}}) {
    copy[at] = copy[at] == 2 ? '\1' : copy[at];
  }
  if (is_short) {
    notes.push_back({"sqlite", bytes.size(), said * page_size - bytes.size(),
                     "the database is shorter than its header says"});
    for (size_t i = 0; i < 4; ++i) {
      copy[28 + i] = static_cast<char>(pages >> (24 - 8 * i));
    }
  }
  return copy;
}

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(std::string_view bytes,
                                                             SqliteSchema schema) {
  // Counting allocations takes a lock for each. As the store says; whoever starts SQLite first.
  static const bool kStarted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
  (void)kStarted;
  auto database = std::make_unique<SqliteDatabase>();
  sqlite3* raw = nullptr;
  const int status = sqlite3_open_v2(
      ":memory:", &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, nullptr);
  database->handle_.reset(raw);
  if (status != SQLITE_OK) {
    return fail(ErrorCode::kIo, "SQLite opens no database in memory");
  }
  harden(raw, schema);
  auto* const data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  if (sqlite3_deserialize(raw, "main", data, size, size, SQLITE_DESERIALIZE_READONLY) !=
      SQLITE_OK) {
    return fail(ErrorCode::kIo, "SQLite does not take the bytes");
  }
  SqliteBudget& budget = database->budget_;
  database->size_ = bytes.size();
  budget.handle = raw;
  budget.checks = kSchemaChecks;
  budget.pages = static_cast<int>(
      std::min<uint64_t>(200'000 + bytes.size() / 8, std::numeric_limits<int>::max()));
  budget.bytes = (uint64_t{64} << 20) + 4 * bytes.size();
  sqlite3_progress_handler(raw, kOpcodesPerCheck, check_budget, &budget);
  return database;
}

Result<SqliteStatement> SqliteDatabase::compile(const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr) !=
      SQLITE_OK) {
    return fail(error("preparing to read"));
  }
  return SqliteStatement(raw);
}

base::Error SqliteDatabase::error(std::string_view doing) const {
  const int code = sqlite3_errcode(handle_.get()) & 0xFF;
  if (code == SQLITE_INTERRUPT) {
    return {ErrorCode::kTooLarge, 0, std::string(doing) + ": the schema has too many entries"};
  }
  const auto kind = code == SQLITE_TOOBIG   ? ErrorCode::kTooLarge
                    : code == SQLITE_NOMEM  ? ErrorCode::kIo
                    : code == SQLITE_NOTADB ? ErrorCode::kWrongType
                    : code == SQLITE_AUTH   ? ErrorCode::kUnsupported
                                            : ErrorCode::kDamaged;
  std::string what(doing);
  what += ": " + base::escape_for_terminal(sqlite3_errmsg(handle_.get()));
  return {kind, 0, std::move(what)};
}

void SqliteDatabase::allow_only(std::string_view table) {
  table_ = table;
  sqlite3_set_authorizer(handle_.get(), authorize, &table_);
  // A row is at least 6 bytes of its page.
  budget_.checks = 20'000 + size_ / 25;
}

}  // namespace genba::parse
