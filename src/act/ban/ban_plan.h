// SPDX-License-Identifier: Apache-2.0
//
// What a ban or an unban will do, before it does anything: which networks, for how long, what they
// replace or are covered by, and what is refused and why. Networks of one set must not overlap in
// the kernel, so the larger one always wins: a smaller ban goes into it in the same batch. Pure:
// the same input gives the same plan. Covered by ban_plan_test.cc.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "act/ban/ban_record.h"
#include "act/ban/ban_table.h"
#include "act/ban/protection.h"
#include "base/time.h"
#include "model/ban.h"

namespace genba::act {

/// --for: a time, or until it is lifted.
struct BanTime {
  model::BanLength length;
};

/// "90s", "10m", "1h", "1d", "1w" or "permanent". kInvalid for anything else, and for more than a
/// hundred years.
base::Result<BanTime> parse_ban_time(std::string_view text);

enum class BanForce : uint8_t { kNo, kYes };

struct BanFound {
  Protections protections;
  BanMemory memory;
  base::Timestamp now;
};

struct BanPlan {
  std::vector<model::BanStep> steps;  ///< in the order of the targets
  BanChange change;
  std::vector<model::BanNote> warnings;
};

/// `time`: none: next_length() of what the journal remembers; what stands for longer is never
/// shortened then.
BanPlan plan_ban(const BanFound& found, const BanTable& table, std::span<const BanTarget> targets,
                 const std::optional<BanTime>& time, BanForce force);

/// Lifts exactly what stands. A single IPv6 address means its /64, or itself when only that is
/// banned.
BanPlan plan_unban(const BanTable& table, std::span<const BanTarget> targets);

}  // namespace genba::act
