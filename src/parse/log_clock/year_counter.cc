// SPDX-License-Identifier: Apache-2.0
#include "parse/log_clock/year_counter.h"

#include <cstdlib>

#include "parse/log_time/calendar.h"

namespace genba::parse {

namespace {

constexpr int32_t kMostSteps = 10'000;  // what a forged file can reach
constexpr int32_t kSmallStepInDays = 7;
constexpr int32_t kSomeLeapYear = 2000;

bool is_leap_day(const LogTime& time) {
  return time.month == 2 && time.day == 29;
}

/// Days from one date to another within the same year.
int32_t days_between(const LogTime& from, const LogTime& to) {
  return day_of_year(kSomeLeapYear, to.month, to.day) -
         day_of_year(kSomeLeapYear, from.month, from.day);
}

/// The date of a clock that starts at 1970-01-01T00:00:00Z or another year's begin, in any zone.
bool is_epoch_date(const LogTime& time) {
  return (time.month == 1 && time.day <= 2) || (time.month == 12 && time.day == 31);
}

}  // namespace

int32_t YearCounter::step_of(const LogTime& time) const {
  if (!span_.any) {
    return 0;
  }
  constexpr int32_t kDaysOfDecember = 31;
  const int32_t months = time.month - span_.last.month;
  int32_t step = span_.year_steps;
  const int32_t since = restarted_ ? days_between(before_restart_, time) : -1;
  if (since >= 0 && since <= kSmallStepInDays) {
    step = step_before_restart_;
  } else if (months <= -2) {
    step += step < kMostSteps ? 1 : 0;
  } else if (months == 11 && span_.last.day + kDaysOfDecember - time.day <= kSmallStepInDays) {
    step -= step > -kMostSteps ? 1 : 0;
  }
  if (is_leap_day(time) && span_.leap_day_step >= 0) {
    while ((step - span_.leap_day_step) % 4 != 0) {
      ++step;
    }
  }
  return step;
}

int32_t YearCounter::count(const LogTime& time) {
  const int32_t step = step_of(time);
  if (!span_.any) {
    span_.any = true;
    span_.first = time;
  } else {
    note_restart(time);
  }
  if (is_leap_day(time) && span_.leap_day_step < 0) {
    span_.leap_day_step = step;
  }
  span_.last = time;
  span_.year_steps = step;
  return step;
}

void YearCounter::note_restart(const LogTime& time) {
  if (!is_epoch_date(time)) {
    restarted_ = false;
    return;
  }
  // In December and January, an epoch's date is most likely a real one.
  const bool far = std::abs(time.month - span_.last.month) >= 2 && span_.last.month != 1 &&
                   span_.last.month != 12;
  if (!restarted_ && far) {
    restarted_ = true;
    before_restart_ = span_.last;
    step_before_restart_ = span_.year_steps;
  }
}

}  // namespace genba::parse
