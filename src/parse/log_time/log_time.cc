// SPDX-License-Identifier: Apache-2.0
#include "parse/log_time/log_time.h"

#include <cstddef>

#include "parse/log_time/calendar.h"

namespace genba::parse {

namespace {

constexpr uint32_t kNoNumber = 10'000;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_blank_character(char c) {
  return c == ' ' || c == '\t';
}

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr uint32_t name_key(char first, char second, char third) {
  return static_cast<uint32_t>(static_cast<uint8_t>(first)) << 16U |
         static_cast<uint32_t>(static_cast<uint8_t>(second)) << 8U | static_cast<uint8_t>(third);
}

/// 1-12 by the three bytes at `at`; 0 when they name no month.
int8_t month_at(const char* at) {
  switch (name_key(at[0], at[1], at[2])) {
    case name_key('J', 'a', 'n'): return 1;
    case name_key('F', 'e', 'b'): return 2;
    case name_key('M', 'a', 'r'): return 3;
    case name_key('A', 'p', 'r'): return 4;
    case name_key('M', 'a', 'y'): return 5;
    case name_key('J', 'u', 'n'): return 6;
    case name_key('J', 'u', 'l'): return 7;
    case name_key('A', 'u', 'g'): return 8;
    case name_key('S', 'e', 'p'): return 9;
    case name_key('O', 'c', 't'): return 10;
    case name_key('N', 'o', 'v'): return 11;
    case name_key('D', 'e', 'c'): return 12;
    default: return 0;
  }
}

bool is_weekday_at(const char* at) {
  switch (name_key(at[0], at[1], at[2])) {
    case name_key('S', 'u', 'n'):
    case name_key('M', 'o', 'n'):
    case name_key('T', 'u', 'e'):
    case name_key('W', 'e', 'd'):
    case name_key('T', 'h', 'u'):
    case name_key('F', 'r', 'i'):
    case name_key('S', 'a', 't'): return true;
    default: return false;
  }
}

/// 0-99, or kNoNumber when one of the two bytes is no digit.
uint32_t two_digits(const char* at) {
  const uint32_t tens = static_cast<uint32_t>(static_cast<uint8_t>(at[0])) - '0';
  const uint32_t ones = static_cast<uint32_t>(static_cast<uint8_t>(at[1])) - '0';
  return tens > 9 || ones > 9 ? kNoNumber : tens * 10 + ones;
}

bool read_year(const char* at, LogTime& time) {
  const uint32_t high = two_digits(at);
  const uint32_t low = two_digits(at + 2);
  time.year = static_cast<int32_t>(high * 100 + low);
  return high < 100 && low < 100 && time.year != 0;
}

bool read_two(const char* at, int8_t& value) {
  const uint32_t number = two_digits(at);
  value = static_cast<int8_t>(number);
  return number < 100;
}

/// The eight bytes "03:12:09".
bool read_clock(const char* at, LogTime& time) {
  const uint32_t hour = two_digits(at);
  const uint32_t minute = two_digits(at + 3);
  const uint32_t second = two_digits(at + 6);
  // A leap second ends a UTC day; no zone of today is off by anything but quarters of an hour.
  const bool in_range =
      hour < 24 && minute < 60 && (second < 60 || (second == 60 && minute % 15 == 14));
  time.hour = static_cast<int8_t>(hour);
  time.minute = static_cast<int8_t>(minute);
  time.second = static_cast<int8_t>(second);
  return in_range && at[2] == ':' && at[5] == ':';
}

bool is_date(const LogTime& time) {
  constexpr int32_t kSomeLeapYear = 2000;
  return time.month >= 1 && time.month <= 12 && time.day >= 1 &&
         time.day <= days_in_month(time.year == 0 ? kSomeLeapYear : time.year, time.month);
}

/// A mark and digits behind it; without both, reads nothing. Digits past the ninth are dropped.
void read_fraction(const char*& at, const char* end, LogTime& time) {
  if (end - at < 2 || (*at != '.' && *at != ',') || !is_digit(at[1])) {
    return;
  }
  int32_t scale = 100'000'000;
  for (++at; at != end && is_digit(*at); ++at) {
    time.nanosecond += (*at - '0') * scale;
    scale /= 10;
  }
}

/// "Z", "+09:00", "+0900" or "+09". Without a sign reads nothing; false when a sign has no offset.
bool read_offset(const char*& at, const char* end, LogTime& time) {
  if (at == end) {
    return true;
  }
  if (*at == 'Z' || *at == 'z') {
    time.offset = 0;
    ++at;
    return true;
  }
  if (*at != '+' && *at != '-') {
    return true;
  }
  const int32_t sign = *at == '-' ? -1 : 1;
  const uint32_t hours = end - at >= 3 ? two_digits(at + 1) : kNoNumber;
  if (hours > 23) {
    return false;
  }
  at += 3;
  uint32_t minutes = 0;
  if (at != end && (*at == ':' || is_digit(*at))) {
    at += *at == ':' ? 1 : 0;
    minutes = end - at >= 2 ? two_digits(at) : kNoNumber;
    if (minutes > 59) {
      return false;
    }
    at += 2;
  }
  time.offset = sign * static_cast<int32_t>(hours * 3600 + minutes * 60);
  return true;
}

/// " 8 " or "08 " behind a month's name; a second blank may stand in front.
bool read_day(const char*& at, const char* end, LogTime& time) {
  if (end - at < 4 || *at != ' ') {
    return false;
  }
  at += at[1] == ' ' ? 2 : 1;
  if (!is_digit(*at)) {
    return false;
  }
  time.day = static_cast<int8_t>(*at - '0');
  ++at;
  if (at != end && is_digit(*at)) {
    time.day = static_cast<int8_t>(time.day * 10 + (*at - '0'));
    ++at;
  }
  if (at == end || *at != ' ') {
    return false;
  }
  ++at;
  return true;
}

/// Hands out a time that ends at `at`. A letter or digit there means that it is something else.
bool finish(std::string_view& text, const char* at, const LogTime& time, LogTime& out) {
  const char* end = text.data() + text.size();
  if (at != end) {
    if (is_digit(*at) || is_letter(*at)) {
      return false;
    }
    at += is_blank_character(*at) ? 1 : 0;
  }
  text.remove_prefix(static_cast<size_t>(at - text.data()));
  out = time;
  return true;
}

}  // namespace

