// SPDX-License-Identifier: Apache-2.0
//
// Every query is put to two connections: one sees `file` as a virtual table, the other as an
// ordinary one. They must agree, whatever the planner chose.
#include "store/virtual_table.h"

#include <algorithm>
#include <array>
#include <random>

#include "fmt/format.h"
#include "gtest/gtest.h"
#include "model/tables/file.h"
#include "store/functions.h"
#include "store/sqlite.h"
#include "store/tables.h"

namespace genba::store {
namespace {

using model::File;
using model::PackedStore;

class VirtualTableTest : public testing::Test {
 protected:
  void SetUp() override {
    fill();
    for (SqliteHandle* handle : {&virtual_, &ordinary_}) {
      *handle = *open_sqlite();
      ASSERT_TRUE(execute(handle->get(), "CREATE TABLE wanted(path TEXT, uid INTEGER, name TEXT)"));
      for (int i = 0; i < 30; ++i) {
        ASSERT_TRUE(execute(handle->get(),
                            fmt::format("INSERT INTO wanted VALUES('/dir{}/file{}', {}, 'file{}')",
                                        i % 7, i, i % 5, i * 3)));
      }
    }
    ASSERT_TRUE(add_virtual_table(virtual_.get(), model::tables::file(), &store_));
    ASSERT_TRUE(add_table(ordinary_.get(), model::tables::file(), &store_));
  }

  void fill() {
    std::mt19937 random(3);
    for (int i = 0; i < 400; ++i) {
      const std::string directory = fmt::format("/dir{}", random() % 7);
      std::string filename =
          fmt::format("{}{}", random() % 4 == 0 ? "File" : "file", random() % 40);
      if (random() % 10 == 0) {
        filename += random() % 2 == 0 ? "\xff" : "\\xff";
      }
      File file{.path = directory + "/" + filename, .directory = directory, .filename = filename};
      file.uid = static_cast<int64_t>(random() % 6);
      file.size = static_cast<int64_t>(random() % 100) - 50;
      if (random() % 3 != 0) {
        file.mtime = base::Timestamp{static_cast<int64_t>(random() % 50)};
        file.symlink_target_path = "file" + std::to_string(random() % 9);
      }
      ASSERT_TRUE(store_.append_row(&file));
    }
  }

  static std::vector<std::string> rows(sqlite3* handle, const std::string& sql) {
    const auto statement = compile(handle, sql);
    if (!statement) {
      return {statement.error().what};
    }
    std::vector<std::string> out;
    while (sqlite3_step(statement->get()) == SQLITE_ROW) {
      std::string row;
      for (int i = 0; i < sqlite3_column_count(statement->get()); ++i) {
        const auto* text = sqlite3_column_text(statement->get(), i);
        row += text == nullptr ? "NULL|" : fmt::format("{}|", reinterpret_cast<const char*>(text));
      }
      out.push_back(row);
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  size_t compare(const std::string& where) {
    const std::string sql =
        "SELECT f.path, f.uid, f.size, f.mtime, f.symlink_target_path FROM " + where;
    const auto expected = rows(ordinary_.get(), sql);
    EXPECT_EQ(rows(virtual_.get(), sql), expected) << sql;
    return expected.size();
  }

  PackedStore store_{model::tables::file()};
  SqliteHandle virtual_;
  SqliteHandle ordinary_;
};

TEST_F(VirtualTableTest, AgreesOnHandPickedQueries) {
  for (const char* where : {
           "file f",
           "file f WHERE path = '/dir1/file1'",
           "file f WHERE path IN ('/dir1/file1', '/dir2/file2')",
           "file f WHERE path = '/DIR1/file1' COLLATE NOCASE",
           "file f WHERE path LIKE '/DIR1/f%'",
           "file f WHERE path GLOB '/dir1/f*1'",
           "file f WHERE path LIKE '%\\xff'",
           "file f WHERE path LIKE '/dir1/file1_xff' ESCAPE '_'",
           "file f WHERE path GLOB '/dir1/file[0-3]*'",
           "file f WHERE filename LIKE 'file1\\xff'",
           "file f WHERE mtime IS NULL",
           "file f WHERE mtime = NULL",
           "file f WHERE mtime IS NOT 5",
           "file f WHERE mtime = '5'",
           "file f WHERE mtime = 5.0",
           "file f WHERE mtime > 4.5 AND mtime < '20'",
           "file f WHERE path = 5",
           "file f WHERE uid = x'05'",
           "file f WHERE rowid = 3 AND 0",
           "file f WHERE mtime BETWEEN 10 AND 20 AND uid = 3 AND filename LIKE 'F%'",
           "file f JOIN wanted w ON w.path = f.path",
           "wanted w LEFT JOIN file f ON f.path = w.path AND f.mtime > 9",
           "file f JOIN wanted w ON w.uid = f.uid",
           "wanted w JOIN file f ON f.filename = w.name",
           "file f WHERE path NOT IN (SELECT path FROM wanted)",
           "file f WHERE EXISTS (SELECT 1 FROM wanted w WHERE w.path = f.path)",
           "wanted w, file f WHERE f.path LIKE w.path || '%'",
           "file f JOIN file g ON g.filename = f.symlink_target_path",
           "file f WHERE mtime > 9223372036854775807",
           "file f WHERE mtime >= -9223372036854775808",
       }) {
    compare(where);
  }
}

TEST_F(VirtualTableTest, AgreesOnRandomQueries) {
  constexpr std::array kColumns = {"path", "directory", "filename",           "uid",
                                   "size", "mtime",     "symlink_target_path"};
  constexpr std::array kOperators = {"=", "<", "<=", ">", ">=", "<>", "IS", "LIKE", "GLOB"};
  constexpr std::array kValues = {
      "'/dir3/file7'", "'/dir3'",      "'file5'", "'file1%'", "'FILE2_'",
      "'file*'",       "'file3\\xff'", "3",       "-7",       "20",
      "NULL",          "'12'",         "7.5",     "''",       "x'66'"};
  std::mt19937 random(11);
  const auto pick = [&](const auto& from) { return std::string(from[random() % from.size()]); };
  size_t found = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string where = "file f WHERE ";
    for (auto terms = 1 + random() % 3; terms > 0; --terms) {
      where += fmt::format("{}f.{} {} {}", random() % 8 == 0 ? "NOT " : "", pick(kColumns),
                           pick(kOperators), pick(kValues));
      where += terms == 1 ? "" : random() % 4 == 0 ? " OR " : " AND ";
    }
    found += compare(where);
  }
  EXPECT_GT(found, 1000U);
}

TEST_F(VirtualTableTest, CannotBeWritten) {
  EXPECT_FALSE(execute(virtual_.get(), "INSERT INTO file(path) VALUES('x')"));
  EXPECT_FALSE(execute(virtual_.get(), "DELETE FROM file"));
}

TEST(CreateTableSql, DeclaresTypesThatAreRecognizedAgain) {
  const std::string sql = create_table_sql(model::tables::file());
  EXPECT_NE(sql.find("\"path\" TEXT"), std::string::npos);
  EXPECT_NE(sql.find("\"mtime\" TIMESTAMP"), std::string::npos);
  EXPECT_EQ(column_type_of("TIMESTAMP"), model::ColumnType::kTimestamp);
  EXPECT_EQ(column_type_of("BOOLEAN"), model::ColumnType::kBoolean);
  EXPECT_EQ(column_type_of(nullptr), model::ColumnType::kText);
}

}  // namespace
}  // namespace genba::store
