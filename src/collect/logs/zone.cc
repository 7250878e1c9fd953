// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/zone.h"

namespace genba::collect::logs {

parse::ZoneInfo read_zone(Context& context) {
  constexpr std::string_view kPath = "/etc/localtime";
  const auto bytes = context.host.read_file(kPath);
  if (!bytes && bytes.error().code == base::ErrorCode::kNotFound) {
    return parse::ZoneInfo::utc();  // localtime(5): without the file it is UTC
  }
  auto zone = bytes ? parse::ZoneInfo::parse_tzif(bytes->bytes)
                    : base::Result<parse::ZoneInfo>(base::fail(bytes.error()));
  if (!zone) {
    CoverageCounter coverage("logs", kPath);
    coverage.asked();
    coverage.failed(zone.error());
    coverage.finish(context.facts);
    return parse::ZoneInfo::utc();
  }
  return *std::move(zone);
}

}  // namespace genba::collect::logs
