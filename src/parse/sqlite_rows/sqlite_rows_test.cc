// SPDX-License-Identifier: Apache-2.0
#include "parse/sqlite_rows/sqlite_rows.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "sqlite3.h"

namespace genba::parse {
namespace {

using base::ErrorCode;

// --- making databases ----------------------------------------------------------------------------

void run(sqlite3* handle, const std::string& sql) {
  char* words = nullptr;
  ASSERT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &words), SQLITE_OK)
      << sql.substr(0, 200) << ": " << (words == nullptr ? "" : words);
}

// The bytes of a database made by `sql`.
std::string database_of(const std::string& sql) {
  sqlite3* handle = nullptr;
  EXPECT_EQ(sqlite3_open(":memory:", &handle), SQLITE_OK);
  run(handle, sql);
  sqlite3_int64 size = 0;
  unsigned char* const bytes = sqlite3_serialize(handle, "main", &size, 0);
  std::string result(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  sqlite3_free(bytes);
  sqlite3_close(handle);
  return result;
}

std::string many_rows(int count) {
  return "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT); WITH RECURSIVE n(i) AS (SELECT 1 "
         "UNION "
         "ALL SELECT i + 1 FROM n WHERE i < " +
         std::to_string(count) +
         ") INSERT INTO t SELECT i, 'name of the user with number ' || i FROM n;";
}

// --- reading them --------------------------------------------------------------------------------

struct Read {
  std::vector<std::string> rows;
  std::vector<base::Note> notes;
  base::Result<SqliteTableRead> result;
};

std::string shown(const SqliteCell& cell) {
  switch (cell.type) {
    case SqliteType::kNull: return "NULL";
    case SqliteType::kInteger: return std::to_string(cell.integer);
    case SqliteType::kReal: return std::to_string(cell.real);
    case SqliteType::kText: return "'" + std::string(cell.bytes) + "'";
    case SqliteType::kBlob: return "x" + std::string(cell.bytes);
  }
  return "?";
}

Read read(const std::string& bytes, std::string_view table, std::vector<std::string_view> columns) {
  Read read;
  // A copy of its own size, so that ASan sees a read past its end.
  const std::vector<char> own(bytes.begin(), bytes.end());
  read.result = read_sqlite_table(
      {own.data(), own.size()}, table, columns,
      [&](std::span<const SqliteCell> cells) {
        std::string row;
        for (const SqliteCell& cell : cells) {
          row += (row.empty() ? "" : "|") + shown(cell);
        }
        read.rows.push_back(row);
        return true;
      },
      read.notes);
  return read;
}

TEST(SqliteRows, EveryTypeIsTakenAsItIsStored) {
  const std::string bytes = database_of(
      "CREATE TABLE t(a, \"b \"\"x\"); INSERT INTO t VALUES(1, 'text'), (NULL, x'6162'), "
      "(-9223372036854775808, 2.5), ('', '\xff\xfe')");
  const Read all = read(bytes, "T", {"A", "b \"x"});
  ASSERT_TRUE(all.result) << all.result.error().what;
  EXPECT_EQ(all.rows, (std::vector<std::string>{"1|'text'", "NULL|xab",
                                                "-9223372036854775808|2.500000", "''|'\xff\xfe'"}));
  EXPECT_EQ(all.result->rows, 4U);
  EXPECT_TRUE(all.result->is_whole);
  EXPECT_TRUE(all.notes.empty());
}

TEST(SqliteRows, MissingColumnIsNullWithANote) {
  const std::string bytes = database_of("CREATE TABLE t(a); INSERT INTO t VALUES(7), (8)");
  const Read some = read(bytes, "t", {"Service", "a", "rowid"});
  EXPECT_EQ(some.rows, (std::vector<std::string>{"NULL|7|1", "NULL|8|2"}));
  ASSERT_EQ(some.notes.size(), 1U);
  EXPECT_EQ(some.notes[0].reason, "table 't' has no column 'Service'");
  EXPECT_EQ(read(bytes, "t", {"x"}).result.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read(bytes, "u", {"a"}).result.error().code, ErrorCode::kNotFound);
}

TEST(SqliteRows, WhatIsNoDatabaseIsSaid) {
  EXPECT_EQ(read("", "t", {"a"}).result.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read("x", "t", {"a"}).result.error().code, ErrorCode::kWrongType);
  EXPECT_EQ(read(std::string(4096, '\0'), "t", {"a"}).result.error().code, ErrorCode::kWrongType);
  EXPECT_EQ(read("SQLite format 3", "t", {"a"}).result.error().code, ErrorCode::kWrongType);
  EXPECT_FALSE(read("SQLite format 3" + std::string(4081, '\0'), "t", {"a"}).result);
}

TEST(SqliteRows, CallerStopsReading) {
  const std::string bytes = database_of(many_rows(10));
  std::vector<base::Note> notes;
  const std::string_view columns[] = {"id"};
  const auto result = read_sqlite_table(
      bytes, "t", columns, [](std::span<const SqliteCell> row) { return row[0].integer < 3; },
      notes);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->rows, 3U);
  EXPECT_FALSE(result->is_whole);
  EXPECT_TRUE(notes.empty());
}

