// SPDX-License-Identifier: Apache-2.0
//
// Points in time as Genba keeps them: UTC nanoseconds since 1970, never a local time. Text is
// RFC 3339 with nine digits, computed here because the C library's localtime family reads the
// host's zone files. Covered by time_test.cc.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace genba::base {

/// A point in time: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
struct Timestamp {
  int64_t nanoseconds = 0;

  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

/// Seconds (and nanoseconds) since 1970 as a Timestamp; saturates at the type's limits.
Timestamp timestamp_from_unix(int64_t seconds, int64_t nanoseconds = 0);

/// A calendar date and time of day in UTC (proleptic Gregorian). month 1-12, day 1-31.
struct Civil {
  int64_t year = 1970;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int nanosecond = 0;
};

Civil to_civil(Timestamp time);
/// Nothing when a field is out of its range (a 31 April, an hour 24).
std::optional<Timestamp> from_civil(const Civil& civil);

/// "2026-11-21T03:12:09.120000000Z". Years outside 0-9999 are printed with their sign.
std::string to_rfc3339(Timestamp time);
/// "2026-11-21 03:12:09 UTC", for people.
std::string to_display(Timestamp time);
/// Parses RFC 3339 with any number of fraction digits and any offset.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

}  // namespace genba::base
