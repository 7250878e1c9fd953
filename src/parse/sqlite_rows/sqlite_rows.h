// SPDX-License-Identifier: Apache-2.0
//
// What do the rows of a table say, in an SQLite file that an attacker may have written? SQLite
// itself reads them, from bytes in memory and read-only: no file is opened, and an authorizer
// allows to read that one table and nothing else. Views, triggers, virtual tables, generated
// columns and functions are never reached; opcodes, page reads and bytes given have budgets that
// grow linearly with the file, so a forged b-tree ends in a note. A damaged page costs its rows:
// reading goes on at the next rowid that can be reached.
//
// Where it does not hold: deleted rows (free pages, slack) are not searched. A hot rollback journal
// (wtmp.db-journal after a crash) is not applied: the last, unfinished transaction may be half
// there. A damaged interior page hides all that hangs below it. A table WITHOUT ROWID ends at its
// first damage. Sources of truth: https://sqlite.org/fileformat2.html,
// https://sqlite.org/security.html. Covered by sqlite_rows_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

enum class SqliteType : uint8_t { kNull, kInteger, kReal, kText, kBlob };

/// One value of a row, as it is stored, whatever type its column declares.
struct SqliteCell {
  SqliteType type = SqliteType::kNull;
  int64_t integer = 0;     ///< of kInteger
  double real = 0;         ///< of kReal
  std::string_view bytes;  ///< of kText (UTF-8 as far as the writer kept to it) and kBlob
};

/// What was read of a table.
struct SqliteTableRead {
  uint64_t rows = 0;
  /// False when rows may be missing: damage or a budget, each with a note, or `row` said stop.
  bool is_whole = true;
};

/// Longest text or blob of a row; a row with a longer one is passed over with a note.
inline constexpr int kMaxSqliteValue = 64 << 10;

/// Calls `row` with the `columns` of every row of `table`, in the order of rowid; it returns false
/// to stop. The cells are valid only during the call. A column that the table does not have is
/// always kNull, with a note, because schemas grow; "rowid" means the row's number if no column is
/// called so. kNotFound when there is no such table, or none of the columns; kUnsupported when
/// `table` is a view or virtual table or a column is computed; kTooLarge when
/// the schema has thousands of entries; kWrongType when the bytes are no SQLite file; kDamaged when
/// nothing of it can be read. Empty bytes are an empty database. A file in WAL mode is read without
/// its log: use apply_sqlite_wal first.
base::Result<SqliteTableRead> read_sqlite_table(
    std::string_view bytes, std::string_view table, std::span<const std::string_view> columns,
    const std::function<bool(std::span<const SqliteCell>)>& row, std::vector<base::Note>& notes);

/// The database with all transactions applied that its write-ahead log (wtmp.db-wal) holds whole,
/// as the next reader would see it, and with its header set to legacy mode. Frames of an earlier
/// generation of the log, which follow the valid ones when it is reused, are passed over silently;
/// a frame with the right salt and a wrong checksum, a transaction without its end, and a log that
/// is none or does not belong to the database become notes, and the database stays as it was up to
/// there. An empty `wal` is no damage. The result is never larger than both inputs and 16 MiB.
std::string apply_sqlite_wal(std::string database, std::string_view wal,
                             std::vector<base::Note>& notes);

}  // namespace genba::parse