TEST(SqliteRows, Utf16IsGivenAsUtf8) {
  const std::string bytes = database_of(
      "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t(a); INSERT INTO t VALUES('\xe2\x82\xac')");
  EXPECT_EQ(read(bytes, "t", {"a"}).rows, (std::vector<std::string>{"'\xe2\x82\xac'"}));
}

// --- hostile schemas -----------------------------------------------------------------------------

TEST(SqliteRows, ViewsVirtualTablesAndComputedColumnsAreRefused) {
  const std::string bytes = database_of(
      "CREATE TABLE real(a, b AS (hex(a))); INSERT INTO real(a) VALUES(1);"
      "CREATE VIEW wtmp AS SELECT a AS ID FROM real; CREATE VIRTUAL TABLE fts USING fts5(x);"
      "CREATE TRIGGER tr AFTER INSERT ON real BEGIN DELETE FROM real; END");
  EXPECT_EQ(read(bytes, "wtmp", {"ID"}).result.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(read(bytes, "fts", {"x"}).result.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(read(bytes, "real", {"a", "b"}).result.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(read(bytes, "real", {"a"}).rows, (std::vector<std::string>{"1"}));
  // Tables that SQLite makes up.
  EXPECT_EQ(read(bytes, "sqlite_schema", {"sql"}).result.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read(bytes, "pragma_table_list", {"name"}).result.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read(bytes, "dbstat", {"name"}).result.error().code, ErrorCode::kNotFound);
}

TEST(SqliteRows, ViewBehindATablesNameIsRefused) {
  // The schema's row says table, its text a view or a module.
  std::string bytes = database_of(
      "CREATE TABLE t(a); INSERT INTO t VALUES(1); PRAGMA writable_schema = ON;"
      "UPDATE sqlite_schema SET sql = 'CREATE VIEW t AS SELECT 1 AS a'");
  EXPECT_FALSE(read(bytes, "t", {"a"}).result);
  bytes = database_of(
      "CREATE TABLE t(a); INSERT INTO t VALUES(1); PRAGMA writable_schema = ON;"
      "UPDATE sqlite_schema SET sql = 'CREATE VIRTUAL TABLE t USING fts5(a)'");
  EXPECT_FALSE(read(bytes, "t", {"a"}).result);
}

TEST(SqliteRows, SchemaOfManyEntriesIsRefusedEarly) {
  std::string sql = "BEGIN; CREATE TABLE t(a); INSERT INTO t VALUES(1);";
  std::string few = sql;
  for (int i = 0; i < 8000; ++i) {
    const std::string another = "CREATE TABLE i" + std::to_string(i) + "(a);";
    sql += another;
    few += i < 1000 ? another : "";
  }
  EXPECT_EQ(
      read(database_of("PRAGMA page_size = 512;" + sql + "COMMIT"), "t", {"a"}).result.error().code,
      ErrorCode::kTooLarge);
  EXPECT_EQ(read(database_of("PRAGMA page_size = 512;" + few + "COMMIT"), "t", {"a"}).rows,
            (std::vector<std::string>{"1"}));
}

TEST(SqliteRows, ColumnsCalledRowidDoNotConfuse) {
  const std::string bytes = database_of(
      "CREATE TABLE t(rowid TEXT, oid, a); INSERT INTO t VALUES('r', 'o', 1), ('s', 'p', 2);"
      "CREATE TABLE u(rowid, _rowid_, oid); INSERT INTO u VALUES(1, 2, 3), (0, 0, 0);"
      "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO w VALUES('a', 1)");
  EXPECT_EQ(read(bytes, "t", {"rowid", "a"}).rows, (std::vector<std::string>{"'r'|1", "'s'|2"}));
  EXPECT_EQ(read(bytes, "u", {"rowid", "oid"}).rows, (std::vector<std::string>{"1|3", "0|0"}));
  EXPECT_EQ(read(bytes, "w", {"k", "v"}).rows, (std::vector<std::string>{"'a'|1"}));
}

TEST(SqliteRows, ForgedEntryOfTheSchemaDoesNotHideAnotherTable) {
  const std::string bytes =
      database_of(many_rows(3) +
                  "CREATE TABLE other(x); PRAGMA writable_schema = ON;"
                  "UPDATE sqlite_schema SET sql = 'CREATE nonsense' WHERE name = 'other'");
  const Read all = read(bytes, "t", {"id"});
  EXPECT_EQ(all.rows, (std::vector<std::string>{"1", "2", "3"}));
  ASSERT_EQ(all.notes.size(), 1U);
  EXPECT_TRUE(all.notes[0].reason.starts_with("the schema is damaged: "));
}

TEST(SqliteRows, ValueOverTheLimitCostsItsRowOnly) {
  const std::string bytes = database_of(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES(1, 'x'), (5, "
      "zeroblob(70000)),"
      "(6, 'y'), (900, zeroblob(50000000)), (901, 'z')");
  const Read all = read(bytes, "t", {"id", "a"});
  EXPECT_EQ(all.rows, (std::vector<std::string>{"1|'x'", "6|'y'", "901|'z'"}));
  ASSERT_TRUE(all.result);
  EXPECT_FALSE(all.result->is_whole);
  ASSERT_EQ(all.notes.size(), 2U);
  EXPECT_EQ(all.notes[0].reason,
            "table 't': rows from rowid 2 to before 6 cannot be read (string or blob too big)");
  EXPECT_EQ(all.notes[1].reason,
            "table 't': rows from rowid 7 to before 901 cannot be read (string or blob too big)");
}

// --- damage --------------------------------------------------------------------------------------

TEST(SqliteRows, DamagedPageCostsItsRowsOnly) {
  std::string bytes = database_of("PRAGMA page_size = 1024;" + many_rows(2000));
  const size_t pages = bytes.size() / 1024;
  bytes.replace(pages / 2 * 1024, 1024, std::string(1024, '\x77'));
  bytes.replace(pages * 3 / 4 * 1024, 1024, std::string(1024, '\0'));
  const Read all = read(bytes, "t", {"id", "name"});
  ASSERT_TRUE(all.result);
  EXPECT_FALSE(all.result->is_whole);
  EXPECT_EQ(all.notes.size(), 2U);
  EXPECT_GT(all.rows.size(), 1900U);
  EXPECT_LT(all.rows.size(), 2000U);
  EXPECT_EQ(all.rows.front(), "1|'name of the user with number 1'");
  EXPECT_EQ(all.rows.back(), "2000|'name of the user with number 2000'");
}

TEST(SqliteRows, FileCutShortGivesTheRowsItHas) {
  const std::string whole = database_of("PRAGMA page_size = 1024;" + many_rows(2000));
  const std::string cut = whole.substr(0, whole.size() / 2 + 100);
  const Read all = read(cut, "t", {"id", "name"});
  ASSERT_TRUE(all.result) << all.result.error().what;
  EXPECT_FALSE(all.result->is_whole);
  EXPECT_GT(all.rows.size(), 900U);
  EXPECT_EQ(all.rows[899], "900|'name of the user with number 900'");
  ASSERT_GE(all.notes.size(), 2U);
  EXPECT_EQ(all.notes[0].reason, "the database is shorter than its header says");
  EXPECT_EQ(all.notes[0].offset, cut.size());
  EXPECT_EQ(all.notes[0].bytes, whole.size() - cut.size());
}

TEST(SqliteRows, TreeThatLeadsBackIntoItselfEnds) {
  const std::string good = database_of("PRAGMA page_size = 1024;" + many_rows(2000));
  // The root of t is page 2; its cells begin with the number of a child page.
  for (const int target : {1, 2, 3, 200}) {
    std::string bytes = good;
    const auto* const page = reinterpret_cast<const uint8_t*>(bytes.data()) + 1024;
    ASSERT_EQ(page[0], 5) << "not an interior page";
    const int cells = page[3] << 8 | page[4];
    for (int i = 0; i < cells; ++i) {
      const int at = page[12 + 2 * i] << 8 | page[13 + 2 * i];
      bytes[1024 + static_cast<size_t>(at) + 3] = static_cast<char>(target);
    }
    const Read all = read(bytes, "t", {"id", "name"});
    EXPECT_LE(all.rows.size(), 2000U);
    EXPECT_TRUE(!all.result || !all.result->is_whole);
  }
}

TEST(SqliteRows, LongValuesInSmallPagesAreWithinTheBudget) {
  std::string sql = "PRAGMA page_size = 512; CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT);";
  for (int i = 1; i <= 60; ++i) {
    sql += "INSERT INTO t VALUES(" + std::to_string(i) + ", hex(zeroblob(30000)));";
  }
  const Read all = read(database_of(sql), "t", {"id", "a"});
  ASSERT_TRUE(all.result);
  EXPECT_TRUE(all.result->is_whole) << all.notes.size();
  EXPECT_EQ(all.rows.size(), 60U);
}

TEST(SqliteRows, FlippedBytesNeverCrash) {
  const std::string good =
      database_of("PRAGMA page_size = 512;" + many_rows(60) +
                  "CREATE INDEX i ON t(name); CREATE VIEW v AS SELECT * FROM t");
  for (size_t at = 0; at < good.size(); at += at < 1024 ? 1 : 5) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string bytes = good;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      const Read all = read(bytes, "t", {"id", "name"});
      EXPECT_LE(all.rows.size(), 1000U) << at;
    }
  }
}

// --- the write-ahead log -------------------------------------------------------------------------

class SqliteWal : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("genba-wal-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    path_ = folder_ / "wtmp.db";
    ASSERT_EQ(sqlite3_open(path_.c_str(), &handle_), SQLITE_OK);
    run(handle_,
        "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
  }
  void TearDown() override {
    sqlite3_close(handle_);
    std::filesystem::remove_all(folder_);
  }
  std::string file(const std::string& ending) const {
    std::ifstream stream(path_.string() + ending, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  std::vector<std::string> rows(const std::string& database, const std::string& wal) {
    notes_.clear();
    return read(apply_sqlite_wal(database, wal, notes_), "t", {"id"}).rows;
  }

  std::filesystem::path folder_;
  std::filesystem::path path_;
  sqlite3* handle_ = nullptr;
  std::vector<base::Note> notes_;
};

constexpr size_t kFrame = 24 + 1024;

TEST_F(SqliteWal, CommittedFramesAreApplied) {
  run(handle_, many_rows(3));
  EXPECT_EQ(rows(file(""), file("-wal")), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_TRUE(notes_.empty());
  run(handle_, "PRAGMA wal_checkpoint(TRUNCATE)");
  run(handle_, "INSERT INTO t VALUES(9, 'late'); DELETE FROM t WHERE id = 2");
  EXPECT_EQ(rows(file(""), file("-wal")), (std::vector<std::string>{"1", "3", "9"}));
  EXPECT_TRUE(notes_.empty());
  // Without its log the database is read as it was at the checkpoint, with and without our help.
  EXPECT_EQ(rows(file(""), ""), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(read(file(""), "t", {"id"}).rows, (std::vector<std::string>{"1", "2", "3"}));
}

TEST_F(SqliteWal, ReusedLogKeepsItsOldFramesAside) {
  run(handle_, many_rows(500));
  run(handle_, "PRAGMA wal_checkpoint(RESTART); INSERT INTO t VALUES(1000, 'new')");
  const std::string wal = file("-wal");
  ASSERT_GT(wal.size(), 10 * kFrame) << "the log is not reused";
  const auto all = rows(file(""), wal);
  ASSERT_EQ(all.size(), 501U);
  EXPECT_EQ(all.back(), "1000");
  EXPECT_TRUE(notes_.empty());
}

TEST_F(SqliteWal, DatabaseGrowsAndShrinksAsTheLogSays) {
  run(handle_, many_rows(500) + "DELETE FROM t WHERE id > 2; VACUUM");
  notes_.clear();
  const std::string applied = apply_sqlite_wal(file(""), file("-wal"), notes_);
  EXPECT_EQ(applied.size(), 2U * 1024);
  EXPECT_EQ(read(applied, "t", {"id"}).rows, (std::vector<std::string>{"1", "2"}));
}

TEST_F(SqliteWal, FramesBehindDamageAreNotApplied) {
  run(handle_, "CREATE TABLE t(id INTEGER PRIMARY KEY, name)");
  run(handle_, "INSERT INTO t VALUES(1, 'a')");
  const size_t before = file("-wal").size();
  run(handle_, "INSERT INTO t VALUES(2, 'b')");
  run(handle_, "INSERT INTO t VALUES(3, 'c')");
  std::string wal = file("-wal");
  wal[before + 200] = static_cast<char>(wal[before + 200] ^ 1);
  EXPECT_EQ(rows(file(""), wal), (std::vector<std::string>{"1"}));
  ASSERT_EQ(notes_.size(), 1U);
  EXPECT_EQ(notes_[0].offset, before);
  EXPECT_EQ(notes_[0].bytes, wal.size() - before);
  EXPECT_EQ(notes_[0].reason, "a frame with a wrong checksum: it and all behind it is not applied");
}

TEST_F(SqliteWal, LogCutShortGivesItsWholeTransactions) {
  run(handle_, "CREATE TABLE t(id INTEGER PRIMARY KEY, name); INSERT INTO t VALUES(1, 'a')");
  const std::string whole = file("-wal");
  run(handle_,
      "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 300) "
      "INSERT INTO t SELECT i, 'name ' || i FROM n");
  const std::string longer = file("-wal");
  ASSERT_GT(longer.size(), whole.size() + 3 * kFrame);
  EXPECT_EQ(rows(file(""), longer.substr(0, whole.size() + 2 * kFrame + 10)),
            (std::vector<std::string>{"1"}));
  ASSERT_EQ(notes_.size(), 2U);
  EXPECT_EQ(notes_[0].reason, "the last frame breaks off");
  EXPECT_EQ(notes_[0].bytes, 10U);
  EXPECT_EQ(notes_[1].reason, "a transaction without its end is not applied");
  EXPECT_EQ(notes_[1].offset, whole.size());
  EXPECT_EQ(notes_[1].bytes, 2 * kFrame);
}

TEST_F(SqliteWal, StrangeLogsChangeNothing) {
  run(handle_, many_rows(2) + "PRAGMA wal_checkpoint(TRUNCATE)");
  run(handle_, "INSERT INTO t VALUES(3, 'c')");
  const std::string database = file("");
  const std::string wal = file("-wal");
  const std::vector<std::string> before = {"1", "2"};
  EXPECT_EQ(rows(database, "x"), before);
  ASSERT_EQ(notes_.size(), 1U);
  EXPECT_EQ(notes_[0].reason, "not a write-ahead log");
  EXPECT_EQ(rows(database, wal.substr(0, 32)), before);
  EXPECT_TRUE(notes_.empty());
  std::string bad = wal;
  bad[20] = static_cast<char>(bad[20] ^ 1);
  EXPECT_EQ(rows(database, bad), before);
  ASSERT_EQ(notes_.size(), 1U);
  EXPECT_EQ(notes_[0].reason, "the write-ahead log's header has a wrong checksum");
  EXPECT_EQ(rows(database_of("PRAGMA page_size = 4096;" + many_rows(2)), wal), before);
  ASSERT_EQ(notes_.size(), 1U);
  EXPECT_EQ(notes_[0].reason, "the write-ahead log belongs to another database");
  EXPECT_EQ(rows(database, wal), (std::vector<std::string>{"1", "2", "3"}));
}

TEST_F(SqliteWal, AnyFlippedByteOfTheLogEnds) {
  run(handle_, many_rows(2));
  const std::string database = file("");
  const std::string wal = file("-wal");
  for (size_t at = 0; at < wal.size(); at += at < 100 ? 1 : 13) {
    std::string bad = wal;
    bad[at] = static_cast<char>(bad[at] ^ 0xff);
    notes_.clear();
    EXPECT_LE(apply_sqlite_wal(database, bad, notes_).size(), 10U * 1024);
    // The number of the generation, in the first frames' salts, may say "an earlier log" now.
    const size_t in_frame = at < 32 ? at : (at - 32) % kFrame + 32;
    EXPECT_TRUE(!notes_.empty() || (in_frame >= 40 && in_frame < 44)) << at;
  }
}

}  // namespace
}  // namespace genba::parse
