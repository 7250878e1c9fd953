// SPDX-License-Identifier: Apache-2.0
//
// Counts the New Years between the year-less times of one log, without knowing any year. A month
// that falls back by more than one is a new year ("Dec" to "Jan"); less is a clock set back. Lines
// that do not belong (a clock that lost its time and starts at an epoch, another host's, a forged
// one) show by the log's coming back to where it was: they change nothing behind them. The idea
// does not hold for a gap of eleven months or more within the file: nothing shows it, save a
// second 29 February; nor for a log with a few lines a year. Covered by log_clock_test.cc.
#pragma once

#include <cstdint>
#include <optional>

#include "parse/log_time/log_time.h"

namespace genba::parse {

/// What one pass over a file's year-less times finds; infer_first_year() wants it.
struct YearlessSpan {
  bool any = false;  ///< false: the file has no year-less time, and nothing below means anything
  LogTime first;
  LogTime last;
  int32_t year_steps = 0;      ///< years from the first time to the last
  int32_t leap_day_step = -1;  ///< years from the first time to the first 29 February; -1: none
  /// Of the last times, the last one near the date on which the log ends (expect_end), when what
  /// follows it does not go on from there.
  std::optional<LogTime> end;
  int32_t end_step = 0;  ///< years from the first time to that one
};

/// Days between two dates whose years are not looked at, the shorter way: 0 to 183.
int32_t days_apart(const LogTime& left, const LogTime& right);

class YearCounter {
 public:
  /// The date on which the log's last line was most likely written; its year is not looked at.
  void expect_end(const LogTime& date) { expected_end_ = date; }
  /// Counts the next time of the log, whose year is not looked at. Returns its step: how many
  /// years after the first one it lies. `lines_before`: how many lines the date before it had, for
  /// a caller that counts dates and not lines.
  int32_t count(const LogTime& time, int64_t lines_before = 1);
  /// The step that count() would return, without counting: for a line that tells its year, which
  /// then is an anchor.
  int32_t step_of(const LogTime& time) const;
  const YearlessSpan& span() const { return span_; }

 private:
  /// The log was somewhere else before it leapt by months.
  struct Leap {
    LogTime from;
    LogTime to;
    int32_t step = 0;  ///< of `from`
    bool from_dense = false;
    int32_t dates_since = 0;
  };

  std::optional<int32_t> step_of_return(const LogTime& time) const;
  void note_leap(const LogTime& time, bool returned, int64_t lines_before);
  void note_end(const LogTime& time, int32_t step);

  YearlessSpan span_;
  std::optional<Leap> leap_;
  int32_t dates_in_row_ = 0;  ///< that follow each other within days
  std::optional<LogTime> expected_end_;
  int32_t dates_since_end_ = 0;
};

}  // namespace genba::parse
