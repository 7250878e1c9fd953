// SPDX-License-Identifier: Apache-2.0
#include "parse/sqlite_rows/sqlite_rows.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "base/text.h"
#include "parse/sqlite_rows/sqlite_database.h"
#include "sqlite3.h"

namespace genba::parse {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr std::string_view kMagic("SQLite format 3\0", 16);
constexpr size_t kFileHeader = 100;
constexpr size_t kMaxColumns = 64;
// Damaged places that reading goes on after; each costs about a hundred seeks.
constexpr int kMaxResumes = 256;

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    text.append(c == '"' ? 2 : 1, c);
  }
  return text + '"';
}

bool equals_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         sqlite3_strnicmp(a.data(), b.data(), static_cast<int>(a.size())) == 0;
}

std::string_view text_of(sqlite3_stmt* statement, int column) {
  const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  const int size = sqlite3_column_bytes(statement, column);
  return text == nullptr ? std::string_view() : std::string_view(text, static_cast<size_t>(size));
}

// --- the table -----------------------------------------------------------------------------------

// An error unless `table` is a plain table. Asked of the schema as stored, before its name is used:
// preparing a SELECT from a virtual table would already start its module.
Result<void> check_table(SqliteDatabase& database, std::string_view table) {
  GENBA_TRY(const auto statement,
            database.compile("SELECT rootpage, sql FROM main.sqlite_schema "
                             "WHERE type IN ('table', 'view') AND name = ?1 COLLATE NOCASE"));
  sqlite3_bind_text(statement.get(), 1, table.data(), static_cast<int>(table.size()),
                    SQLITE_STATIC);
  bool is_found = false;
  int status = sqlite3_step(statement.get());
  for (; status == SQLITE_ROW; status = sqlite3_step(statement.get())) {
    is_found = true;
    // SQLite itself writes these words before the name, however they were spelt.
    if (sqlite3_column_int64(statement.get(), 0) <= 0 ||
        !text_of(statement.get(), 1).starts_with("CREATE TABLE ")) {
      return fail(ErrorCode::kUnsupported,
                  "not a plain table: " + base::escape_for_terminal(table));
    }
  }
  if (!is_found && status != SQLITE_DONE) {
    return fail(database.error("reading the schema"));
  }
  if (!is_found) {
    return fail(ErrorCode::kNotFound, "no table " + base::escape_for_terminal(table));
  }
  return {};
}

struct Column {
  std::string name;
  bool is_computed = false;
};

Result<std::vector<Column>> columns_of(SqliteDatabase& database, std::string_view table) {
  GENBA_TRY(const auto statement,
            database.compile("PRAGMA main.table_xinfo(" + quoted(table) + ")"));
  std::vector<Column> columns;
  while (sqlite3_step(statement.get()) == SQLITE_ROW) {
    // Hidden: 2 and 3 are generated columns, 1 those of virtual tables.
    columns.push_back(
        {std::string(text_of(statement.get(), 1)), sqlite3_column_int(statement.get(), 6) != 0});
  }
  if (columns.empty()) {
    return fail(database.error("reading the columns"));
  }
  return columns;
}

const Column* find_column(const std::vector<Column>& columns, std::string_view name) {
  const auto found = std::find_if(columns.begin(), columns.end(), [name](const Column& column) {
    return equals_name(column.name, name);
  });
  return found == columns.end() ? nullptr : &*found;
}

// The SELECT for the wanted columns, and which of its results each of them is.
struct Selection {
  std::vector<std::string> names;  // as SQL
  std::vector<int> places;         // for each wanted column; -1 where the table has none
  std::string rowid;               // as SQL; empty when all its names are taken by columns
};

