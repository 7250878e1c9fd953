// SPDX-License-Identifier: Apache-2.0
//
// Who logged in, and when, by the databases that replace wtmp and lastlog where 32-bit times have
// to go: wtmpdb (/var/lib/wtmpdb/wtmp.db) and lastlog2 (/var/lib/lastlog/lastlog2.db). Both are
// SQLite files; sqlite_rows reads them, and a log beside them is applied before (apply_sqlite_wal).
//
// Where it does not hold: numbers are given anew when the last rows are deleted, because wtmpdb
// does not use AUTOINCREMENT, so rows cut from the end leave no hole; `wtmpdb rotate` takes rows
// away from the beginning, honestly. Any process that can write the file can write any row. Sources
// of truth: lib/sqlite.c of wtmpdb (its first versions had a PID column and no ID), liblastlog2 of
// util-linux. Covered by login_databases_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace genba::parse {

/// Rows read of one database, and holes kept between them; the rest becomes a note.
inline constexpr size_t kMaxLoginRows = 1'000'000;
inline constexpr size_t kMaxIdHoles = 1000;

/// A time as the database holds it.
struct StoredTime {
  int64_t raw = 0;       ///< microseconds in wtmpdb, seconds in lastlog2
  base::Timestamp time;  ///< what `raw` says in that unit
  /// False outside the years 2000 to 2099. A 32-bit wtmpdb cut its microseconds to 32 bits (its
  /// issue 15), and a machine without a battery boots in 1970.
  bool is_plausible = true;
};

/// Numbers that no row has, both ends included.
struct IdHole {
  int64_t from = 0;
  int64_t to = 0;

  friend bool operator==(const IdHole&, const IdHole&) = default;
};

/// The types that wtmpdb writes; others are kept as their number.
inline constexpr int64_t kWtmpdbBoot = 1;
inline constexpr int64_t kWtmpdbRunLevel = 2;
inline constexpr int64_t kWtmpdbUser = 3;

/// One row of wtmpdb's table `wtmp`. A field is empty when it is NULL, of another type than it
/// should be (with a note), or of a column that the table does not have.
struct WtmpdbRecord {
  int64_t id = 0;
  std::optional<int64_t> type;
  std::optional<std::string> user;  ///< "reboot" for a boot
  std::optional<StoredTime> login;
  std::optional<StoredTime> logout;  ///< empty while the session goes on, or when nobody wrote it
  std::optional<std::string> tty;
  std::optional<std::string> remote_host;  ///< the kernel's version for a boot
  std::optional<std::string> service;
  std::optional<int64_t> pid;  ///< only in the first versions
};

/// What a database says beside its rows.
struct WtmpdbTable {
  std::vector<IdHole> holes;  ///< below the highest id; the first may begin at 1 (rotation)
  /// False when rows may be missing through damage: then holes may be damage too.
  bool is_whole = true;
};

/// One row of lastlog2's table `Lastlog2`: a user's latest login.
struct Lastlog2Record {
  std::optional<std::string> name;
  std::optional<StoredTime> time;  ///< empty for 0 too, which means that the user never logged in
  std::optional<std::string> tty;
  std::optional<std::string> remote_host;
  std::optional<std::string> service;
};

/// The same of lastlog2.
struct Lastlog2Table {
  bool is_whole = true;
};

/// Calls `row` for each row of a wtmpdb database, in the order of id: none is kept here. Errors as
/// read_sqlite_table's, before the first row.
base::Result<WtmpdbTable> parse_wtmpdb(std::string_view database,
                                       const std::function<void(WtmpdbRecord&&)>& row,
                                       std::vector<base::Note>& notes);

/// Calls `row` for each row of a lastlog2 database; errors as read_sqlite_table's.
base::Result<Lastlog2Table> parse_lastlog2(std::string_view database,
                                           const std::function<void(Lastlog2Record&&)>& row,
                                           std::vector<base::Note>& notes);

}  // namespace genba::parse
