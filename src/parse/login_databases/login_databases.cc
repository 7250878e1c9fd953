// SPDX-License-Identifier: Apache-2.0
#include "parse/login_databases/login_databases.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <utility>

#include "parse/sqlite_rows/sqlite_rows.h"

namespace genba::parse {

namespace {

constexpr size_t kMaxNotes = 64;
constexpr int64_t kFirstSecond = 946'684'800;   // 2000-01-01
constexpr int64_t kLastSecond = 4'102'444'799;  // 2099-12-31
constexpr int64_t kMicrosecondsInSecond = 1'000'000;

enum class Unit : uint8_t { kSeconds, kMicroseconds };

// Takes cells as what they should be, and notes which are not.
class Fields {
 public:
  Fields(const char* source, std::vector<base::Note>& notes) : source_(source), notes_(notes) {}

  void begin_row(int64_t id) { id_ = id; }

  std::optional<std::string> text(const SqliteCell& cell, const char* name) {
    if (cell.type == SqliteType::kText || cell.type == SqliteType::kBlob) {
      return std::string(cell.bytes);
    }
    if (cell.type != SqliteType::kNull) {
      note(name, "is no text");
    }
    return std::nullopt;
  }

  std::optional<int64_t> integer(const SqliteCell& cell, const char* name) {
    if (cell.type == SqliteType::kInteger) {
      return cell.integer;
    }
    if (cell.type != SqliteType::kNull) {
      note(name, "is no number");
    }
    return std::nullopt;
  }

  std::optional<StoredTime> time(const SqliteCell& cell, const char* name, Unit unit) {
    const std::optional<int64_t> raw = integer(cell, name);
    if (!raw) {
      return std::nullopt;
    }
    const int64_t in_second = unit == Unit::kSeconds ? 1 : kMicrosecondsInSecond;
    // Rounded down, so that the fraction is never negative.
    const int64_t seconds = *raw / in_second - (*raw % in_second < 0 ? 1 : 0);
    const int64_t fraction =
        unit == Unit::kSeconds ? 0 : (*raw % in_second + in_second) % in_second * 1000;
    StoredTime stored{*raw, base::timestamp_from_unix(seconds, fraction)};
    stored.is_plausible = seconds >= kFirstSecond && seconds <= kLastSecond;
    if (!stored.is_plausible) {
      const bool is_cut =
          unit == Unit::kMicroseconds && *raw >= 0 && *raw <= std::numeric_limits<uint32_t>::max();
      note(name, is_cut ? "is wrong: microseconds cut to 32 bits, or seconds"
                        : "is wrong: not in the years 2000 to 2099");
    }
    return stored;
  }

  void note(const char* name, const char* reason) {
    if (made_++ < kMaxNotes) {
      notes_.push_back({source_, 0, 0, "row " + std::to_string(id_) + ": " + name + ' ' + reason});
    }
  }

  void finish() {
    if (made_ > kMaxNotes) {
      notes_.push_back(
          {source_, 0, 0, std::to_string(made_ - kMaxNotes) + " more values that are wrong"});
    }
  }

