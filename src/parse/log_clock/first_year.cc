// SPDX-License-Identifier: Apache-2.0
#include "parse/log_clock/first_year.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <vector>

#include "base/time.h"
#include "parse/log_time/calendar.h"

namespace genba::parse {

namespace {

constexpr int64_t kYear10000 = 253'402'300'800;  // Unix time of its begin
constexpr int64_t kMostSlack = 400 * kSecondsPerDay;
// What forged anchors can make of the answer.
constexpr int64_t kEarliestYear = -10'000;
constexpr int64_t kLatestYear = 20'000;

int64_t time_in_year(const LogTime& time, int64_t year, const ZoneInfo& zone) {
  // A 29 February of another year counts as 1 March: good enough to compare.
  const int64_t days = days_from_civil(year, time.month, time.day);
  const int64_t local = days * kSecondsPerDay + time.hour * 3600 + time.minute * 60 + time.second;
  return zone.to_utc(local).seconds;
}

/// The last line's time when the first one lies in `first_year`.
int64_t time_of_last(const YearlessSpan& span, int64_t first_year, const ZoneInfo& zone) {
  return time_in_year(span.last, first_year + span.year_steps, zone);
}

bool fits_leap_day(const YearlessSpan& span, int64_t first_year) {
  return span.leap_day_step < 0 || is_leap_year(first_year + span.leap_day_step);
}

/// The year that most anchors tell; the newest of several such.
std::optional<int64_t> told_year(std::span<const YearAnchor> anchors, bool& disagree) {
  std::vector<int64_t> years;
  years.reserve(anchors.size());
  for (const YearAnchor& anchor : anchors) {
    years.push_back(int64_t{anchor.year} - anchor.step);
  }
  if (years.empty()) {
    return std::nullopt;
  }
  std::sort(years.begin(), years.end());
  disagree = years.front() != years.back();
  int64_t best = years[0];
  ptrdiff_t most = 0;
  for (auto run = years.begin(); run != years.end();) {
    const auto end = std::upper_bound(run, years.end(), *run);
    if (end - run >= most) {
      most = end - run;
      best = *run;
    }
    run = end;
  }
  return best;
}

// The year in which the log's end lies nearest to what follows it.
std::optional<int64_t> year_of_end(const YearlessSpan& span, int64_t bound, const ZoneInfo& zone) {
  if (!span.end) {
    return std::nullopt;
  }
  const int64_t middle = year_of_day(floor_divide(bound, kSecondsPerDay));
  int64_t best = middle;
  int64_t least = INT64_MAX;
  for (int64_t year = middle - 1; year <= middle + 1; ++year) {
    const int64_t distance = std::abs(time_in_year(*span.end, year, zone) - bound);
    if (distance < least) {
      least = distance;
      best = year;
    }
  }
  return best - span.end_step;
}

int64_t newest_year(const YearlessSpan& span, int64_t bound, const ZoneInfo& zone) {
  // One year more than UTC has: the zone may be ahead.
  int64_t year = year_of_day(floor_divide(bound, kSecondsPerDay)) + 1 - span.year_steps;
  while (time_of_last(span, year, zone) > bound || !fits_leap_day(span, year)) {
    --year;
  }
  return year;
}

}  // namespace

FirstYear infer_first_year(const YearlessSpan& span, int64_t not_after, int64_t slack,
                           std::span<const YearAnchor> anchors, const ZoneInfo& zone) {
  const int64_t end = std::clamp<int64_t>(not_after, 0, kYear10000);
  const int64_t bound = end + std::clamp<int64_t>(slack, 0, kMostSlack);
  FirstYear answer;
  const auto told = told_year(anchors, answer.contradicts_anchors);
  const auto ended = year_of_end(span, end, zone);
  int64_t year = ended ? *ended : told ? *told : newest_year(span, bound, zone);
  answer.contradicts_anchors =
      answer.contradicts_anchors || (told && *told != year) || !fits_leap_day(span, year);
  year = std::clamp(year, kEarliestYear, kLatestYear);
  answer.year = static_cast<int32_t>(year);
  answer.contradicts_bound = time_of_last(span, year, zone) > bound;
  return answer;
}

LogTime local_date(int64_t seconds, const ZoneInfo& zone) {
  const int64_t near = std::clamp<int64_t>(seconds, 0, kYear10000);
  const int64_t local = near + zone.offset_at(near);
  const base::Civil civil = base::to_civil(base::timestamp_from_unix(local));
  LogTime date;
  date.month = static_cast<int8_t>(civil.month);
  date.day = static_cast<int8_t>(civil.day);
  return date;
}

}  // namespace genba::parse