Result<Selection> select_columns(SqliteDatabase& database, std::string_view table,
                                 std::span<const std::string_view> wanted,
                                 std::vector<base::Note>& notes) {
  GENBA_TRY(const auto columns, columns_of(database, table));
  Selection selection;
  for (const char* name : {"rowid", "_rowid_", "oid"}) {
    if (selection.rowid.empty() && find_column(columns, name) == nullptr) {
      selection.rowid = name;
    }
  }
  for (const std::string_view name : wanted) {
    const Column* const column = find_column(columns, name);
    if (column != nullptr && column->is_computed) {
      return fail(ErrorCode::kUnsupported,
                  "a computed column: " + base::escape_for_terminal(column->name));
    }
    if (column != nullptr || (equals_name(name, "rowid") && !selection.rowid.empty())) {
      selection.places.push_back(static_cast<int>(selection.names.size()));
      selection.names.push_back(column == nullptr ? selection.rowid : quoted(column->name));
    } else {
      selection.places.push_back(-1);
      notes.push_back(
          {"sqlite", 0, 0,
           "table '" + std::string(table) + "' has no column '" + std::string(name) + "'"});
    }
  }
  if (selection.names.empty()) {
    return fail(ErrorCode::kNotFound,
                "none of the columns in table " + base::escape_for_terminal(table));
  }
  return selection;
}

// --- the rows ------------------------------------------------------------------------------------

class Reader {
 public:
  Reader(SqliteDatabase& database, std::string_view table, const Selection& selection,
         const std::function<bool(std::span<const SqliteCell>)>& row,
         std::vector<base::Note>& notes)
      : database_(database),
        table_(table),
        selection_(selection),
        row_(row),
        notes_(notes),
        cells_(selection.places.size()) {}

  Result<SqliteTableRead> read();

 private:
  enum class Stop : uint8_t { kEnd, kAsked, kSpent, kDamage };

  Result<void> prepare();
  bool begin_at(int64_t rowid);
  bool is_reachable(int64_t rowid);
  Stop read_on();
  bool give_row();
  std::optional<int64_t> unreadable_row();
  std::optional<int64_t> next_reachable();
  bool resume();
  void note_lost(std::string reason);

  SqliteDatabase& database_;
  std::string_view table_;
  const Selection& selection_;
  const std::function<bool(std::span<const SqliteCell>)>& row_;
  std::vector<base::Note>& notes_;
  std::vector<SqliteCell> cells_;
  SqliteStatement statement_;
  SqliteStatement rowids_;
  SqliteTableRead result_;
  bool has_rowid_ = false;
  bool is_first_ = true;  // no row was read yet
  int64_t last_ = 0;      // the last row's number
};

// The rowid comes last. NOT INDEXED, because the planner may prefer an index that holds all the
// columns, and the table itself is what the host's programs wrote.
Result<void> Reader::prepare() {
  std::string names;
  for (const std::string& name : selection_.names) {
    names += (names.empty() ? "" : ", ") + name;
  }
  const std::string from = " FROM main." + quoted(table_) + " NOT INDEXED";
  if (!selection_.rowid.empty()) {
    const std::string& rowid = selection_.rowid;
    auto with_rowid = database_.compile("SELECT " + names + ", " + rowid + from + " WHERE " +
                                        rowid + " >= ?1 ORDER BY " + rowid);
    if (with_rowid) {
      statement_ = *std::move(with_rowid);
      GENBA_TRY(rowids_, database_.compile("SELECT " + rowid + from + " WHERE " + rowid +
                                           " >= ?1 ORDER BY " + rowid));
      has_rowid_ = true;
      return {};
    }
  }
  GENBA_TRY(statement_, database_.compile("SELECT " + names + from));
  return {};
}

bool Reader::begin_at(int64_t rowid) {
  sqlite3_reset(statement_.get());
  return !has_rowid_ || sqlite3_bind_int64(statement_.get(), 1, rowid) == SQLITE_OK;
}

bool Reader::is_reachable(int64_t rowid) {
  if (!begin_at(rowid)) {
    return false;
  }
  const int status = sqlite3_step(statement_.get());
  const bool is_row =
      status == SQLITE_ROW &&
      sqlite3_column_int64(statement_.get(), static_cast<int>(selection_.names.size())) >= rowid;
  return is_row || status == SQLITE_DONE;
}

