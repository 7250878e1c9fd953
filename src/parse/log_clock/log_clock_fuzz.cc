// SPDX-License-Identifier: Apache-2.0
#include "parse/log_clock/log_clock.h"

#include <vector>

#include "base/result.h"
#include "fuzz/fuzz.h"
#include "parse/fields.h"
#include "parse/log_clock/first_year.h"

// The input's lines are times of a log, each in any of two shapes; a line that is none is an
// anchor.
GENBA_FUZZ(log_clock) {
  using genba::parse::LogTime;
  using genba::parse::YearAnchor;
  const std::string_view whole(reinterpret_cast<const char*>(data), size);
  static const auto kParis = genba::parse::ZoneInfo::parse_posix("CET-1CEST,M3.5.0,M10.5.0/3");
  const genba::parse::ZoneInfo& zone = *kParis;
  genba::parse::YearCounter counter;
  std::vector<YearAnchor> anchors;
  int64_t bound = 1'800'000'000;
  for (std::string_view rest = whole; !rest.empty();) {
    std::string_view line = genba::parse::next_line(rest);
    LogTime time;
    if (genba::parse::take_syslog_time(line, time) && time.year == 0) {
      const int32_t step = counter.step_of(time);
      GENBA_CHECK(counter.count(time) == step);
    } else if (!line.empty()) {
      bound += int64_t{line[0]} << (line.size() % 40);
      anchors.push_back({counter.span().year_steps, 2000 + line[0]});
      counter.expect_end(genba::parse::local_date(bound, zone));
    }
  }
  const genba::parse::FirstYear first = genba::parse::infer_first_year(
      counter.span(), bound, genba::parse::kClockSlack, anchors, zone);
  genba::parse::LogClock clock(zone, first.year);
  clock.expect_end(bound);
  for (std::string_view rest = whole; !rest.empty();) {
    std::string_view line = genba::parse::next_line(rest);
    LogTime time;
    if (genba::parse::take_syslog_time(line, time) || genba::parse::take_iso_time(line, time)) {
      const genba::parse::ResolvedTime resolved = clock.resolve(time);
      GENBA_CHECK(resolved.nanosecond == time.nanosecond);
    }
  }
  (void)clock.find_first_year();
}
