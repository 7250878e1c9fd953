// SPDX-License-Identifier: Apache-2.0
#include "parse/log_clock/log_clock.h"

#include <algorithm>

#include "parse/log_time/calendar.h"

namespace genba::parse {

namespace {

/// How far lines stand out of order because several threads or hosts wrote them. A clock set back
/// over an hour shows a larger step, unless the hour before held two lines of almost the same
/// minute and second.
constexpr int64_t kDisorder = 30;

constexpr size_t kMostAnchors = 64;

uint64_t key_of_day(const LogTime& time) {
  return static_cast<uint64_t>(static_cast<uint32_t>(time.year)) << 16U |
         static_cast<uint64_t>(static_cast<uint8_t>(time.month)) << 8U |
         static_cast<uint8_t>(time.day);
}

}  // namespace

LogClock::LogClock(const ZoneInfo& zone, int32_t first_year, base::Certainty year_certainty,
                   base::Certainty zone_certainty)
    : zone_(&zone),
      first_year_(first_year),
      year_certainty_(year_certainty),
      zone_certainty_(zone_certainty) {}

void LogClock::expect_end(int64_t not_after) {
  not_after_ = not_after;
  counter_.expect_end(local_date(not_after, *zone_));
}

FirstYear LogClock::find_first_year() const {
  if (!counter_.span().any) {
    return {static_cast<int32_t>(first_year_), false, false};
  }
  return infer_first_year(counter_.span(), not_after_, kClockSlack, anchors_, *zone_);
}

ResolvedTime LogClock::resolve(const LogTime& time) {
  if (key_of_day(time) != day_key_) {
    change_day(time);
  }
  ++lines_of_day_;
  const int64_t local = day_seconds_ + time.hour * 3600 + time.minute * 60 + time.second;
  ResolvedTime result;
  result.nanosecond = time.nanosecond;
  if (time.year == 0) {
    result.certainty = year_certainty_;
  }
  if (time.offset != LogTime::kNoOffset) {
    result.seconds = local - time.offset;
  } else {
    result.certainty = std::max(result.certainty, zone_certainty_);
    if (local < steady_.begin || local >= steady_.end) {
      return resolve_near_change(local, result);
    }
    result.seconds = local - steady_.offset;
  }
  last_seconds_ = result.seconds;
  return result;
}

void LogClock::change_day(const LogTime& time) {
  day_key_ = key_of_day(time);
  int64_t year = time.year;
  if (year == 0) {
    year = first_year_ + counter_.count(time, lines_of_day_);
  } else if (anchors_.size() < kMostAnchors) {
    anchors_.push_back({counter_.step_of(time), time.year});
  }
  lines_of_day_ = 0;
  day_seconds_ = days_from_civil(year, time.month, time.day) * kSecondsPerDay;
}

ResolvedTime LogClock::resolve_near_change(int64_t local, ResolvedTime result) {
  const ZoneInfo::Local found = zone_->to_utc(local);
  steady_ = zone_->steady_local_at(found.seconds);
  result.seconds = found.seconds;
  if (found.kind == ZoneInfo::Local::Kind::kTwice && found.seconds + kDisorder < last_seconds_) {
    result.seconds = found.second_reading;
  }
  last_seconds_ = result.seconds;
  return result;
}

}  // namespace genba::parse
