// SPDX-License-Identifier: Apache-2.0
#include "parse/log_clock/year_counter.h"

#include <algorithm>
#include <cstdlib>

#include "parse/log_time/calendar.h"

namespace genba::parse {

namespace {

constexpr int32_t kMostSteps = 10'000;  // what a forged file can reach
constexpr int32_t kSomeLeapYear = 2000;
constexpr int32_t kDaysOfYear = 366;
// Dates closer than this follow each other.
constexpr int32_t kNear = 7;
constexpr int32_t kMonth = 31;
// A log that had so many lines on a date, or dates in a row, is written every day.
constexpr int32_t kDense = 3;
// So many dates may not belong before the log is where they say.
constexpr int32_t kMostOdd = 8;
// A file's mtime and the clock of its last line differ by no more.
constexpr int32_t kNearEnd = 2;

bool is_leap_day(const LogTime& time) {
  return time.month == 2 && time.day == 29;
}

bool is_same_date(const LogTime& left, const LogTime& right) {
  return left.month == right.month && left.day == right.day;
}

int32_t number_of_day(const LogTime& time) {
  return day_of_year(kSomeLeapYear, time.month, time.day);
}

// Days from one date to the next time that the other one comes, 0 to 365.
int32_t days_until(const LogTime& from, const LogTime& to) {
  return (number_of_day(to) - number_of_day(from) + kDaysOfYear) % kDaysOfYear;
}

// The date of a clock that starts at 1970-01-01T00:00:00Z or another year's begin, in any zone.
bool is_epoch_date(const LogTime& time) {
  return (time.month == 1 && time.day <= 2) || (time.month == 12 && time.day == 31);
}

}  // namespace

int32_t days_apart(const LogTime& left, const LogTime& right) {
  return std::min(days_until(left, right), days_until(right, left));
}

// Behind what does not belong, the log goes on where it was. A log with few lines may well come
// back to a date in another year.
std::optional<int32_t> YearCounter::step_of_return(const LogTime& time) const {
  if (!leap_) {
    return std::nullopt;
  }
  if (!leap_->from_dense && !is_epoch_date(leap_->to)) {
    return std::nullopt;
  }
  const bool goes_on = days_until(leap_->from, time) <= kNear;
  if (!goes_on && days_until(time, leap_->from) > 1) {
    return std::nullopt;
  }
  const int32_t wrapped = number_of_day(time) < number_of_day(leap_->from)   ? 1
                          : number_of_day(time) > number_of_day(leap_->from) ? -1
                                                                             : 0;
  return leap_->step + (goes_on ? std::max(wrapped, 0) : std::min(wrapped, 0));
}

int32_t YearCounter::step_of(const LogTime& time) const {
  if (!span_.any) {
    return 0;
  }
  if (const auto step = step_of_return(time)) {
    return *step;
  }
  constexpr int32_t kDaysOfDecember = 31;
  const int32_t months = time.month - span_.last.month;
  int32_t step = span_.year_steps;
  if (months <= -2) {
    step += step < kMostSteps ? 1 : 0;
  } else if (months == 11 && span_.last.day + kDaysOfDecember - time.day <= kNear) {
    step -= step > -kMostSteps ? 1 : 0;
  }
  if (is_leap_day(time) && span_.leap_day_step >= 0) {
    while ((step - span_.leap_day_step) % 4 != 0) {
      ++step;
    }
  }
  return step;
}

int32_t YearCounter::count(const LogTime& time, int64_t lines_before) {
  const int32_t step = step_of(time);
  if (!span_.any) {
    span_.any = true;
    span_.first = time;
    dates_in_row_ = 1;
    note_end(time, step);
  } else if (!is_same_date(time, span_.last)) {
    note_leap(time, step_of_return(time).has_value(), lines_before);
    note_end(time, step);
  }
  if (is_leap_day(time) && span_.leap_day_step < 0) {
    span_.leap_day_step = step;
  }
  span_.last = time;
  span_.year_steps = step;
  return step;
}

void YearCounter::note_leap(const LogTime& time, bool returned, int64_t lines_before) {
  const bool follows = days_apart(span_.last, time) <= kNear;
  const bool dense = dates_in_row_ >= kDense || lines_before >= kDense;
  dates_in_row_ = follows ? std::min(dates_in_row_, kMostOdd) + 1 : 1;
  if (returned) {
    dates_in_row_ = leap_->from_dense ? kDense : 1;
    leap_.reset();
    return;
  }
  if (leap_) {
    const bool still_epoch = is_epoch_date(leap_->to) && is_epoch_date(time);
    if (leap_->from_dense ? ++leap_->dates_since > kMostOdd : !still_epoch) {
      leap_.reset();
    }
  }
  if (!leap_ && days_apart(span_.last, time) > kMonth) {
    leap_ = Leap{span_.last, time, span_.year_steps, dense, 0};
  }
}

void YearCounter::note_end(const LogTime& time, int32_t step) {
  if (!expected_end_) {
    return;
  }
  if (days_apart(*expected_end_, time) <= kNearEnd) {
    span_.end = time;
    span_.end_step = step;
    dates_since_end_ = 0;
  } else if (span_.end) {
    const bool goes_on = ++dates_since_end_ == 1 && days_apart(span_.last, time) <= kNear;
    if (goes_on || dates_since_end_ > kMostOdd) {
      span_.end.reset();
    }
  }
}

}  // namespace genba::parse
