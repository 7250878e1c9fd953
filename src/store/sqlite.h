// SPDX-License-Identifier: Apache-2.0
//
// SQLite, started so that it touches nothing of the host: its file layer (VFS) opens no file, has
// no clock and no randomness, and local time is switched off because it would read the host's zone
// files. So `datetime('now')` is NULL: a rule gives the same answer over a stored case as it did
// live. Text crosses into SQL in one spelling only (sql_text). Covered by database_test.cc.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sqlite3.h"

namespace genba::store {

struct CloseSqlite {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
using SqliteHandle = std::unique_ptr<sqlite3, CloseSqlite>;

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

/// A new empty database in memory, hardened, not yet under an authorizer.
base::Result<SqliteHandle> open_sqlite();

/// The connection's last error as one line, with `doing` before it.
base::Error sqlite_error(sqlite3* handle, std::string_view doing);

/// Runs our own SQL (schema, pragmas). Never for SQL of others.
base::Result<void> execute(sqlite3* handle, const std::string& sql);
base::Result<StatementHandle> compile(sqlite3* handle, std::string_view sql);

/// True when the text can go into SQL as it is: valid UTF-8, no NUL.
bool is_sql_text(std::string_view raw);
/// The spelling that SQL sees: base::to_valid_utf8, and NUL as "\x00", because LIKE, GLOB and
/// length() would otherwise not look behind it.
std::string sql_text(std::string_view raw);

}  // namespace genba::store
