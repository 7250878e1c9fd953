// SPDX-License-Identifier: Apache-2.0
//
// What a time zone's clocks showed: UTC to local time and back, from the bytes of a TZif file
// (versions 1 to 4, with the rule in its footer for the time after the last transition) or from a
// POSIX TZ string. Leap seconds of a "right/" file are taken out: all times here are Unix times.
// Not held: abbreviations, and a v4 file's expiry. A file whose transitions lie closer together
// than about two days (none is known) is read without harm, but its doubled hours may be missed.
// Sources: RFC 9636, tzfile(5), tzset(3), POSIX.1-2024 section 8.3.
// Covered by zone_info_test.cc, zone_info_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "parse/zone_info/posix_rule.h"

namespace genba::parse {

// The offsets that a zone may have: RFC 9636 section 3.2. A POSIX rule's lie within.
inline constexpr int32_t kMostSecondsWest = 90'000;
inline constexpr int32_t kMostSecondsEast = 93'600;

class ZoneInfo {
 public:
  static ZoneInfo utc();
  /// A zone that never changes. Offsets outside the limits above are cut to them.
  static ZoneInfo fixed(int32_t seconds_east);
  /// The bytes of a file such as /etc/localtime. kDamaged when a count, time, offset or the footer
  /// breaks the format; kTooLarge past 1 MiB.
  static base::Result<ZoneInfo> parse_tzif(std::string_view bytes);
  /// "CET-1CEST,M3.5.0,M10.5.0/3", "<+09>-9", "JST-9". kDamaged when it is no such string; names of
  /// files (":Europe/Paris", "Europe/Paris") are none.
  ///
  /// Signs are POSIX's: what is added to local time to make UTC, so positive lies WEST. "JST-9" is
  /// UTC+09:00, and someone's "UTC+9" is UTC-09:00. The files of Etc/ are named in the same way:
  /// Etc/GMT-9 holds "<+09>-9", nine hours east.
  ///
  /// A summer time without rule ("EST5EDT") follows the rule of the United States, as glibc has it
  /// where no file "posixrules" stands.
  static base::Result<ZoneInfo> parse_posix(std::string_view tz);

  /// What a local time can mean.
  struct Local {
    enum class Kind : uint8_t {
      kOnce,
      kTwice,    ///< clocks were set back over it
      kSkipped,  ///< clocks were set forward over it: no clock that was right showed it
    };
    int64_t seconds = 0;  ///< UTC of the first reading; of a skipped time, with the offset before
    Kind kind = Kind::kOnce;
    /// UTC of the second reading; of a skipped time, with the offset behind the step, which gives
    /// the earlier instant. The same as `seconds` when there is one reading only.
    int64_t second_reading = 0;
  };

  /// A stretch of time with one offset.
  struct Span {
    int64_t begin = INT64_MIN;  ///< Unix time; INT64_MIN: no begin
    int64_t end = INT64_MAX;    ///< of the first second behind it; INT64_MAX: no end
    int32_t offset = 0;         ///< seconds east of UTC
  };

  /// Seconds east of UTC at a Unix time.
  int32_t offset_at(int64_t unix_seconds) const { return span_at(unix_seconds).offset; }
  /// The stretch in which a Unix time lies. Its neighbours may have the same offset.
  Span span_at(int64_t unix_seconds) const;
  /// `local_seconds`: civil time counted as if it were UTC. Times beyond ±2^52 are read as these.
  Local to_utc(int64_t local_seconds) const;

  /// The local times, from `begin` up to `end`, around a Unix time that have one reading only, all
  /// with `offset`: for them `local - offset` is what to_utc() gives. Empty when there are none.
  Span steady_local_at(int64_t unix_seconds) const;

 private:
  friend class TzifReader;

  struct Transition {
    int64_t at = 0;
    int32_t offset = 0;  ///< from `at` on
  };

  Span span_of_rule(int64_t unix_seconds) const;

  std::vector<Transition> transitions_;  ///< ascending
  int32_t first_offset_ = 0;             ///< before the first transition
  std::optional<PosixRule> rule_;        ///< from the last transition on
};

}  // namespace genba::parse
