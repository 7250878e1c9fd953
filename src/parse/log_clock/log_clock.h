// SPDX-License-Identifier: Apache-2.0
//
// Makes points in time of the times of one log, read in its order: adds the year that is not told
// (year_counter.h, first_year.h) and the zone that is not told, and says how sure the result is.
// Of the two readings of an hour that clocks were set back over, it takes the one that keeps the
// log going forward. The idea does not hold for a log with lines of several hosts that disagree
// about the time by months, or about the zone. Covered by log_clock_test.cc, log_clock_fuzz.cc.
#pragma once

#include <cstdint>

#include "base/certainty.h"
#include "parse/log_clock/year_counter.h"
#include "parse/log_time/log_time.h"
#include "parse/zone_info/zone_info.h"

namespace genba::parse {

struct ResolvedTime {
  int64_t seconds = 0;  ///< Unix time; a leap second counts as the second behind it
  int32_t nanosecond = 0;
  base::Certainty certainty = base::Certainty::kExact;
  bool ambiguous = false;  ///< a local time that occurred twice, or was skipped
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

  /// The next time of the log. A year-less 29 February in a year that has none moves this and all
  /// that follow on to the next leap year; infer_first_year() chooses a year where that is not
  /// needed.
  ResolvedTime resolve(const LogTime& time);
  /// Years from the first year-less line to the last one seen.
  int32_t year_steps() const { return counter_.span().year_steps + leap_shift_; }

 private:
  void change_day(const LogTime& time);
  ResolvedTime resolve_near_change(int64_t local, ResolvedTime result);

  const ZoneInfo* zone_;
  int64_t first_year_;
  base::Certainty year_certainty_;
  base::Certainty zone_certainty_;
  int32_t leap_shift_ = 0;
  YearCounter counter_;

  uint64_t day_key_ = 0;     ///< year, month and day of the time before, as they were told
  int64_t day_seconds_ = 0;  ///< local seconds of that day's begin
  ZoneInfo::Span steady_{0, 0, 0};
  int64_t last_seconds_ = INT64_MIN;
};

}  // namespace genba::parse
