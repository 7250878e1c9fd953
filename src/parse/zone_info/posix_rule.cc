// SPDX-License-Identifier: Apache-2.0
#include "parse/zone_info/posix_rule.h"

#include <algorithm>
#include <cstddef>

#include "parse/log_time/calendar.h"

namespace genba::parse {

namespace {

constexpr size_t kLongest = 512;
constexpr int32_t kMostHoursOfOffset = 24;
constexpr int32_t kMostHoursOfDay = 167;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool take(std::string_view& text, char mark) {
  if (!text.starts_with(mark)) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

/// A number of one to three digits, up to `most`.
bool take_number(std::string_view& text, int32_t most, int32_t& value) {
  size_t at = 0;
  value = 0;
  while (at < text.size() && at < 3 && is_digit(text[at])) {
    value = value * 10 + (text[at] - '0');
    ++at;
  }
  text.remove_prefix(at);
  return at != 0 && value <= most;
}

/// "JST" or "<+09>": three letters or more.
bool take_name(std::string_view& text) {
  const bool quoted = take(text, '<');
  size_t at = 0;
  while (at < text.size() &&
         (is_letter(text[at]) ||
          (quoted && (is_digit(text[at]) || text[at] == '+' || text[at] == '-')))) {
    ++at;
  }
  text.remove_prefix(at);
  return at >= 3 && (!quoted || take(text, '>'));
}

/// "[+-]hh[:mm[:ss]]" as seconds.
bool take_clock(std::string_view& text, int32_t most_hours, int32_t& seconds) {
  const int32_t sign = take(text, '-') ? -1 : 1;
  if (sign == 1) {
    (void)take(text, '+');
  }
  int32_t hours = 0;
  int32_t minutes = 0;
  int32_t rest = 0;
  if (!take_number(text, most_hours, hours)) {
    return false;
  }
  if (take(text, ':') && !take_number(text, 59, minutes)) {
    return false;
  }
  if (take(text, ':') && !take_number(text, 59, rest)) {
    return false;
  }
  seconds = sign * (hours * 3600 + minutes * 60 + rest);
  return true;
}

bool take_day(std::string_view& text, PosixDay& day) {
  bool good = false;
  if (take(text, 'M')) {
    day.kind = PosixDay::Kind::kWeekday;
    good = take_number(text, 12, day.month) && day.month >= 1 && take(text, '.') &&
           take_number(text, 5, day.week) && day.week >= 1 && take(text, '.') &&
           take_number(text, 6, day.day);
  } else if (take(text, 'J')) {
    day.kind = PosixDay::Kind::kJulian;
    good = take_number(text, 365, day.day) && day.day >= 1;
  } else {
    day.kind = PosixDay::Kind::kZeroBased;
    good = take_number(text, 365, day.day);
  }
  if (good && take(text, '/')) {
    good = take_clock(text, kMostHoursOfDay, day.seconds);
  }
  return good;
}

int64_t days_of(const PosixDay& day, int64_t year) {
  const int64_t new_year = days_from_civil(year, 1, 1);
  switch (day.kind) {
    case PosixDay::Kind::kZeroBased: return new_year + day.day;
    case PosixDay::Kind::kJulian: {
      constexpr int32_t kFirstOfMarch = 60;
      return new_year + day.day - 1 + (is_leap_year(year) && day.day >= kFirstOfMarch ? 1 : 0);
    }
    case PosixDay::Kind::kWeekday: break;
  }
  const int64_t first = days_from_civil(year, day.month, 1);
  constexpr int64_t kWeekdayOfEpoch = 4;  // Thursday
  const int64_t shifted = first + kWeekdayOfEpoch;
  const int64_t weekday = shifted - floor_divide(shifted, 7) * 7;
  const int64_t in_month = (day.day - weekday + 7) % 7 + (day.week - 1) * 7;
  return first + (in_month < days_in_month(year, day.month) ? in_month : in_month - 7);
}

}  // namespace

int64_t PosixDay::local_seconds_in(int64_t year) const {
  return days_of(*this, year) * kSecondsPerDay + seconds;
}

std::optional<PosixRule> parse_posix_rule(std::string_view text) {
  PosixRule rule;
  int32_t west = 0;
  if (text.size() > kLongest || !take_name(text) || !take_clock(text, kMostHoursOfOffset, west)) {
    return std::nullopt;
  }
  rule.standard_offset = -west;
  if (text.empty()) {
    return rule;
  }
  rule.has_summer = true;
  rule.summer_offset = rule.standard_offset + 3600;
  if (!take_name(text)) {
    return std::nullopt;
  }
  if (!text.empty() && text[0] != ',') {
    if (!take_clock(text, kMostHoursOfOffset, west)) {
      return std::nullopt;
    }
    rule.summer_offset = -west;
  }
  if (text.empty()) {
    text = ",M3.2.0,M11.1.0";
  }
  if (!take(text, ',') || !take_day(text, rule.summer_begin) || !take(text, ',') ||
      !take_day(text, rule.summer_end) || !text.empty()) {
    return std::nullopt;
  }
  return rule;
}

}  // namespace genba::parse
