// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <limits>

#include "fmt/format.h"

namespace genba::base {

namespace {

constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

// Days since 1970-01-01 of a proleptic Gregorian date; Howard Hinnant's "days_from_civil".
int64_t days_from_civil(int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

int days_in_month(int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

bool in_range(int value, int low, int high) {
  return value >= low && value <= high;
}

std::optional<int> parse_digits(std::string_view text, size_t offset, size_t count) {
  if (offset + count > text.size()) {
    return std::nullopt;
  }
  int value = 0;
  for (size_t i = offset; i < offset + count; ++i) {
    if (text[i] < '0' || text[i] > '9') {
      return std::nullopt;
    }
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

Timestamp timestamp_from_unix(int64_t seconds, int64_t nanoseconds) {
  int64_t whole = 0;
  int64_t sum = 0;
  if (__builtin_mul_overflow(seconds, kNanosecondsPerSecond, &whole) ||
      __builtin_add_overflow(whole, nanoseconds, &sum)) {
    return {seconds < 0 ? std::numeric_limits<int64_t>::min()
                        : std::numeric_limits<int64_t>::max()};
  }
  return {sum};
}

Civil to_civil(Timestamp time) {
  int64_t seconds = time.nanoseconds / kNanosecondsPerSecond;
  int64_t fraction = time.nanoseconds % kNanosecondsPerSecond;
  if (fraction < 0) {
    fraction += kNanosecondsPerSecond;
    --seconds;
  }
  int64_t days = seconds / kSecondsPerDay;
  int64_t rest = seconds % kSecondsPerDay;
  if (rest < 0) {
    rest += kSecondsPerDay;
    --days;
  }
  // Howard Hinnant's "civil_from_days".
  const int64_t shifted = days + 719'468;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const int64_t day_of_era = shifted - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_index = (5 * day_of_year + 2) / 153;
  Civil civil;
  civil.day = static_cast<int>(day_of_year - (153 * month_index + 2) / 5 + 1);
  civil.month = static_cast<int>(month_index < 10 ? month_index + 3 : month_index - 9);
  civil.year = year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0);
  civil.hour = static_cast<int>(rest / 3600);
  civil.minute = static_cast<int>(rest / 60 % 60);
  civil.second = static_cast<int>(rest % 60);
  civil.nanosecond = static_cast<int>(fraction);
  return civil;
}

std::optional<Timestamp> from_civil(const Civil& civil) {
  // The year's range keeps the arithmetic below far from overflow; int64 nanoseconds end in 2262.
  const bool valid = civil.year >= -9999 && civil.year <= 9999 && in_range(civil.month, 1, 12) &&
                     civil.day >= 1 && civil.day <= days_in_month(civil.year, civil.month) &&
                     in_range(civil.hour, 0, 23) && in_range(civil.minute, 0, 59) &&
                     in_range(civil.second, 0, 60) && in_range(civil.nanosecond, 0, 999'999'999);
  if (!valid) {
    return std::nullopt;
  }
  const int64_t days = days_from_civil(civil.year, civil.month, civil.day);
  const int64_t seconds =
      days * kSecondsPerDay + civil.hour * 3600 + civil.minute * 60 + civil.second;
  return timestamp_from_unix(seconds, civil.nanosecond);
}

std::string to_rfc3339(Timestamp time) {
  const Civil c = to_civil(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", c.year, c.month, c.day, c.hour,
                     c.minute, c.second, c.nanosecond);
}

std::string to_display(Timestamp time) {
  const Civil c = to_civil(time);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", c.year, c.month, c.day, c.hour,
                     c.minute, c.second);
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  const auto year = parse_digits(text, 0, 4);
  const auto month = parse_digits(text, 5, 2);
  const auto day = parse_digits(text, 8, 2);
  const auto hour = parse_digits(text, 11, 2);
  const auto minute = parse_digits(text, 14, 2);
  const auto second = parse_digits(text, 17, 2);
  const bool shape = year && month && day && hour && minute && second && text[4] == '-' &&
                     text[7] == '-' && (text[10] == 'T' || text[10] == ' ' || text[10] == 't') &&
                     text[13] == ':' && text[16] == ':';
  if (!shape) {
    return std::nullopt;
  }
  size_t at = 19;
  int nanosecond = 0;
  if (at < text.size() && text[at] == '.') {
    int scale = 100'000'000;
    ++at;
    const size_t first = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
      nanosecond += (text[at] - '0') * scale;
      scale /= 10;
      ++at;
    }
    if (at == first) {
      return std::nullopt;
    }
  }
  int64_t offset_seconds = 0;
  if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) {
    offset_seconds = 0;
  } else if (at + 6 == text.size() && (text[at] == '+' || text[at] == '-') && text[at + 3] == ':') {
    const auto hours = parse_digits(text, at + 1, 2);
    const auto minutes = parse_digits(text, at + 4, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) {
      return std::nullopt;
    }
    offset_seconds = (text[at] == '-' ? -1 : 1) * (*hours * 3600 + *minutes * 60);
  } else {
    return std::nullopt;
  }
  auto time = from_civil({*year, *month, *day, *hour, *minute, *second, nanosecond});
  if (!time) {
    return std::nullopt;
  }
  int64_t nanoseconds = 0;
  if (__builtin_sub_overflow(time->nanoseconds, offset_seconds * kNanosecondsPerSecond,
                             &nanoseconds)) {
    return time;  // already saturated at that end
  }
  return Timestamp{nanoseconds};
}

}  // namespace genba::base
