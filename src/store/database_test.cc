// SPDX-License-Identifier: Apache-2.0
#include "store/database.h"

#include <chrono>
#include <cstdio>

#include "gtest/gtest.h"
#include "model/tables/file.h"
#include "model/tables/process_open_sockets.h"
#include "model/tables/processes.h"

namespace genba::store {
namespace {

using namespace std::string_literals;
using model::Facts;
using model::Value;

std::string show(const Value& cell) {
  if (const auto* text = std::get_if<std::string_view>(&cell)) {
    return std::string(*text);
  }
  if (const auto* number = std::get_if<int64_t>(&cell)) {
    return std::to_string(*number);
  }
  if (const auto* real = std::get_if<double>(&cell)) {
    return std::to_string(*real);
  }
  return "NULL";
}

// Rows as "a|b", or the error's words.
std::vector<std::string> query(Database& database, std::string_view sql,
                               const std::vector<Parameter>& parameters = {}) {
  auto statement = database.prepare(sql);
  if (!statement) {
    return {"error: " + statement.error().what};
  }
  std::vector<std::string> rows;
  const auto done = (*statement)->run(parameters, [&](std::span<const Value> cells) {
    std::string row;
    for (const Value& cell : cells) {
      row += (row.empty() ? "" : "|") + show(cell);
    }
    rows.push_back(row);
    return true;
  });
  if (!done) {
    return {"error: " + done.error().what};
  }
  return rows;
}

using Rows = std::vector<std::string>;

class DatabaseTest : public testing::Test {
 protected:
  void open() {
    auto opened = Database::open(facts_);
    ASSERT_TRUE(opened) << opened.error().what;
    database_ = *std::move(opened);
  }
  Rows ask(std::string_view sql, const std::vector<Parameter>& parameters = {}) {
    return query(*database_, sql, parameters);
  }

