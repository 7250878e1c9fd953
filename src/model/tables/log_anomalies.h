// SPDX-License-Identifier: Apache-2.0
//
// What is odd about the logs themselves? Silences against the log's own rhythm, holes in numbers
// that only rise, times that go back, runs of NULs, records that were wiped, lines into which a
// visitor wrote the server's own words. Facts only: an idle night and a cleaned log can look alike,
// and rules weigh them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// Silences, holes, jumps and damage in logs.
struct LogAnomaly {
  std::string source;
  std::string path;
  std::optional<int64_t> line;
  std::string kind;
  std::optional<base::Timestamp> from_time;
  std::optional<base::Timestamp> to_time;
  std::optional<int64_t> count;
  std::optional<int64_t> usual;
  std::optional<int64_t> others;
  std::optional<std::string> detail;
};

template <>
struct TableOf<LogAnomaly> {
  static constexpr ColumnInfo kColumns[] = {
      column<&LogAnomaly::source>("source", "The rotated set."),
      column<&LogAnomaly::path>("path", "File."),
      column<&LogAnomaly::line>("line", "Line or record after it."),
      column<&LogAnomaly::kind>(
          "kind",
          "silence, nul_run, time_back, serial_hole, record_hole, wiped_records, "
          "missing_rotation, time_conflict, year_unclear, journal_changed, journal_unlisted, "
          "journal_disagrees, imitated_line."),
      column<&LogAnomaly::from_time>(
          "from_time", "The last time before it; of imitated lines, the first of theirs."),
      column<&LogAnomaly::to_time>(
          "to_time", "The first time after it; of imitated lines, the last of theirs."),
      column<&LogAnomaly::count>("count",
                                 "How much: seconds of a silence, records of a hole, bytes of "
                                 "damage, imitated lines."),
      column<&LogAnomaly::usual>(
          "usual", "Of a silence: the longest that is usual for this log, in seconds."),
      column<&LogAnomaly::others>("others", "Of a silence: lines of other logs within it."),
      column<&LogAnomaly::detail>("detail", "Words."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo =
        small_table<LogAnomaly>("log_anomalies", "Silences, holes, jumps and damage in logs.",
                                TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& log_anomalies() {
  return TableOf<LogAnomaly>::info();
}
}  // namespace tables

}  // namespace genba::model
