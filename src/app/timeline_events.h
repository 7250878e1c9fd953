// SPDX-License-Identifier: Apache-2.0
//
// The events of a timeline as references of 16 bytes: a million file times are sorted as such, and
// each becomes words only when it is shown. Covered by tests/whole/timeline_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/timeline.h"
#include "collect/logs/line_index.h"
#include "model/facts.h"
#include "render/timeline.h"

namespace genba::app {

/// Where an event lies.
struct EventPlace {
  enum class Table : uint8_t { kLine, kLast, kLastlog, kHistory, kFile, kProcess, kAuth, kEvent };

  int64_t time = 0;
  uint32_t row = 0;
  Table table = Table::kLine;
  uint8_t times = 0;  ///< of files: 1 modified, 2 accessed, 4 changed, 8 born
};

/// Which events a person wants.
class EventFilter {
 public:
  explicit EventFilter(const TimelineOptions& options);

  bool time(int64_t nanoseconds) const { return nanoseconds >= since_ && nanoseconds <= until_; }
  bool path(std::string_view path) const { return path_.empty() || holds(path, path_); }
  /// Whether path or message hold what is looked for, and the path is wanted.
  bool text(std::string_view path, std::string_view message) const;
  bool source(std::string_view name) const;
  bool has_grep() const { return !grep_.empty(); }

 private:
  static bool holds(std::string_view text, const std::string& lower_case);

  int64_t since_;
  int64_t until_;
  std::string grep_;
  std::string path_;
  const std::vector<std::string>& only_;
};

/// Appends the events of the facts that the filter lets through. Of logs only with `log_rows`: a
/// live host's lines are better.
void add_fact_events(const model::Facts& facts, const EventFilter& filter, bool log_rows,
                     std::vector<EventPlace>& places);

/// The event in full. `lines` are of the run that made the place; nullptr for a case.
render::TimelineEvent event_at(const EventPlace& place, const model::Facts& facts,
                               collect::logs::LineTexts* lines);

/// The file at a place of table kFile.
render::BodyFile body_file(const model::Facts& facts, uint32_t row);

}  // namespace genba::app