  Facts facts_;
  std::unique_ptr<Database> database_;
};

TEST_F(DatabaseTest, UnreadTablesAreEmptyButCompile) {
  open();
  for (const model::TableInfo* table : model::all_tables()) {
    EXPECT_EQ(ask("SELECT count(*) FROM " + std::string(table->name)), Rows{"0"}) << table->name;
  }
}

TEST_F(DatabaseTest, AbsentIsNull) {
  facts_.rows<model::Process>().push_back({.pid = 7});
  ASSERT_TRUE(facts_.append_large(model::File{.path = "/a"}));
  open();
  EXPECT_EQ(ask("SELECT pid, path FROM processes WHERE path IS NULL"), Rows{"7|NULL"});
  EXPECT_EQ(ask("SELECT path, mtime FROM file WHERE mtime IS NULL"), Rows{"/a|NULL"});
}

TEST_F(DatabaseTest, ColumnTypesFollowTheTableAlsoThroughASubquery) {
  open();
  const auto statement = database_->prepare(
      "WITH recent AS (SELECT path, mtime, size FROM file) "
      "SELECT r.path, r.mtime, r.size, p.start_time, p.on_disk, 1 + 1 AS two "
      "FROM recent r, (SELECT start_time, on_disk FROM processes) p");
  ASSERT_TRUE(statement) << statement.error().what;
  using enum model::ColumnType;
  const auto& columns = (*statement)->columns();
  ASSERT_EQ(columns.size(), 6U);
  EXPECT_EQ(columns[0].type, kText);
  EXPECT_EQ(columns[1].type, kTimestamp);
  EXPECT_EQ(columns[2].type, kInteger);
  EXPECT_EQ(columns[3].type, kTimestamp);
  EXPECT_EQ(columns[4].type, kBoolean);
  EXPECT_EQ(columns[5].name, "two");
}

TEST_F(DatabaseTest, UsesNameTablesAndColumns) {
  using Uses = std::set<ColumnUse>;
  EXPECT_EQ(uses_of("SELECT Path FROM File WHERE mtime > 5"),
            (Uses{{"file", "path"}, {"file", "mtime"}}));
  EXPECT_EQ(uses_of("SELECT count(*) FROM PROCESSES"), (Uses{{"processes", ""}}));
  EXPECT_EQ(uses_of("WITH file2 AS (SELECT 1) SELECT count(*) FROM file2"), Uses{});
  EXPECT_EQ(uses_of("SELECT pid FROM processes p WHERE NOT EXISTS "
                    "(SELECT 1 FROM package_files f WHERE f.path = p.path)"),
            (Uses{{"processes", "pid"}, {"processes", "path"}, {"package_files", "path"}}));
  EXPECT_FALSE(uses_of("SELECT nothing FROM nowhere"));
}

TEST_F(DatabaseTest, EverythingButSelectIsRefused) {
  open();
  for (const char* sql : {"ATTACH '/etc/passwd' AS x",
                          "PRAGMA database_list",
                          "INSERT INTO processes(pid) VALUES(1)",
                          "DELETE FROM processes",
                          "UPDATE processes SET pid = 1",
                          "DROP TABLE processes",
                          "CREATE TABLE x(y)",
                          "CREATE TEMP TABLE x(y)",
                          "CREATE VIEW v AS SELECT 1",
                          "VACUUM",
                          "VACUUM INTO '/tmp/x'",
                          "DETACH main",
                          "BEGIN",
                          "REINDEX",
                          "ANALYZE",
                          "INSERT INTO file(path) VALUES('x')",
                          "CREATE VIRTUAL TABLE t USING fts5(x)",
                          "SELECT load_extension('/tmp/x.so')",
                          "SELECT random()",
                          "SELECT hex(randomblob(4))",
                          "SELECT writefile('/tmp/x', 'y')",
                          "SELECT readfile('/etc/shadow')",
                          "SELECT * FROM pragma_database_list",
                          "SELECT current_timestamp",
                          "SELECT sqlite_version()",
                          "SELECT fts3_tokenizer('simple')",
                          "SELECT * FROM dbstat"}) {
    const auto statement = database_->prepare(sql);
    EXPECT_FALSE(statement) << sql;
    if (!statement) {
      EXPECT_EQ(statement.error().code, base::ErrorCode::kInvalid) << sql;
      EXPECT_EQ(statement.error().what.find('\n'), std::string::npos) << sql;
    }
  }
}

TEST_F(DatabaseTest, HasNoClockAndNoLocalTime) {
  open();
  EXPECT_EQ(ask("SELECT datetime('now')"), Rows{"NULL"});
  EXPECT_EQ(ask("SELECT datetime(0, 'unixepoch')"), Rows{"1970-01-01 00:00:00"});
  const Rows local = ask("SELECT datetime(0, 'unixepoch', 'localtime')");
  ASSERT_EQ(local.size(), 1U);
  EXPECT_TRUE(local[0].starts_with("error: ")) << local[0];
}

TEST_F(DatabaseTest, MalformedQueriesGiveOneLine) {
  open();
  EXPECT_EQ(ask(""), Rows{"error: the query is empty"});
  EXPECT_EQ(ask("-- nothing"), Rows{"error: the query is empty"});
  EXPECT_EQ(ask("SELECT 1; SELECT 2"),
            Rows{"error: one statement only: something follows the first one"});
  EXPECT_EQ(ask("SELECT 1; -- that is all"), Rows{"1"});
  EXPECT_EQ(ask(std::string_view("SELECT 1\0; DROP", 15)),
            Rows{"error: the query holds a NUL byte"});
  for (const std::string& sql :
       {std::string("SELEC\n1"), std::string("SELECT \"\x1b[2J"), std::string(2 << 20, 'x'),
        "SELECT " + std::string(5000, '(') + "1" + std::string(5000, ')')}) {
    const auto statement = database_->prepare(sql);
    ASSERT_FALSE(statement);
    EXPECT_EQ(statement.error().what.find_first_of("\n\x1b"), std::string::npos);
  }
}

TEST_F(DatabaseTest, RecursionWithoutEndIsStoppedByTheDeadline) {
  open();
  const Rows stopped = {"error: the query was stopped at its deadline"};
  const auto begin = std::chrono::steady_clock::now();
  database_->set_deadline(begin + std::chrono::milliseconds(50));
  EXPECT_EQ(ask("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
                "SELECT count(*) FROM n"),
            stopped);
  EXPECT_EQ(ask("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
                "SELECT x FROM n"),
            stopped);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  database_->set_deadline(std::chrono::steady_clock::time_point::max());
  EXPECT_EQ(ask("SELECT 1"), Rows{"1"});
}

TEST_F(DatabaseTest, TextTooLargeIsAnErrorNotACrash) {
  open();
  const Rows rows =
      ask("SELECT length(replace(hex(zeroblob(20000000)), '00', 'xxxxxxxxxxxxxxxx'))");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0].starts_with("error: ")) << rows[0];
}

