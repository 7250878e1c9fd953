// SPDX-License-Identifier: Apache-2.0
//
// An SQLite database over borrowed bytes, hardened, for sqlite_rows.cc alone: what the connection
// may do, what it may cost, and which header SQLite takes. Source of truth:
// https://sqlite.org/security.html. Covered by sqlite_rows_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sqlite3.h"

namespace genba::parse {

struct FinalizeSqliteStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using SqliteStatement = std::unique_ptr<sqlite3_stmt, FinalizeSqliteStatement>;

/// How strictly the schema is taken: a damaged entry of another table can be passed over.
enum class SqliteSchema : uint8_t { kStrict, kLenient };

/// What one read may cost, in units that a file of this size can honestly need a few times over.
struct SqliteBudget {
  uint64_t checks = 0;  ///< of 100 opcodes; a row of eight columns takes a dozen opcodes
  int pages = 0;        ///< looked up in the page cache
  uint64_t bytes = 0;   ///< given in cells
  sqlite3* handle = nullptr;
  bool is_spent = false;
};

/// The bytes that SQLite takes for `bytes`, which have a file header: `bytes` themselves, or
/// `copy`, made with another header. SQLite refuses a database that is shorter than its header
/// says, and one in WAL mode that has no shared memory.
std::string_view acceptable_sqlite(std::string_view bytes, std::string& copy,
                                   std::vector<base::Note>& notes);

/// An open database. The bytes must outlive it, and are never written.
class SqliteDatabase {
 public:
  static base::Result<std::unique_ptr<SqliteDatabase>> open(std::string_view bytes,
                                                            SqliteSchema schema);

  base::Result<SqliteStatement> compile(const std::string& sql);
  /// The last error, with `doing` before it.
  base::Error error(std::string_view doing) const;
  /// From here on statements may read this table and nothing else, within the budget of its rows.
  void allow_only(std::string_view table);
  sqlite3* handle() const { return handle_.get(); }
  SqliteBudget& budget() { return budget_; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };

  SqliteBudget budget_;
  std::string table_;
  uint64_t size_ = 0;
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace genba::parse
