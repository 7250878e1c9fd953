// SPDX-License-Identifier: Apache-2.0
//
// The POSIX TZ string, as a footer of TZif files and by itself: two offsets and the days of each
// year on which clocks go from one to the other. Sources: POSIX.1-2024 section 8.3, RFC 9636
// section 3.3.1 (hours from -167 to 167). Covered by zone_info_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace genba::parse {

/// The day of a year and the time of that day, by the clock as it stands before.
struct PosixDay {
  enum class Kind : uint8_t {
    kJulian,     ///< "J60": 1-365, 29 February is never counted
    kZeroBased,  ///< "59": 0-365, it is
    kWeekday,    ///< "M3.5.0": month, week (5: the last), weekday from Sunday = 0
  };
  Kind kind = Kind::kWeekday;
  int32_t day = 0;  ///< of the year, or of the week
  int32_t week = 0;
  int32_t month = 0;
  int32_t seconds = 7200;  ///< behind 00:00, -167 to 167 hours

  /// Local seconds since 1970 of the moment in `year`.
  int64_t local_seconds_in(int64_t year) const;
};

/// A rule for ever.
struct PosixRule {
  int32_t standard_offset = 0;  ///< seconds east of UTC
  int32_t summer_offset = 0;
  bool has_summer = false;
  PosixDay summer_begin;
  PosixDay summer_end;
};

/// Nothing when the whole text is no such rule.
std::optional<PosixRule> parse_posix_rule(std::string_view text);

}  // namespace genba::parse