bool Reader::give_row() {
  uint64_t bytes = 0;
  for (size_t i = 0; i < cells_.size(); ++i) {
    SqliteCell& cell = cells_[i];
    cell = {};
    const int place = selection_.places[i];
    const int type = place < 0 ? SQLITE_NULL : sqlite3_column_type(statement_.get(), place);
    if (type == SQLITE_INTEGER) {
      cell.type = SqliteType::kInteger;
      cell.integer = sqlite3_column_int64(statement_.get(), place);
    } else if (type == SQLITE_FLOAT) {
      cell.type = SqliteType::kReal;
      cell.real = sqlite3_column_double(statement_.get(), place);
    } else if (type == SQLITE_TEXT) {
      cell.type = SqliteType::kText;
      cell.bytes = text_of(statement_.get(), place);
    } else if (type == SQLITE_BLOB) {
      cell.type = SqliteType::kBlob;
      const void* const data = sqlite3_column_blob(statement_.get(), place);
      const int size = data == nullptr ? 0 : sqlite3_column_bytes(statement_.get(), place);
      cell.bytes = {static_cast<const char*>(data), static_cast<size_t>(size)};
    }
    bytes += cell.bytes.size();
  }
  SqliteBudget& budget = database_.budget();
  if (bytes > budget.bytes) {
    budget.is_spent = true;
    return false;
  }
  budget.bytes -= bytes;
  ++result_.rows;
  return row_(cells_);
}

Reader::Stop Reader::read_on() {
  int status = sqlite3_step(statement_.get());
  for (; status == SQLITE_ROW; status = sqlite3_step(statement_.get())) {
    if (has_rowid_) {
      const int64_t rowid =
          sqlite3_column_int64(statement_.get(), static_cast<int>(selection_.names.size()));
      if (!is_first_ && rowid <= last_) {
        return Stop::kDamage;  // a b-tree that leads back into itself
      }
      last_ = rowid;
      is_first_ = false;
    }
    if (!give_row()) {
      return database_.budget().is_spent ? Stop::kSpent : Stop::kAsked;
    }
  }
  if (database_.budget().is_spent) {
    return Stop::kSpent;
  }
  return status == SQLITE_DONE ? Stop::kEnd : Stop::kDamage;
}

// The number of the row that could not be read, when that alone can be: its page is sound, and its
// values are too long or lie on damaged pages.
std::optional<int64_t> Reader::unreadable_row() {
  const int64_t from = is_first_ ? std::numeric_limits<int64_t>::min() : last_ + 1;
  sqlite3_reset(rowids_.get());
  if (sqlite3_bind_int64(rowids_.get(), 1, from) != SQLITE_OK ||
      sqlite3_step(rowids_.get()) != SQLITE_ROW) {
    return std::nullopt;
  }
  const int64_t rowid = sqlite3_column_int64(rowids_.get(), 0);
  const bool is_last = rowid == std::numeric_limits<int64_t>::max();
  return rowid < from || is_last ? std::nullopt : std::optional(rowid);
}

// The lowest rowid behind the damage that a search in the b-tree reaches: doubling steps find one,
// halving ones the lowest.
std::optional<int64_t> Reader::next_reachable() {
  constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
  // Without a first row, real tables begin at 1; what stands below stays unread.
  const int64_t base = is_first_ ? 0 : last_;
  int64_t bad = base;
  int64_t good = 0;
  for (int64_t step = 1;; step *= 2) {
    if (base > kLast - step) {
      return std::nullopt;
    }
    if (is_reachable(base + step)) {
      good = base + step;
      break;
    }
    bad = base + step;
    if (step > kLast / 2 || database_.budget().is_spent) {
      return std::nullopt;
    }
  }
  while (good - bad > 1) {
    const int64_t middle = bad + (good - bad) / 2;
    (is_reachable(middle) ? good : bad) = middle;
  }
  return database_.budget().is_spent ? std::nullopt : std::optional(good);
}

