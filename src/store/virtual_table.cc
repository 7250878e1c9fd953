// SPDX-License-Identifier: Apache-2.0
#include "store/virtual_table.h"

#include <algorithm>
#include <map>
#include <memory>
#include <new>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "store/plan.h"
#include "store/sqlite.h"

namespace genba::store {

namespace {

using model::ColumnType;
using model::PackedStore;
using model::TableInfo;
using model::Value;
using RowNumbers = std::vector<uint32_t>;

// An equality on a column without an index is answered by a scan; from the second scan of one
// cursor on (the inner side of a join) by an index after all.
constexpr int kScansBeforeIndex = 1;

struct Source {
  const TableInfo* info;
  const PackedStore* rows;
  /// By column: rows whose text SQL sees in another spelling than the store keeps.
  std::map<size_t, RowNumbers> respelled;
};

struct VirtualTable : sqlite3_vtab {
  Source* source;
};

struct Cursor : sqlite3_vtab_cursor {
  Source* source = nullptr;
  std::vector<Test> tests;
  bool by_index = false;
  RowNumbers found;     // when by_index
  size_t position = 0;  // in `found`, or a row number
  int scans = 0;
};

Cursor& cursor_of(sqlite3_vtab_cursor* base) {
  return *static_cast<Cursor*>(base);
}

size_t row_count(const Source& source) {
  return source.rows == nullptr ? 0 : source.rows->size();
}

bool is_indexed(const TableInfo& info, size_t column) {
  return std::find(info.indexed.begin(), info.indexed.end(), info.columns[column].name) !=
         info.indexed.end();
}

const RowNumbers& respelled_rows(Source& source, size_t column) {
  const auto [found, added] = source.respelled.try_emplace(column);
  if (added) {
    for (size_t row = 0; row < row_count(source); ++row) {
      const Value cell = source.rows->cell(row, column);
      const auto* text = std::get_if<std::string_view>(&cell);
      if (text != nullptr && !is_sql_text(*text)) {
        found->second.push_back(static_cast<uint32_t>(row));
      }
    }
  }
  return found->second;
}

RowNumbers rows_with_text(Source& source, const Test& test) {
  RowNumbers rows = source.rows->rows_equal(test.column(), std::string_view(test.text()));
  if (test.text().find("\\x") == std::string::npos) {
    return rows;
  }
  for (const uint32_t row : respelled_rows(source, test.column())) {
    if (test.passes(source.rows->cell(row, test.column()))) {
      rows.push_back(row);
    }
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

// How well an index would serve the test; 0 not at all.
int usefulness(const Cursor& cursor, const Test& test) {
  const bool indexed = is_indexed(*cursor.source->info, test.column());
  const bool one_number = test.kind() == Test::Kind::kRange && test.low() == test.high();
  if (test.kind() == Test::Kind::kText || one_number) {
    return indexed ? 3 : cursor.scans > kScansBeforeIndex ? 2 : 0;
  }
  return test.kind() == Test::Kind::kRange && indexed ? 1 : 0;
}

void choose_index(Cursor& cursor) {
  const Test* best = nullptr;
  int best_use = 0;
  for (const Test& test : cursor.tests) {
    if (const int use = usefulness(cursor, test); use > best_use) {
      best = &test;
      best_use = use;
    }
  }
  cursor.by_index = best != nullptr;
  if (best == nullptr) {
    return;
  }
  if (best->kind() == Test::Kind::kText) {
    cursor.found = rows_with_text(*cursor.source, *best);
  } else if (best_use == 1) {
    int64_t low = best->low();
    int64_t high = best->high();
    for (const Test& test : cursor.tests) {
      if (test.kind() == Test::Kind::kRange && test.column() == best->column()) {
        low = std::max(low, test.low());
        high = std::min(high, test.high());
      }
    }
    cursor.found = cursor.source->rows->rows_between(best->column(), low, high);
  } else {
    cursor.found = cursor.source->rows->rows_equal(best->column(), best->low());
  }
}

size_t end_of(const Cursor& cursor) {
  return cursor.by_index ? cursor.found.size() : row_count(*cursor.source);
}

size_t row_of(const Cursor& cursor) {
  return cursor.by_index ? cursor.found[cursor.position] : cursor.position;
}

void skip_to_match(Cursor& cursor) {
  const size_t end = end_of(cursor);
  while (cursor.position < end) {
    const size_t row = row_of(cursor);
    const bool matches =
        std::all_of(cursor.tests.begin(), cursor.tests.end(), [&](const Test& test) {
          return test.passes(cursor.source->rows->cell(row, test.column()));
        });
    if (matches) {
      return;
    }
    ++cursor.position;
  }
}

// The callbacks below are called from C: memory that runs out must not become an exception there.
template <class Work>
int guarded(const Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  }
}

int connect(sqlite3* handle, void* auxiliary, int, const char* const*, sqlite3_vtab** out, char**) {
  return guarded([&] {
    auto* source = static_cast<Source*>(auxiliary);
    sqlite3_vtab_config(handle, SQLITE_VTAB_INNOCUOUS);
    const int status = sqlite3_declare_vtab(handle, create_table_sql(*source->info).c_str());
    if (status == SQLITE_OK) {
      auto table = std::make_unique<VirtualTable>();
      table->source = source;
      *out = table.release();
    }
    return status;
  });
}

int disconnect(sqlite3_vtab* table) {
  delete static_cast<VirtualTable*>(table);
  return SQLITE_OK;
}

int best_index(sqlite3_vtab* table, sqlite3_index_info* index) {
  return guarded([&] {
    const Source& source = *static_cast<VirtualTable*>(table)->source;
    return plan_scan(*source.info, row_count(source), index);
  });
}

int open_cursor(sqlite3_vtab* table, sqlite3_vtab_cursor** out) {
  return guarded([&] {
    auto cursor = std::make_unique<Cursor>();
    cursor->source = static_cast<VirtualTable*>(table)->source;
    *out = cursor.release();
    return SQLITE_OK;
  });
}

int close_cursor(sqlite3_vtab_cursor* base) {
  delete static_cast<Cursor*>(base);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* base, int, const char* plan, int count, sqlite3_value** values) {
  return guarded([&] {
    Cursor& cursor = cursor_of(base);
    ++cursor.scans;
    cursor.tests.clear();
    cursor.found.clear();
    cursor.by_index = false;
    cursor.position = 0;
    const std::vector<Term> terms = parse_plan(plan);
    bool possible = row_count(*cursor.source) > 0;
    for (size_t i = 0; i < terms.size() && i < static_cast<size_t>(count); ++i) {
      const Test test(*cursor.source->info, terms[i], values[i]);
      possible = possible && test.kind() != Test::Kind::kNever;
      if (test.kind() != Test::Kind::kAlways) {
        cursor.tests.push_back(test);
      }
    }
    if (!possible) {
      cursor.by_index = true;  // of nothing
      return SQLITE_OK;
    }
    choose_index(cursor);
    skip_to_match(cursor);
    return SQLITE_OK;
  });
}

int next(sqlite3_vtab_cursor* base) {
  return guarded([&] {
    Cursor& cursor = cursor_of(base);
    ++cursor.position;
    skip_to_match(cursor);
    return SQLITE_OK;
  });
}

int at_end(sqlite3_vtab_cursor* base) {
  const Cursor& cursor = cursor_of(base);
  return cursor.position >= end_of(cursor) ? 1 : 0;
}

void answer_text(sqlite3_context* context, std::string_view text) {
  if (is_sql_text(text)) {
    // The store keeps its text where it is for as long as the connection lives.
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  } else {
    const std::string spelled = sql_text(text);
    sqlite3_result_text64(context, spelled.data(), spelled.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
}

int column(sqlite3_vtab_cursor* base, sqlite3_context* context, int number) {
  return guarded([&] {
    const Cursor& cursor = cursor_of(base);
    const Value cell = cursor.source->rows->cell(row_of(cursor), static_cast<size_t>(number));
    if (const auto* text = std::get_if<std::string_view>(&cell)) {
      answer_text(context, *text);
    } else if (const auto* whole = std::get_if<int64_t>(&cell)) {
      sqlite3_result_int64(context, *whole);
    } else if (const auto* real = std::get_if<double>(&cell)) {
      sqlite3_result_double(context, *real);
    }
    return SQLITE_OK;
  });
}

int row_id(sqlite3_vtab_cursor* base, sqlite3_int64* out) {
  *out = static_cast<sqlite3_int64>(row_of(cursor_of(base)));
  return SQLITE_OK;
}

// Without xCreate the module is its own table: it exists without CREATE VIRTUAL TABLE.
sqlite3_module read_only_module() {
  sqlite3_module module{};
  module.iVersion = 1;
  module.xConnect = connect;
  module.xDisconnect = disconnect;
  module.xBestIndex = best_index;
  module.xOpen = open_cursor;
  module.xClose = close_cursor;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = at_end;
  module.xColumn = column;
  module.xRowid = row_id;
  return module;
}

std::string_view declared_type(ColumnType type) {
  switch (type) {
    case ColumnType::kText: return "TEXT";
    case ColumnType::kInteger: return "INTEGER";
    case ColumnType::kReal: return "REAL";
    case ColumnType::kBoolean: return "BOOLEAN";
    case ColumnType::kTimestamp: return "TIMESTAMP";
  }
  return "TEXT";
}

}  // namespace

base::Result<void> add_virtual_table(sqlite3* handle, const TableInfo& info,
                                     const PackedStore* rows) {
  static const sqlite3_module kModule = read_only_module();
  auto source = std::make_unique<Source>(Source{&info, rows, {}});
  const std::string name(info.name);
  // SQLite calls the deleter also when this fails.
  const int status =
      sqlite3_create_module_v2(handle, name.c_str(), &kModule, source.release(),
                               [](void* owned) { delete static_cast<Source*>(owned); });
  if (status != SQLITE_OK) {
    return base::fail(sqlite_error(handle, "adding table " + name));
  }
  return {};
}

std::string create_table_sql(const TableInfo& info) {
  std::string sql = fmt::format("CREATE TABLE \"{}\"(", info.name);
  for (const model::ColumnInfo& each : info.columns) {
    sql += fmt::format("{}\"{}\" {}", sql.back() == '(' ? "" : ", ", each.name,
                       declared_type(each.type));
  }
  return sql + ")";
}

ColumnType column_type_of(const char* declared) {
  for (const ColumnType type :
       {ColumnType::kInteger, ColumnType::kReal, ColumnType::kBoolean, ColumnType::kTimestamp}) {
    if (declared != nullptr && declared_type(type) == declared) {
      return type;
    }
  }
  return ColumnType::kText;
}

}  // namespace genba::store
