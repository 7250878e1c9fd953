// SPDX-License-Identifier: Apache-2.0
#include "parse/log_time/log_time.h"

#include "base/result.h"
#include "fuzz/fuzz.h"
#include "parse/log_time/calendar.h"

GENBA_FUZZ(log_time) {
  using genba::parse::LogTime;
  const std::string_view whole(reinterpret_cast<const char*>(data), size);
  for (const auto take : {genba::parse::take_syslog_time, genba::parse::take_iso_time,
                          genba::parse::take_bracket_time, genba::parse::take_slash_time,
                          genba::parse::take_asctime}) {
    std::string_view text = whole;
    LogTime time;
    if (!take(text, time)) {
      GENBA_CHECK(text == whole && time == LogTime{});
      continue;
    }
    GENBA_CHECK(text.data() + text.size() == whole.data() + whole.size());
    GENBA_CHECK(time.year >= 0 && time.year <= 9999 && time.month >= 1 && time.month <= 12);
    GENBA_CHECK(time.day >= 1 && time.day <= genba::parse::days_in_month(2000, time.month));
    GENBA_CHECK(time.hour >= 0 && time.hour < 24 && time.minute >= 0 && time.minute < 60);
    GENBA_CHECK(time.second >= 0 && time.second <= 60);
    GENBA_CHECK(time.nanosecond >= 0 && time.nanosecond < 1'000'000'000);
    GENBA_CHECK(time.offset == LogTime::kNoOffset ||
                (time.offset > -86'400 && time.offset < 86'400));
  }
}
