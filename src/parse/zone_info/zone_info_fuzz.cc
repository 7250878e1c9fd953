// SPDX-License-Identifier: Apache-2.0
#include "parse/zone_info/zone_info.h"

#include "fuzz/fuzz.h"

namespace {

void look_around(const genba::parse::ZoneInfo& zone) {
  using genba::parse::ZoneInfo;
  for (const int64_t time : {INT64_MIN, int64_t{-3'000'000'000}, int64_t{0}, int64_t{1'774'746'000},
                             int64_t{1'793'494'800}, int64_t{4'000'000'000}, INT64_MAX}) {
    const ZoneInfo::Span span = zone.span_at(time);
    GENBA_CHECK(span.begin < span.end);
    GENBA_CHECK(span.offset == zone.offset_at(time));
    (void)zone.to_utc(time);
    const ZoneInfo::Span steady = zone.steady_local_at(time);
    if (steady.begin >= steady.end) {
      continue;
    }
    const int64_t local = steady.begin == INT64_MIN ? steady.end - 1 : steady.begin;
    if (local > -4'000'000'000'000 && local < 4'000'000'000'000) {
      const ZoneInfo::Local back = zone.to_utc(local);
      GENBA_CHECK(back.kind == ZoneInfo::Local::Kind::kOnce);
      GENBA_CHECK(back.seconds == local - steady.offset);
    }
  }
}

}  // namespace

GENBA_FUZZ(zone_info) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto file = genba::parse::ZoneInfo::parse_tzif(bytes);
  if (file) {
    look_around(*file);
  }
  const auto rule = genba::parse::ZoneInfo::parse_posix(bytes);
  if (rule) {
    look_around(*rule);
  }
}
