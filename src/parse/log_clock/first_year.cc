// SPDX-License-Identifier: Apache-2.0
#include "parse/log_clock/first_year.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "parse/log_time/calendar.h"

namespace genba::parse {

namespace {

constexpr int64_t kYear10000 = 253'402'300'800;  // Unix time of its begin
constexpr int64_t kMostSlack = 400 * kSecondsPerDay;
constexpr int64_t kNoYear = INT32_MIN;
// What forged anchors can make of the answer.
constexpr int64_t kEarliestYear = -10'000;
constexpr int64_t kLatestYear = 20'000;

/// The last line's time when the first one lies in `first_year`.
int64_t time_of_last(const YearlessSpan& span, int64_t first_year, const ZoneInfo& zone) {
  const LogTime& last = span.last;
  // A 29 February of another year counts as 1 March: good enough to compare.
  const int64_t days = days_from_civil(first_year + span.year_steps, last.month, last.day);
  const int64_t local = days * kSecondsPerDay + last.hour * 3600 + last.minute * 60 + last.second;
  return zone.to_utc(local).seconds;
}

bool fits_leap_day(const YearlessSpan& span, int64_t first_year) {
  return span.leap_day_step < 0 || is_leap_year(first_year + span.leap_day_step);
}

/// The year that most anchors tell; the newest of several such.
std::optional<int64_t> told_year(std::span<const YearAnchor> anchors, bool& disagree) {
  std::vector<int64_t> years;
  for (const YearAnchor& anchor : anchors) {
    if (anchor.kind == YearAnchor::Kind::kIs) {
      years.push_back(int64_t{anchor.year} - anchor.step);
    }
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

int64_t least_year(std::span<const YearAnchor> anchors) {
  int64_t least = kNoYear;
  for (const YearAnchor& anchor : anchors) {
    if (anchor.kind == YearAnchor::Kind::kAtLeast) {
      least = std::max(least, int64_t{anchor.year} - anchor.step);
    }
  }
  return least;
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
  const int64_t bound =
      std::clamp<int64_t>(not_after, 0, kYear10000) + std::clamp<int64_t>(slack, 0, kMostSlack);
  FirstYear answer;
  const int64_t least = least_year(anchors);
  const auto told = told_year(anchors, answer.contradicts_anchors);
  int64_t year = 0;
  if (told) {
    year = *told;
    if (year < least || !fits_leap_day(span, year)) {
      answer.contradicts_anchors = true;
    }
  } else {
    year = newest_year(span, bound, zone);
    if (year < least) {
      year = least;
      while (!fits_leap_day(span, year)) {
        ++year;
      }
    }
  }
  year = std::clamp(year, kEarliestYear, kLatestYear);
  answer.year = static_cast<int32_t>(year);
  answer.contradicts_bound = time_of_last(span, year, zone) > bound;
  return answer;
}

}  // namespace genba::parse
