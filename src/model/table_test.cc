// SPDX-License-Identifier: Apache-2.0
#include "model/table.h"

#include <set>

#include "gtest/gtest.h"
#include "model/tables/file.h"
#include "model/tables/processes.h"

namespace genba::model {
namespace {

bool is_snake_case(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

TEST(AllTables, AreSortedAndEachIsFound) {
  std::string_view last;
  for (const TableInfo* table : all_tables()) {
    EXPECT_LT(last, table->name);
    EXPECT_EQ(find_table(table->name), table);
    last = table->name;
  }
  EXPECT_EQ(find_table("no_such_table"), nullptr);
  EXPECT_EQ(find_table(""), nullptr);
  EXPECT_EQ(find_table("zzz"), nullptr);
}

TEST(AllTables, ColumnsHaveNamesAndMeanings) {
  for (const TableInfo* table : all_tables()) {
    EXPECT_TRUE(is_snake_case(table->name)) << table->name;
    EXPECT_FALSE(table->meaning.empty()) << table->name;
    std::set<std::string_view> names;
    for (const ColumnInfo& column : table->columns) {
      EXPECT_TRUE(is_snake_case(column.name)) << table->name << "." << column.name;
      EXPECT_FALSE(column.meaning.empty()) << table->name << "." << column.name;
      EXPECT_TRUE(names.insert(column.name).second) << table->name << "." << column.name;
    }
    for (const std::string_view column : table->indexed) {
      EXPECT_GE(table->column_index(column), 0) << table->name << "." << column;
    }
  }
}

TEST(TableInfo, ColumnIndexIsThePosition) {
  const TableInfo& file = tables::file();
  EXPECT_EQ(file.column_index("path"), 0);
  EXPECT_EQ(file.columns[static_cast<size_t>(file.column_index("mtime"))].name, "mtime");
  EXPECT_EQ(file.column_index("no_such_column"), -1);
}

TEST(VectorStore, RefusesACellOfTheWrongTypeAndAddsNothing) {
  const TableInfo& table = tables::processes();
  auto store = table.make_store();
  std::vector<Value> cells(table.columns.size());
  cells[static_cast<size_t>(table.column_index("pid"))] = std::string_view("one");
  EXPECT_FALSE(store->append_cells(cells));
  EXPECT_EQ(store->size(), 0U);
  cells[static_cast<size_t>(table.column_index("pid"))] = int64_t{1};
  EXPECT_TRUE(store->append_cells(cells));
  EXPECT_EQ(store->cell(0, static_cast<size_t>(table.column_index("pid"))), Value(int64_t{1}));
}

}  // namespace
}  // namespace genba::model