void Reader::note_lost(std::string reason) {
  result_.is_whole = false;
  notes_.push_back({"sqlite", 0, 0, "table '" + std::string(table_) + "': " + std::move(reason)});
}

// Goes on behind damage. False when nothing more can be read.
bool Reader::resume() {
  const std::string why = base::escape_for_terminal(sqlite3_errmsg(database_.handle()));
  const std::string from = is_first_ ? "the first row" : "rowid " + std::to_string(last_ + 1);
  if (!has_rowid_ || (!is_first_ && last_ == std::numeric_limits<int64_t>::max())) {
    note_lost("rows behind number " + std::to_string(result_.rows) + " cannot be read (" + why +
              ")");
    return false;
  }
  std::optional<int64_t> next = unreadable_row();
  next = next ? std::optional(*next + 1) : next_reachable();
  if (!next) {
    note_lost("rows from " + from + " on cannot be read (" + why + ")");
    return false;
  }
  note_lost("rows from " + from + " to before " + std::to_string(*next) + " cannot be read (" +
            why + ")");
  last_ = *next - 1;
  is_first_ = false;
  return begin_at(*next);
}

Result<SqliteTableRead> Reader::read() {
  GENBA_TRY_VOID(prepare());
  begin_at(std::numeric_limits<int64_t>::min());
  for (int resumes = 0;; ++resumes) {
    const Stop stop = read_on();
    if (stop == Stop::kEnd) {
      return result_;
    }
    if (stop == Stop::kAsked) {
      result_.is_whole = false;
      return result_;
    }
    if (stop == Stop::kSpent) {
      note_lost("stopped after " + std::to_string(result_.rows) +
                " rows: they cost more than a file of this size can hold");
      return result_;
    }
    if (resumes == kMaxResumes) {
      note_lost("stopped at the damage behind row " + std::to_string(result_.rows));
      return result_;
    }
    if (!resume()) {
      return result_;
    }
  }
}

Result<SqliteTableRead> read_table(std::string_view bytes, std::string_view table,
                                   std::span<const std::string_view> columns,
                                   const std::function<bool(std::span<const SqliteCell>)>& row,
                                   SqliteSchema schema, std::vector<base::Note>& notes) {
  GENBA_TRY(const auto database, SqliteDatabase::open(bytes, schema));
  GENBA_TRY_VOID(check_table(*database, table));
  GENBA_TRY(const auto selection, select_columns(*database, table, columns, notes));
  database->allow_only(table);
  return Reader(*database, table, selection, row, notes).read();
}

}  // namespace

Result<SqliteTableRead> read_sqlite_table(
    std::string_view bytes, std::string_view table, std::span<const std::string_view> columns,
    const std::function<bool(std::span<const SqliteCell>)>& row, std::vector<base::Note>& notes) {
  if (columns.empty() || columns.size() > kMaxColumns ||
      table.find('\0') != std::string_view::npos || table.size() > 1000) {
    return fail(ErrorCode::kInvalid, "no columns, too many, or no table's name");
  }
  if (bytes.empty()) {
    return fail(ErrorCode::kNotFound, "no table in an empty database");
  }
  if (bytes.size() < kFileHeader || !bytes.starts_with(kMagic)) {
    return fail(ErrorCode::kWrongType, "not an SQLite database");
  }
  std::string copy;
  const std::string_view accepted = acceptable_sqlite(bytes, copy, notes);
  const size_t notes_before = notes.size();
  auto result = read_table(accepted, table, columns, row, SqliteSchema::kStrict, notes);
  if (result || result.error().code != ErrorCode::kDamaged) {
    return result;
  }
  // No row was given yet: a failure comes before the first.
  notes.resize(notes_before);
  auto lenient = read_table(accepted, table, columns, row, SqliteSchema::kLenient, notes);
  if (!lenient) {
    return result;
  }
  notes.push_back({"sqlite", 0, 0, "the schema is damaged: " + result.error().what});
  return lenient;
}

}  // namespace genba::parse
