// SPDX-License-Identifier: Apache-2.0
//
// A month of a server's logs, made from a seed: 200,000 addresses that guess passwords, five people
// who work there, a monitoring robot, upgrades, reboots and a power cut; and, when asked, one
// intruder who guesses root's password, adds an account, forges a line in the journal, wipes a
// login record and cuts hours out of auth.log. Nothing of it is anybody's: addresses are from the
// blocks for documentation and for private use, names are invented. For the tests of the logs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/scratch.h"

namespace genba::test {

enum class Intruder : uint8_t { kNone, kOne };

struct LogMonth {
  uint32_t seed = 1;
  int attackers = 200'000;
  Intruder intruder = Intruder::kOne;
};

/// What was put there, to be found again.
struct PlantedMonth {
  std::string address;        ///< of the intruder
  int64_t login_seconds = 0;  ///< when they got in, UTC
  int64_t gap_from = 0;       ///< cut out of auth.log, UTC
  int64_t gap_to = 0;
  int64_t failed_lines = 0;  ///< "Failed password" lines written, of all attackers
  std::vector<std::string> honest_addresses;
};

/// When the month ends: 2026-11-21T00:00:00Z. The files' times fit.
inline constexpr int64_t kMonthEnd = 1'795'219'200;

/// Writes /var/log, /etc/localtime (Asia/Tokyo's rule), histories and lastlog below the directory,
/// over what build_small_system made.
PlantedMonth write_log_month(Scratch& tree, const LogMonth& month);

}  // namespace genba::test
