// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "parse/sqlite_rows/sqlite_rows.h"

// The input is a database, or a database and its log with "--wal--" between them.
GENBA_FUZZ(sqlite_rows) {
  static constexpr std::string_view kBetween = "--wal--";
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t at = bytes.find(kBetween);
  const bool has_wal = at != std::string_view::npos;
  std::vector<genba::base::Note> notes;
  const std::string database = genba::parse::apply_sqlite_wal(
      std::string(bytes.substr(0, at)), has_wal ? bytes.substr(at + kBetween.size()) : "", notes);
  static constexpr std::array<std::string_view, 3> kColumns = {"id", "name", "rowid"};
  uint64_t seen = 0;
  const auto row = [&seen](std::span<const genba::parse::SqliteCell> cells) {
    for (const auto& cell : cells) {
      seen += cell.bytes.size() +
              (cell.bytes.empty() ? 0 : static_cast<unsigned char>(cell.bytes.back()));
    }
    return true;
  };
  (void)genba::parse::read_sqlite_table(database, "t", kColumns, row, notes);
}
