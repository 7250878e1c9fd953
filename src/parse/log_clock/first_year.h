// SPDX-License-Identifier: Apache-2.0
//
// In which year a log without years begins. One of its last lines lies near something that is known
// to follow it (the file's mtime, the next newer file's first line): that tells most. Then lines
// that tell a year; then it is the newest year in which its last line is not later than what
// surely was later, and a 29 February rules three years of four out. The idea does not hold for a
// file that was left alone for more than a year and copied without its times, when nothing in it
// tells a year: it then looks younger than it is. Covered by log_clock_test.cc.
#pragma once

#include <cstdint>
#include <span>

#include "parse/log_clock/year_counter.h"
#include "parse/zone_info/zone_info.h"

namespace genba::parse {

/// A line that tells its date.
struct YearAnchor {
  int32_t step = 0;  ///< YearCounter::step_of() at that line
  int32_t year = 0;
};

/// How much later than its file's mtime a line may be: clocks differ, and were wrong.
inline constexpr int64_t kClockSlack = 2 * 86'400;

struct FirstYear {
  int32_t year = 0;
  /// The last line lies after the bound and its slack all the same: that line is odd, or the bound
  /// (an mtime set back, a file in the wrong place of its set) or an anchor is wrong.
  bool contradicts_bound = false;
  /// No year agrees with all anchors and the leap day. Of years told, what most of them say was
  /// taken: a file with a gap of years in it gives several.
  bool contradicts_anchors = false;
};

/// The year of the first year-less line. `not_after`: Unix time of the file's mtime, or of the
/// first line of the next newer file of its set; `slack` in seconds. Without a year-less line
/// (`span.any` false) the answer means nothing.
FirstYear infer_first_year(const YearlessSpan& span, int64_t not_after, int64_t slack,
                           std::span<const YearAnchor> anchors, const ZoneInfo& zone);

/// The date of a Unix time on the zone's clocks, for YearCounter::expect_end().
LogTime local_date(int64_t seconds, const ZoneInfo& zone);

}  // namespace genba::parse
