// SPDX-License-Identifier: Apache-2.0
#include "parse/zone_info/zone_info.h"

#include <algorithm>
#include <array>

#include "parse/log_time/calendar.h"

namespace genba::parse {

namespace {

constexpr int64_t kFarthest = int64_t{1} << 52U;  // what lies beyond is not told apart

/// A span of this length lies between two others that cannot both touch one local time.
constexpr int64_t kLongSpan = int64_t{kMostSecondsWest} + kMostSecondsEast;

int64_t moved(int64_t time, int64_t by) {
  return time == INT64_MIN || time == INT64_MAX ? time : time + by;
}

/// A span that begins or ends where no time is told apart has no begin or no end: arithmetic with
/// the others cannot overflow.
ZoneInfo::Span within_reach(ZoneInfo::Span span) {
  span.begin = span.begin < -kFarthest ? INT64_MIN : span.begin;
  span.end = span.end > kFarthest ? INT64_MAX : span.end;
  return span;
}

bool is_long(const ZoneInfo::Span& span) {
  return span.begin == INT64_MIN || span.end == INT64_MAX || span.end - span.begin >= kLongSpan;
}

}  // namespace

ZoneInfo ZoneInfo::utc() {
  return fixed(0);
}

ZoneInfo ZoneInfo::fixed(int32_t seconds_east) {
  ZoneInfo zone;
  zone.first_offset_ = std::clamp(seconds_east, -kMostSecondsWest, kMostSecondsEast);
  return zone;
}

base::Result<ZoneInfo> ZoneInfo::parse_posix(std::string_view tz) {
  const auto rule = parse_posix_rule(tz);
  if (!rule) {
    return base::fail(base::ErrorCode::kDamaged, "not a POSIX time zone rule");
  }
  ZoneInfo zone = fixed(rule->standard_offset);
  if (rule->has_summer) {
    zone.rule_ = rule;
  }
  return zone;
}

ZoneInfo::Span ZoneInfo::span_at(int64_t unix_seconds) const {
  const int64_t time = std::clamp(unix_seconds, -kFarthest, kFarthest);
  if (rule_ && (transitions_.empty() || time >= transitions_.back().at)) {
    Span span = span_of_rule(time);
    if (!transitions_.empty()) {
      span.begin = std::max(span.begin, transitions_.back().at);
    }
    return within_reach(span);
  }
  const auto next = std::upper_bound(
      transitions_.begin(), transitions_.end(), time,
      [](int64_t value, const Transition& transition) { return value < transition.at; });
  Span span;
  span.offset = first_offset_;
  if (next != transitions_.end()) {
    span.end = next->at;
  }
  if (next != transitions_.begin()) {
    span.begin = (next - 1)->at;
    span.offset = (next - 1)->offset;
  }
  return within_reach(span);
}

ZoneInfo::Span ZoneInfo::span_of_rule(int64_t unix_seconds) const {
  const PosixRule& rule = *rule_;
  if (!rule.has_summer) {
    return {INT64_MIN, INT64_MAX, rule.standard_offset};
  }
  constexpr size_t kYears = 5;  // a day of 167 hours may lie in the year beside
  const int64_t year = year_of_day(floor_divide(unix_seconds, kSecondsPerDay));
  std::array<Transition, 2 * kYears> around;
  for (size_t i = 0; i < kYears; ++i) {
    const int64_t of = year + static_cast<int64_t>(i) - static_cast<int64_t>(kYears / 2);
    around[2 * i] = {rule.summer_begin.local_seconds_in(of) - rule.standard_offset,
                     rule.summer_offset};
    around[2 * i + 1] = {rule.summer_end.local_seconds_in(of) - rule.summer_offset,
                         rule.standard_offset};
  }
  // Stable: summer time all the year round ends and begins in the same moment, in this order.
  std::stable_sort(around.begin(), around.end(),
                   [](const Transition& a, const Transition& b) { return a.at < b.at; });
  size_t next = 1;
  while (next + 1 < around.size() && around[next].at <= unix_seconds) {
    ++next;
  }
  return {around[next - 1].at, around[next].at, around[next - 1].offset};
}

ZoneInfo::Local ZoneInfo::to_utc(int64_t local_seconds) const {
  const int64_t local = std::clamp(local_seconds, -kFarthest, kFarthest);
  // The instant sought lies within a day or so of the local time read as UTC.
  Span span = span_at(local);
  for (int back = 0; back < 2 && span.begin != INT64_MIN; ++back) {
    span = span_at(span.begin - 1);
  }
  int readings = 0;
  Local result;
  Local skipped{local - span.offset, Local::Kind::kSkipped, local - span.offset};
  for (int step = 0; step < 5; ++step) {
    const int64_t time = local - span.offset;
    if (time >= span.begin && time < span.end) {
      (readings == 0 ? result.seconds : result.second_reading) = time;
      ++readings;
    }
    if (span.end == INT64_MAX || readings == 2) {
      break;
    }
    const Span next = span_at(span.end);
    if (time >= span.end && local - next.offset < next.begin) {
      skipped.seconds = time;
      skipped.second_reading = local - next.offset;
    }
    span = next;
  }
  if (readings == 0) {
    return skipped;
  }
  result.kind = readings == 2 ? Local::Kind::kTwice : Local::Kind::kOnce;
  if (readings == 1) {
    result.second_reading = result.seconds;
  }
  return result;
}

ZoneInfo::Span ZoneInfo::steady_local_at(int64_t unix_seconds) const {
  const Span span = span_at(unix_seconds);
  Span steady{moved(span.begin, span.offset), moved(span.end, span.offset), span.offset};
  if (span.begin != INT64_MIN) {
    const Span before = span_at(span.begin - 1);
    steady.begin = is_long(before) ? span.begin + std::max(span.offset, before.offset)
                                   : span.begin + kMostSecondsEast;
  }
  if (span.end != INT64_MAX) {
    const Span behind = span_at(span.end);
    steady.end = is_long(behind) ? span.end + std::min(span.offset, behind.offset)
                                 : span.end - kMostSecondsWest;
  }
  return steady;
}

}  // namespace genba::parse
