// SPDX-License-Identifier: Apache-2.0
//
// Bans and lifts bans: intention in the journal, one atomic batch in the kernel, what the kernel
// then lists, flows cut, outcome in the journal. Killed between any two of these it leaves either
// nothing or the whole ban, whose timer is the kernel's; the next run finds the open intention and
// writes down what became of it. Running the same twice changes nothing but the time that is left.
// That packets are dropped is not tried from outside: the outcome is `done`, never `proven`.
// Covered by ban_run_test.cc.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "act/ban/ban_plan.h"
#include "act/ban/cut_flows.h"
#include "act/journal/journal.h"
#include "base/result.h"
#include "model/ban.h"
#include "sys/nf_tables/nf_tables.h"

namespace genba::act {

/// How far a run has come.
enum class BanStage : uint8_t { kJournaled, kCommitted, kCut };

struct BanWork {
  sys::NfTables& tables;
  Journal& journal;
  ReadObject read_object;
  CutMeans means;
  std::function<void(BanStage)> reached;  ///< told after each stage; may be empty
};

struct BanRequest {
  std::vector<BanTarget> targets;
  std::optional<BanTime> time;
  BanForce force = BanForce::kNo;
  std::string why;
  Protections protections;
};

/// An error when nothing was done: the journal cannot be written, the table is another's. What
/// failed later stands in the report.
base::Result<model::BanReport> ban(BanWork& work, const BanRequest& request);

/// Lifts exactly these. What is not banned is no failure.
base::Result<model::BanReport> unban(BanWork& work, std::span<const BanTarget> targets);

/// What the kernel has, joined with what the journal knows, and what the kernel has lost.
model::BanListing list_bans(const BanTable& table, const BanMemory& memory,
                            const model::ActionTime& now);

/// Up to so many networks of one run have an entry each in the journal; more of them share one.
inline constexpr size_t kOwnEntries = 32;

}  // namespace genba::act
