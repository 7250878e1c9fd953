// SPDX-License-Identifier: Apache-2.0
//
// The time at the front of a log line, as it is written: before year and zone are known. Each
// function takes one shape off the front of a text, with the blank behind it; parse/log_clock
// makes a point in time of the result. Sources: RFC 3164, RFC 5424, RFC 3339, and the manuals of
// Apache (mod_log_config, core), nginx (ngx_http_log_module) and asctime(3).
// Covered by log_time_test.cc.
#pragma once

#include <cstdint>
#include <string_view>

namespace genba::parse {

/// A calendar time as a line tells it. Fields are in their ranges; the day fits its month (29
/// February is accepted in a line without a year).
struct LogTime {
  static constexpr int32_t kNoOffset = INT32_MIN;

  int32_t year = 0;  ///< 0: the line does not tell it
  int8_t month = 1;  ///< 1-12
  int8_t day = 1;
  int8_t hour = 0;
  int8_t minute = 0;
  int8_t second = 0;  ///< 60 only as a leap second
  int32_t nanosecond = 0;
  int32_t offset = kNoOffset;  ///< seconds east of UTC, when the line tells it

  friend bool operator==(const LogTime&, const LogTime&) = default;
};

// Each returns false, and leaves `text` and `out` alone, when the text does not begin so.

/// "Nov  8 03:12:09 ", with a day of one or two digits and one or two blanks, an optional fraction,
/// and Cisco's optional year ("Nov  8 2026 03:12:09"). A colon behind the time is left.
bool take_syslog_time(std::string_view& text, LogTime& out);
/// "2026-11-08T03:12:09.123456+09:00", "…Z", "2026-11-08 03:12:09,123", with or without offset.
bool take_iso_time(std::string_view& text, LogTime& out);
/// "[08/Nov/2026:03:12:09 +0900]", Apache's and nginx's access logs.
bool take_bracket_time(std::string_view& text, LogTime& out);
/// "2026/11/08 03:12:09", nginx's error log.
bool take_slash_time(std::string_view& text, LogTime& out);
/// "Sun Nov  8 03:12:09.123456 2026", Apache's error log, vsftpd, xferlog.
bool take_asctime(std::string_view& text, LogTime& out);

}  // namespace genba::parse
