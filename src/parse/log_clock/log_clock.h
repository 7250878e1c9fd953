// SPDX-License-Identifier: Apache-2.0
//
// Makes points in time of the times of one log, read in its order: adds the year that is not told
// (year_counter.h, first_year.h) and the zone that is not told, and says how sure the result is.
// Of the two readings of an hour that clocks were set back over, it takes the one that keeps the
// log going forward. The idea does not hold for a log with lines of several hosts that disagree
// about the time by months, or about the zone. Covered by log_clock_test.cc, log_clock_fuzz.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "base/certainty.h"
#include "parse/log_clock/first_year.h"
#include "parse/log_clock/year_counter.h"
#include "parse/log_time/log_time.h"
#include "parse/zone_info/zone_info.h"

namespace genba::parse {

struct ResolvedTime {
  int64_t seconds = 0;  ///< Unix time; a leap second counts as the second behind it
  int32_t nanosecond = 0;
  base::Certainty certainty = base::Certainty::kExact;
};

class LogClock {
 public:
  /// `zone` must outlive this. `first_year`: the year of the first year-less line. The two
  /// certainties are for times whose year, or offset, is not told; of both, the less sure one
  /// holds. A time with year and offset is exact.
  LogClock(const ZoneInfo& zone, int32_t first_year,
           base::Certainty year_certainty = base::Certainty::kInferredYear,
           base::Certainty zone_certainty = base::Certainty::kAssumedZone);
  LogClock(ZoneInfo&&, int32_t, base::Certainty = {}, base::Certainty = {}) = delete;

  /// When the log's last line was written at the latest (Unix time): find_first_year() wants it.
  void expect_end(int64_t not_after);
  /// The next time of the log. A year-less 29 February in a year that has none is read as 1 March.
  ResolvedTime resolve(const LogTime& time);
  /// After the last time: the first year that agrees best with all that was seen. When it is not
  /// the one that this clock began with, the log is to be read again.
  FirstYear find_first_year() const;

 private:
  void change_day(const LogTime& time);
  ResolvedTime resolve_near_change(int64_t local, ResolvedTime result);

  const ZoneInfo* zone_;
  int64_t first_year_;
  base::Certainty year_certainty_;
  base::Certainty zone_certainty_;
  YearCounter counter_;
  int64_t not_after_ = INT64_MAX;
  std::vector<YearAnchor> anchors_;

  int64_t lines_of_day_ = 0;
  uint64_t day_key_ = 0;     ///< year, month and day of the time before, as they were told
  int64_t day_seconds_ = 0;  ///< local seconds of that day's begin
  ZoneInfo::Span steady_{0, 0, 0};
  int64_t last_seconds_ = INT64_MIN;
};

}  // namespace genba::parse
