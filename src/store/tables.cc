// SPDX-License-Identifier: Apache-2.0
#include "store/tables.h"

#include <string>
#include <vector>

#include "fmt/format.h"
#include "store/sqlite.h"
#include "store/virtual_table.h"

namespace genba::store {

namespace {

using base::Result;
using model::Value;

std::string insert_sql(const model::TableInfo& info) {
  std::string sql = "INSERT INTO \"" + std::string(info.name) + "\" VALUES(";
  for (size_t i = 0; i < info.columns.size(); ++i) {
    sql += i == 0 ? "?" : ",?";
  }
  return sql + ")";
}

// Cut back to the start of a character, so that the cut itself makes no invalid UTF-8.
std::string shortened(std::string_view text) {
  size_t end = kLongestText;
  while (end > 0 && (text[end] & 0xC0) == 0x80) {
    --end;
  }
  return std::string(text.substr(0, end)) + "…";
}

// `spelled` keeps a text alive until the row has been stepped.
int bind_text(sqlite3_stmt* statement, int position, std::string_view text, std::string& spelled) {
  if (text.size() > kLongestText) {
    spelled = sql_text(shortened(text));
    text = spelled;
  } else if (!is_sql_text(text)) {
    spelled = sql_text(text);
    text = spelled;
  }
  return sqlite3_bind_text64(statement, position, text.data() == nullptr ? "" : text.data(),
                             text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

int bind_cell(sqlite3_stmt* statement, int position, const Value& cell, std::string& spelled) {
  if (const auto* text = std::get_if<std::string_view>(&cell)) {
    return bind_text(statement, position, *text, spelled);
  }
  if (const auto* number = std::get_if<int64_t>(&cell)) {
    return sqlite3_bind_int64(statement, position, *number);
  }
  if (const auto* real = std::get_if<double>(&cell)) {
    return sqlite3_bind_double(statement, position, *real);
  }
  return sqlite3_bind_null(statement, position);
}

Result<void> insert_rows(sqlite3* handle, const model::TableInfo& info,
                         const model::RowStore& rows) {
  auto statement = compile(handle, insert_sql(info));
  if (!statement) {
    return base::fail(statement.error());
  }
  std::vector<std::string> spelled(info.columns.size());
  for (size_t row = 0; row < rows.size(); ++row) {
    int status = SQLITE_OK;
    for (size_t column = 0; column < spelled.size() && status == SQLITE_OK; ++column) {
      status = bind_cell(statement->get(), static_cast<int>(column) + 1, rows.cell(row, column),
                         spelled[column]);
    }
    if (status == SQLITE_OK) {
      sqlite3_step(statement->get());
      status = sqlite3_reset(statement->get());
    }
    if (status != SQLITE_OK) {
      return base::fail(sqlite_error(handle, "filling table " + std::string(info.name)));
    }
  }
  return {};
}

// Below this a scan costs less than the index.
constexpr size_t kRowsWorthAnIndex = 256;

// What processes, files, sockets and accounts share with other tables.
constexpr std::string_view kJoiningColumns[] = {"pid", "path", "inode", "username"};

}  // namespace

Result<void> index_table(sqlite3* handle, const model::TableInfo& info,
                         const model::RowStore* rows) {
  if (rows == nullptr || rows->size() < kRowsWorthAnIndex) {
    return {};
  }
  for (const std::string_view column : kJoiningColumns) {
    if (info.column_index(column) < 0) {
      continue;
    }
    const std::string sql =
        fmt::format("CREATE INDEX \"{0}_{1}\" ON \"{0}\"(\"{1}\")", info.name, column);
    if (auto made = execute(handle, sql); !made) {
      return made;
    }
  }
  return {};
}

Result<void> add_table(sqlite3* handle, const model::TableInfo& info, const model::RowStore* rows) {
  if (auto made = execute(handle, create_table_sql(info)); !made) {
    return made;
  }
  return rows == nullptr ? Result<void>() : insert_rows(handle, info, *rows);
}

}  // namespace genba::store
