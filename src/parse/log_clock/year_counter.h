// SPDX-License-Identifier: Apache-2.0
//
// Counts the New Years between the year-less times of one log, without knowing any year. A month
// that falls back by more than one is a new year ("Dec" to "Jan"); less is a clock set back. The
// idea does not hold for a gap of eleven months or more within the file: nothing shows it, save a
// second 29 February. A clock that starts at an epoch (1 January, or 31 December west of Greenwich)
// after losing power and is set right within the days that follow is no New Year; one that starts
// at any other date is taken for one. Covered by log_clock_test.cc.
#pragma once

#include <cstdint>

#include "parse/log_time/log_time.h"

namespace genba::parse {

/// What one pass over a file's year-less times finds; infer_first_year() wants it.
struct YearlessSpan {
  bool any = false;  ///< false: the file has no year-less time, and nothing below means anything
  LogTime first;
  LogTime last;
  int32_t year_steps = 0;      ///< years from the first time to the last
  int32_t leap_day_step = -1;  ///< years from the first time to the first 29 February; -1: none
};

class YearCounter {
 public:
  /// Counts the next time of the log, whose year is not looked at. Returns its step: how many
  /// years after the first one it lies.
  int32_t count(const LogTime& time);
  /// The step that count() would return, without counting: for a line that tells its year, which
  /// then is an anchor.
  int32_t step_of(const LogTime& time) const;
  const YearlessSpan& span() const { return span_; }

 private:
  void note_restart(const LogTime& time);

  YearlessSpan span_;
  /// Whether the last time may be that of a clock which lost its time, and where the log was
  /// before.
  bool restarted_ = false;
  LogTime before_restart_;
  int32_t step_before_restart_ = 0;
};

}  // namespace genba::parse