 private:
  const char* source_;
  std::vector<base::Note>& notes_;
  int64_t id_ = 0;
  uint64_t made_ = 0;
};

void note_too_many(const char* source, const char* what, std::vector<base::Note>& notes) {
  notes.push_back({source, 0, 0, std::string("more ") + what + " than are kept"});
}

// What lies between the row before and `id`. Numbers below 1 are nobody's but a forger's.
void add_hole(std::vector<IdHole>& holes, int64_t before, int64_t id) {
  if (id > before && id - before > 1 && holes.size() <= kMaxIdHoles) {
    holes.push_back({before + 1, id - 1});
  }
}

WtmpdbRecord wtmpdb_record(std::span<const SqliteCell> row, Fields& fields) {
  WtmpdbRecord record;
  // ID is the row's own number, unless a strange schema made it a column like others.
  record.id = row[1].type == SqliteType::kInteger ? row[1].integer : row[0].integer;
  fields.begin_row(record.id);
  record.type = fields.integer(row[2], "Type");
  record.user = fields.text(row[3], "User");
  record.login = fields.time(row[4], "Login", Unit::kMicroseconds);
  record.logout = fields.time(row[5], "Logout", Unit::kMicroseconds);
  if (record.login && record.logout && record.login->is_plausible && record.logout->is_plausible &&
      record.logout->raw < record.login->raw) {
    fields.note("Logout", "is before Login");
  }
  record.tty = fields.text(row[6], "TTY");
  record.remote_host = fields.text(row[7], "RemoteHost");
  record.service = fields.text(row[8], "Service");
  record.pid = fields.integer(row[9], "PID");
  return record;
}

// The columns that only some versions have are no damage.
void drop_notes_of_versions(std::vector<base::Note>& notes, size_t from) {
  for (size_t i = from; i < notes.size();) {
    const bool is_known = notes[i].reason == "table 'wtmp' has no column 'ID'" ||
                          notes[i].reason == "table 'wtmp' has no column 'PID'";
    if (is_known) {
      notes.erase(notes.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
}

}  // namespace

base::Result<WtmpdbTable> parse_wtmpdb(std::string_view database,
                                       const std::function<void(WtmpdbRecord&&)>& row,
                                       std::vector<base::Note>& notes) {
  static constexpr std::array<std::string_view, 10> kColumns = {
      "rowid", "ID", "Type", "User", "Login", "Logout", "TTY", "RemoteHost", "Service", "PID"};
  WtmpdbTable table;
  std::vector<base::Note> wrong;
  Fields fields("wtmpdb", wrong);
  int64_t before = 0;
  size_t rows = 0;
  const size_t notes_before = notes.size();
  const auto give = [&](std::span<const SqliteCell> cells) {
    if (rows++ == kMaxLoginRows) {
      note_too_many("wtmpdb", "rows", wrong);
      return false;
    }
    WtmpdbRecord record = wtmpdb_record(cells, fields);
    add_hole(table.holes, before, record.id);
    before = std::max(before, record.id);
    row(std::move(record));
    return true;
  };
  const auto result = read_sqlite_table(database, "wtmp", kColumns, give, notes);
  drop_notes_of_versions(notes, notes_before);
  if (!result) {
    return base::fail(result.error());
  }
  if (table.holes.size() > kMaxIdHoles) {
    table.holes.pop_back();
    note_too_many("wtmpdb", "holes", wrong);
  }
  fields.finish();
  notes.insert(notes.end(), wrong.begin(), wrong.end());
  table.is_whole = result->is_whole;
  return table;
}

base::Result<Lastlog2Table> parse_lastlog2(std::string_view database,
                                           const std::function<void(Lastlog2Record&&)>& row,
                                           std::vector<base::Note>& notes) {
  static constexpr std::array<std::string_view, 6> kColumns = {"rowid", "Name",       "Time",
                                                               "TTY",   "RemoteHost", "Service"};
  Lastlog2Table table;
  std::vector<base::Note> wrong;
  Fields fields("lastlog2", wrong);
  size_t rows = 0;
  const auto give = [&](std::span<const SqliteCell> cells) {
    if (rows++ == kMaxLoginRows) {
      note_too_many("lastlog2", "rows", wrong);
      return false;
    }
    fields.begin_row(cells[0].integer);
    // lastlog2 shows 0 as "never logged in".
    const bool is_never = cells[2].type == SqliteType::kInteger && cells[2].integer == 0;
    row({fields.text(cells[1], "Name"),
         is_never ? std::nullopt : fields.time(cells[2], "Time", Unit::kSeconds),
         fields.text(cells[3], "TTY"), fields.text(cells[4], "RemoteHost"),
         fields.text(cells[5], "Service")});
    return true;
  };
  const auto result = read_sqlite_table(database, "Lastlog2", kColumns, give, notes);
  if (!result) {
    return base::fail(result.error());
  }
  fields.finish();
  notes.insert(notes.end(), wrong.begin(), wrong.end());
  table.is_whole = result->is_whole;
  return table;
}

}  // namespace genba::parse
