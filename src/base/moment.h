// SPDX-License-Identifier: Apache-2.0
//
// Times and spans as a person types them on a command line. All are UTC: a zone that was guessed
// wrong would look into the wrong night. Covered by moment_test.cc.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace genba::base {

/// "90s", "30m", "2h", "3d", "1w" as nanoseconds; nothing for anything else, or more than 100
/// years.
std::optional<int64_t> parse_duration(std::string_view text);

/// "2026-11-21", "2026-11-21 03:12", "2026-11-21T03:12:09", RFC 3339 with any offset, "now", or a
/// span before `now` ("2h", "3d"). Without an offset it is UTC. Nothing for anything else.
std::optional<Timestamp> parse_moment(std::string_view text, Timestamp now);

}  // namespace genba::base