bool take_syslog_time(std::string_view& text, LogTime& out) {
  constexpr size_t kShortest = sizeof("Nov 8 03:12:09") - 1;
  constexpr ptrdiff_t kClock = 8;
  constexpr ptrdiff_t kYear = 5;  // with the blank behind it
  if (text.size() < kShortest) {
    return false;
  }
  const char* at = text.data();
  const char* end = at + text.size();
  LogTime time;
  time.month = month_at(at);
  at += 3;
  if (time.month == 0 || !read_day(at, end, time)) {
    return false;
  }
  if (end - at >= kYear + kClock && at[2] != ':') {
    if (at[4] != ' ' || !read_year(at, time)) {
      return false;
    }
    at += kYear;
  }
  if (end - at < kClock || !read_clock(at, time) || !is_date(time)) {
    return false;
  }
  at += kClock;
  read_fraction(at, end, time);
  return finish(text, at, time, out);
}

bool take_iso_time(std::string_view& text, LogTime& out) {
  constexpr size_t kShortest = sizeof("2026-11-08T03:12:09") - 1;
  if (text.size() < kShortest) {
    return false;
  }
  const char* at = text.data();
  const char* end = at + text.size();
  LogTime time;
  if (at[4] != '-' || at[7] != '-' || (at[10] != 'T' && at[10] != ' ' && at[10] != 't') ||
      !read_year(at, time) || !read_two(at + 5, time.month) || !read_two(at + 8, time.day) ||
      !read_clock(at + 11, time) || !is_date(time)) {
    return false;
  }
  at += kShortest;
  read_fraction(at, end, time);
  return read_offset(at, end, time) && finish(text, at, time, out);
}

bool take_bracket_time(std::string_view& text, LogTime& out) {
  constexpr size_t kShortest = sizeof("[08/Nov/2026:03:12:09]") - 1;
  if (text.size() < kShortest) {
    return false;
  }
  const char* at = text.data();
  const char* end = at + text.size();
  LogTime time;
  if (at[0] != '[' || at[3] != '/' || at[7] != '/' || at[12] != ':' ||
      !read_two(at + 1, time.day) || !read_year(at + 8, time) || !read_clock(at + 13, time)) {
    return false;
  }
  time.month = month_at(at + 4);
  if (!is_date(time)) {
    return false;
  }
  at += kShortest - 1;
  read_fraction(at, end, time);
  if (at != end && *at == ' ') {
    ++at;
    if (!read_offset(at, end, time)) {
      return false;
    }
  }
  if (at == end || *at != ']') {
    return false;
  }
  ++at;
  at += at != end && is_blank_character(*at) ? 1 : 0;
  text.remove_prefix(static_cast<size_t>(at - text.data()));
  out = time;
  return true;
}

bool take_slash_time(std::string_view& text, LogTime& out) {
  constexpr size_t kShortest = sizeof("2026/11/08 03:12:09") - 1;
  if (text.size() < kShortest) {
    return false;
  }
  const char* at = text.data();
  LogTime time;
  if (at[4] != '/' || at[7] != '/' || at[10] != ' ' || !read_year(at, time) ||
      !read_two(at + 5, time.month) || !read_two(at + 8, time.day) || !read_clock(at + 11, time) ||
      !is_date(time)) {
    return false;
  }
  const char* end = at + text.size();
  at += kShortest;
  read_fraction(at, end, time);
  return finish(text, at, time, out);
}

bool take_asctime(std::string_view& text, LogTime& out) {
  constexpr size_t kShortest = sizeof("Sun Nov 8 03:12:09 2026") - 1;
  constexpr ptrdiff_t kClock = 8;
  constexpr ptrdiff_t kYear = 5;  // with the blank in front of it
  if (text.size() < kShortest) {
    return false;
  }
  const char* at = text.data();
  const char* end = at + text.size();
  LogTime time;
  if (!is_weekday_at(at) || at[3] != ' ') {
    return false;
  }
  time.month = month_at(at + 4);
  at += 7;
  if (time.month == 0 || !read_day(at, end, time) || end - at < kClock || !read_clock(at, time)) {
    return false;
  }
  at += kClock;
  read_fraction(at, end, time);
  if (end - at < kYear || *at != ' ' || !read_year(at + 1, time) || !is_date(time)) {
    return false;
  }
  return finish(text, at + kYear, time, out);
}

}  // namespace genba::parse
