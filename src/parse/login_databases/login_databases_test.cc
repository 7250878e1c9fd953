// SPDX-License-Identifier: Apache-2.0
#include "parse/login_databases/login_databases.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "sqlite3.h"

namespace genba::parse {
namespace {

using Text = std::optional<std::string>;

// The tables as wtmpdb and lastlog2 make them.
constexpr char kWtmp[] =
    "CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT NOT NULL, Login INTEGER, "
    "Logout INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT) STRICT;";
constexpr char kFirstWtmp[] =
    "CREATE TABLE wtmp(Type INTEGER, User TEXT NOT NULL, PID INTEGER, Login INTEGER, Logout "
    "INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT) STRICT;";
constexpr char kLastlog2[] =
    "CREATE TABLE Lastlog2(Name TEXT PRIMARY KEY, Time INTEGER, TTY TEXT, RemoteHost TEXT, "
    "Service TEXT);";

std::string database_of(const std::string& sql) {
  sqlite3* handle = nullptr;
  EXPECT_EQ(sqlite3_open(":memory:", &handle), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(handle);
  sqlite3_int64 size = 0;
  unsigned char* const bytes = sqlite3_serialize(handle, "main", &size, 0);
  std::string result(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  sqlite3_free(bytes);
  sqlite3_close(handle);
  return result;
}

// A table with its rows.
template <class Table, class Record>
struct Read : Table {
  std::vector<Record> records;
};

base::Result<Read<WtmpdbTable, WtmpdbRecord>> read_wtmpdb(const std::string& database,
                                                          std::vector<base::Note>& notes) {
  Read<WtmpdbTable, WtmpdbRecord> read;
  auto table = parse_wtmpdb(
      database, [&](WtmpdbRecord&& record) { read.records.push_back(std::move(record)); }, notes);
  if (!table) {
    return base::fail(table.error());
  }
  static_cast<WtmpdbTable&>(read) = *std::move(table);
  return read;
}

base::Result<Read<Lastlog2Table, Lastlog2Record>> read_lastlog2(const std::string& database,
                                                                std::vector<base::Note>& notes) {
  Read<Lastlog2Table, Lastlog2Record> read;
  const auto table = parse_lastlog2(
      database, [&](Lastlog2Record&& record) { read.records.push_back(std::move(record)); }, notes);
  if (!table) {
    return base::fail(table.error());
  }
  static_cast<Lastlog2Table&>(read) = *table;
  return read;
}

std::vector<std::string> reasons(const std::vector<base::Note>& notes) {
  std::vector<std::string> all;
  for (const auto& note : notes) {
    all.push_back(note.reason);
  }
  return all;
}

TEST(Wtmpdb, EveryFieldIsTaken) {
  std::vector<base::Note> notes;
  const auto table = read_wtmpdb(
      database_of(std::string(kWtmp) +
                  "INSERT INTO wtmp VALUES(1, 1, 'reboot', 1788249600000000, NULL, '~', "
                  "'6.12.48+deb13-amd64', NULL), (2, 3, 'alice', 1788249700123456, "
                  "1788253300000000, 'pts/0', '192.0.2.15', 'sshd')"),
      notes);
  ASSERT_TRUE(table) << table.error().what;
  ASSERT_EQ(table->records.size(), 2U);
  const WtmpdbRecord& boot = table->records[0];
  EXPECT_EQ(boot.id, 1);
  EXPECT_EQ(boot.type, kWtmpdbBoot);
  EXPECT_EQ(boot.user, "reboot");
  EXPECT_EQ(base::to_rfc3339(boot.login->time), "2026-09-01T08:00:00.000000000Z");
  EXPECT_FALSE(boot.logout);
  EXPECT_EQ(boot.remote_host, "6.12.48+deb13-amd64");
  EXPECT_FALSE(boot.service);
  const WtmpdbRecord& login = table->records[1];
  EXPECT_EQ(login.type, kWtmpdbUser);
  EXPECT_EQ(login.user, "alice");
  EXPECT_EQ(login.login->raw, 1788249700123456);
  EXPECT_EQ(base::to_rfc3339(login.login->time), "2026-09-01T08:01:40.123456000Z");
  EXPECT_EQ(base::to_rfc3339(login.logout->time), "2026-09-01T09:01:40.000000000Z");
  EXPECT_TRUE(login.logout->is_plausible);
  EXPECT_EQ(login.tty, "pts/0");
  EXPECT_EQ(login.remote_host, "192.0.2.15");
  EXPECT_EQ(login.service, "sshd");
  EXPECT_FALSE(login.pid);
  EXPECT_TRUE(table->holes.empty());
  EXPECT_TRUE(table->is_whole);
  EXPECT_TRUE(notes.empty());
}

TEST(Wtmpdb, FirstVersionsTableIsRead) {
  std::vector<base::Note> notes;
  const auto table = read_wtmpdb(
      database_of(std::string(kFirstWtmp) +
                  "INSERT INTO wtmp VALUES(3, 'alice', 4711, 1700000000000000, NULL, 'tty1', NULL, "
                  "'login')"),
      notes);
  ASSERT_TRUE(table) << table.error().what;
  ASSERT_EQ(table->records.size(), 1U);
  EXPECT_EQ(table->records[0].id, 1);
  EXPECT_EQ(table->records[0].pid, 4711);
  EXPECT_EQ(table->records[0].user, "alice");
  EXPECT_TRUE(notes.empty());
}

TEST(Wtmpdb, DeletedRowsLeaveHoles) {
  std::string sql = kWtmp;
  for (int i = 1; i <= 20; ++i) {
    sql += "INSERT INTO wtmp(Type, User, Login) VALUES(3, 'u', " +
           std::to_string(1700000000000000 + i) + ");";
  }
  std::vector<base::Note> notes;
  const auto table = read_wtmpdb(
      database_of(sql + "DELETE FROM wtmp WHERE ID IN (1, 2, 7, 11, 12, 13, 20)"), notes);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->records.size(), 13U);
  EXPECT_EQ(table->holes, (std::vector<IdHole>{{1, 2}, {7, 7}, {11, 13}}));
}

TEST(Wtmpdb, HolesAroundForgedNumbersDoNotOverflow) {
  std::vector<base::Note> notes;
  const auto table = read_wtmpdb(
      database_of(std::string(kWtmp) +
                  "INSERT INTO wtmp(ID, Type, User) VALUES(-9223372036854775808, 3, 'a'), "
                  "(-5, 3, 'b'), (9223372036854775807, 3, 'c')"),
      notes);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->records.size(), 3U);
  EXPECT_EQ(table->holes, (std::vector<IdHole>{{1, 9223372036854775806}}));
}

TEST(Wtmpdb, HolesAreCapped) {
  std::vector<base::Note> notes;
  const auto table = read_wtmpdb(
      database_of(std::string(kWtmp) +
                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
                  "INSERT INTO wtmp(ID, Type, User) SELECT 2 * i, 3, 'u' FROM n"),
      notes);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->records.size(), 3000U);
  EXPECT_EQ(table->holes.size(), kMaxIdHoles);
  EXPECT_EQ(reasons(notes), (std::vector<std::string>{"more holes than are kept"}));
}

TEST(Wtmpdb, TimesThatCannotBeAreKeptAndNoted) {
  std::vector<base::Note> notes;
  const auto table = read_wtmpdb(
      database_of(std::string(kWtmp) +
                  "INSERT INTO wtmp(ID, Type, User, Login, Logout) VALUES"
                  "(1, 3, 'a', 1700000000, 1700000000000000), (2, 3, 'b', -1, NULL),"
                  "(3, 3, 'c', 9223372036854775807, NULL), (4, 3, 'd', -9223372036854775808, NULL),"
                  "(5, 3, 'e', 1700000000000001, 1700000000000000)"),
      notes);
  ASSERT_TRUE(table);
  EXPECT_FALSE(table->records[0].login->is_plausible);
  EXPECT_EQ(table->records[0].login->raw, 1700000000);
  EXPECT_TRUE(table->records[0].logout->is_plausible);
  EXPECT_EQ(base::to_rfc3339(table->records[1].login->time), "1969-12-31T23:59:59.999999000Z");
  EXPECT_EQ(reasons(notes), (std::vector<std::string>{
                                "row 1: Login is wrong: microseconds cut to 32 bits, or seconds",
                                "row 2: Login is wrong: not in the years 2000 to 2099",
                                "row 3: Login is wrong: not in the years 2000 to 2099",
                                "row 4: Login is wrong: not in the years 2000 to 2099",
                                "row 5: Logout is before Login"}));
}

TEST(Wtmpdb, ValuesOfAnotherTypeAreNoted) {
  std::vector<base::Note> notes;
  const auto table = read_wtmpdb(
      database_of("CREATE TABLE wtmp(ID, Type, User, Login, Logout, TTY, RemoteHost, Service);"
                  "INSERT INTO wtmp VALUES(70, 'boot', 7, 1.5, NULL, x'ff', NULL, 'a\tb')"),
      notes);
  ASSERT_TRUE(table);
  ASSERT_EQ(table->records.size(), 1U);
  const WtmpdbRecord& record = table->records[0];
  EXPECT_EQ(record.id, 70);
  EXPECT_FALSE(record.type);
  EXPECT_FALSE(record.user);
  EXPECT_FALSE(record.login);
  EXPECT_EQ(record.tty, Text("\xff"));
  EXPECT_EQ(record.service, Text("a\tb"));
  EXPECT_EQ(reasons(notes),
            (std::vector<std::string>{"row 70: Type is no number", "row 70: User is no text",
                                      "row 70: Login is no number"}));
}

TEST(Wtmpdb, NotesOfManyWrongRowsAreCapped) {
  std::vector<base::Note> notes;
  const auto table = read_wtmpdb(
      database_of(std::string(kWtmp) +
                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
                  "INSERT INTO wtmp(Type, User, Login) SELECT 3, 'u', i FROM n"),
      notes);
  ASSERT_TRUE(table);
  EXPECT_EQ(notes.size(), 65U);
  EXPECT_EQ(notes.back().reason, "436 more values that are wrong");
}

TEST(Wtmpdb, WhatIsNoneFails) {
  std::vector<base::Note> notes;
  EXPECT_EQ(read_wtmpdb("", notes).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(read_wtmpdb("text", notes).error().code, base::ErrorCode::kWrongType);
  EXPECT_EQ(read_wtmpdb(database_of(kLastlog2), notes).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(read_wtmpdb(database_of("CREATE TABLE x(a); CREATE VIEW wtmp AS SELECT 1 AS ID"), notes)
                .error()
                .code,
            base::ErrorCode::kUnsupported);
}

TEST(Lastlog2, EveryFieldIsTakenInSeconds) {
  std::vector<base::Note> notes;
  const auto table = read_lastlog2(
      database_of(std::string(kLastlog2) +
                  "INSERT INTO Lastlog2 VALUES('root', 1788250000, 'tty1', NULL, 'login'),"
                  "('alice', 1788249700, 'pts/0', '192.0.2.15', 'sshd'), ('never', 0, '', '', ''), "
                  "('odd', 1, '', '', '')"),
      notes);
  ASSERT_TRUE(table) << table.error().what;
  ASSERT_EQ(table->records.size(), 4U);
  EXPECT_EQ(table->records[0].name, "root");
  EXPECT_FALSE(table->records[2].time);
  EXPECT_EQ(table->records[3].time->raw, 1);
  EXPECT_FALSE(table->records[0].remote_host);
  const Lastlog2Record& alice = table->records[1];
  EXPECT_EQ(alice.name, "alice");
  EXPECT_EQ(base::to_rfc3339(alice.time->time), "2026-09-01T08:01:40.000000000Z");
  EXPECT_EQ(alice.tty, "pts/0");
  EXPECT_EQ(alice.remote_host, "192.0.2.15");
  EXPECT_EQ(alice.service, "sshd");
  EXPECT_TRUE(table->is_whole);
  EXPECT_EQ(reasons(notes),
            (std::vector<std::string>{"row 4: Time is wrong: not in the years 2000 to 2099"}));
}

}  // namespace
}  // namespace genba::parse
