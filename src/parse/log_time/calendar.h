// SPDX-License-Identifier: Apache-2.0
//
// Days and years of the proleptic Gregorian calendar, in plain integers: what log_time, zone_info
// and log_clock share. base/time.h speaks of nanoseconds, which end in 2262; a zone's rule goes on
// for ever. Covered by log_time_test.cc.
#pragma once

#include <cstdint>

namespace genba::parse {

inline constexpr int64_t kSecondsPerDay = 86'400;

constexpr bool is_leap_year(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/// How many days `month` (1-12) of `year` has.
constexpr int32_t days_in_month(int64_t year, int32_t month) {
  constexpr int8_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap_year(year) ? 29 : kDays[month - 1];
}

/// The quotient rounded down, for a positive divisor.
constexpr int64_t floor_divide(int64_t value, int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

/// The number of the day in its year, from 0. `month` is 1-12.
constexpr int32_t day_of_year(int64_t year, int32_t month, int32_t day) {
  constexpr int16_t kBefore[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  return kBefore[month - 1] + (month > 2 && is_leap_year(year) ? 1 : 0) + day - 1;
}

/// Days from 1970-01-01 to the given date. Years within ±10^12.
constexpr int64_t days_from_civil(int64_t year, int32_t month, int32_t day) {
  constexpr int64_t kDaysBefore1970 = 719'162;  // from 0001-01-01
  const int64_t past = year - 1;
  return past * 365 + floor_divide(past, 4) - floor_divide(past, 100) + floor_divide(past, 400) -
         kDaysBefore1970 + day_of_year(year, month, day);
}

/// The year in which the day lies that is `days` after 1970-01-01.
constexpr int64_t year_of_day(int64_t days) {
  constexpr int64_t kDaysIn400Years = 146'097;
  int64_t year = 1970 + floor_divide(days, kDaysIn400Years) * 400;
  year += (days - days_from_civil(year, 1, 1)) / 366;  // too small by at most two
  while (days_from_civil(year + 1, 1, 1) <= days) {
    ++year;
  }
  return year;
}

}  // namespace genba::parse
