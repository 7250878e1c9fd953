// SPDX-License-Identifier: Apache-2.0
//
// In which year a log without years begins: the newest year in which its last line is not later
// than something that was surely later. Points in the file that tell a year come first, and a 29
// February rules three years of four out. The idea does not hold for a file that was left alone
// for more than a year, when nothing in it tells a year: it then looks younger than it is.
// Covered by log_clock_test.cc.
#pragma once

#include <cstdint>
#include <span>

#include "parse/log_clock/year_counter.h"
#include "parse/zone_info/zone_info.h"

namespace genba::parse {

/// A point of the file whose year is known.
struct YearAnchor {
  enum class Kind : uint8_t {
    kIs,       ///< a line that tells its date
    kAtLeast,  ///< the year in which a thing named there was made: a kernel's build
  };
  int32_t step = 0;  ///< YearCounter::step_of() at that point
  int32_t year = 0;
  Kind kind = Kind::kIs;
};

/// How much later than its file's mtime a line may be: clocks differ, and mtimes are cut.
inline constexpr int64_t kClockSlack = 86'400;

struct FirstYear {
  int32_t year = 0;
  /// The last line lies after the bound and its slack all the same: the bound (an mtime set back,
  /// a file in the wrong place of its set) or an anchor is wrong.
  bool contradicts_bound = false;
  /// No year agrees with all anchors and the leap day. Of years told, what most of them say was
  /// taken: a file with a gap of years in it gives several.
  bool contradicts_anchors = false;
};

/// The year of the first year-less line. `not_after`: Unix time of the file's mtime, or of the
/// first line of the next newer file of its set; `slack` in seconds. A year at least from an anchor
/// goes before the bound. Without a year-less line (`span.any` false) the answer means nothing.
FirstYear infer_first_year(const YearlessSpan& span, int64_t not_after, int64_t slack,
                           std::span<const YearAnchor> anchors, const ZoneInfo& zone);

}  // namespace genba::parse