TEST_F(DatabaseTest, HostileNamesRoundTripInOneSpelling) {
  const std::string name = "/tmp/\xff'; DROP TABLE file; --\0\n\xE2\x80\xAE"s;
  const std::string spelled = "/tmp/\\xff'; DROP TABLE file; --\\x00\n\xE2\x80\xAE";
  facts_.rows<model::Process>().push_back({.pid = 1, .path = name});
  ASSERT_TRUE(facts_.append_large(model::File{.path = name}));
  ASSERT_TRUE(facts_.append_large(model::File{.path = "/tmp/\\xff"}));
  ASSERT_TRUE(facts_.append_large(model::File{.path = "/tmp/\xff"}));
  open();
  EXPECT_EQ(ask("SELECT path FROM processes"), Rows{spelled});
  EXPECT_EQ(ask("SELECT path FROM file WHERE path = :p", {{"p", spelled}}), Rows{spelled});
  EXPECT_EQ(ask("SELECT f.path FROM file f JOIN processes p USING (path)"), Rows{spelled});
  EXPECT_EQ(ask("SELECT path FROM file WHERE path = '/tmp/\\xff'"),
            (Rows{"/tmp/\\xff", "/tmp/\\xff"}));
  EXPECT_EQ(ask("SELECT count(*) FROM file WHERE path LIKE '%DROP%\xE2\x80\xAE'"), Rows{"1"});
}

TEST_F(DatabaseTest, TextThatSqlCutsInTwoIsValidAgain) {
  open();
  EXPECT_EQ(ask("SELECT CAST(x'e78fff41' AS TEXT)"), Rows{"\\xe7\\x8f\\xffA"});
}

TEST_F(DatabaseTest, ParametersMustBeGivenAndMayBeMore) {
  open();
  EXPECT_EQ(ask("SELECT :a + 1", {{"a", int64_t{41}}, {"b", std::string("x")}}), Rows{"42"});
  EXPECT_EQ(ask("SELECT :a"), Rows{"error: the query has no value for :a"});
  EXPECT_EQ(ask("SELECT ?"), Rows{"error: the query has no value for ?"});
}

TEST_F(DatabaseTest, AStatementRunsAgainAndStopsWhenToldTo) {
  facts_.rows<model::Process>().assign(5, {.pid = 1});
  open();
  const auto statement = database_->prepare("SELECT pid FROM processes");
  ASSERT_TRUE(statement);
  for (const int limit : {1, 5, 2}) {
    int seen = 0;
    ASSERT_TRUE((*statement)->run({}, [&](std::span<const Value>) { return ++seen < limit; }));
    EXPECT_EQ(seen, limit);
  }
}

TEST_F(DatabaseTest, SerializedFileHoldsLargeTablesToo) {
  facts_.rows<model::Process>().push_back({.pid = 1});
  ASSERT_TRUE(facts_.append_large(model::File{.path = "/a"}));
  open();
  const auto bytes = database_->serialize();
  ASSERT_TRUE(bytes) << bytes.error().what;
  EXPECT_TRUE(bytes->starts_with("SQLite format 3"));
  EXPECT_NE(bytes->find("CREATE TABLE \"file\""), std::string::npos);
}

TEST_F(DatabaseTest, OneHundredThousandSocketsAndAJoinOverThem) {
  using Clock = std::chrono::steady_clock;
  for (int64_t i = 0; i < 100'000; ++i) {
    model::ProcessOpenSocket socket;
    socket.pid = 10'000 + i % 2000;
    facts_.rows<model::ProcessOpenSocket>().push_back(std::move(socket));
  }
  for (int64_t i = 0; i < 2000; ++i) {
    facts_.rows<model::Process>().push_back({.pid = 10'000 + i * 2});
  }
  const auto begin = Clock::now();
  open();
  const auto opened = Clock::now();
  EXPECT_EQ(ask("SELECT count(*) FROM processes p JOIN process_open_sockets s USING (pid)"),
            Rows{"50000"});
  const auto joined = Clock::now();
  EXPECT_EQ(ask("SELECT count(*) FROM processes p WHERE NOT EXISTS "
                "(SELECT 1 FROM process_open_sockets s WHERE s.pid = p.pid)"),
            Rows{"1000"});
  const auto milliseconds = [](auto time) {
    return std::chrono::duration<double, std::milli>(time).count();
  };
  std::printf("open %.0f ms, join %.0f ms, not exists %.0f ms\n", milliseconds(opened - begin),
              milliseconds(joined - opened), milliseconds(Clock::now() - joined));
}

}  // namespace
}  // namespace genba::store
