// SPDX-License-Identifier: Apache-2.0
//
// The zone that the host's clock shows, from its own /etc/localtime: the C library's way of reading
// it would believe TZ and open files that the host controls. Covered by logs_test.cc.
#pragma once

#include "collect/collector.h"
#include "parse/zone_info/zone_info.h"

namespace genba::collect::logs {

/// The host's zone; UTC, with a coverage row that says so, when it cannot be read.
parse::ZoneInfo read_zone(Context& context);

}  // namespace genba::collect::logs
