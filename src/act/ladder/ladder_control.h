// SPDX-License-Identifier: Apache-2.0
//
// A containment on a rung below nf_tables, from apply to undo, with its journal and the process
// that keeps its time. That process is there before the rung closes and goes after it is not needed
// any more, so that a kill of Genba between any two steps leaves somebody who opens. It undoes at
// the deadline, also where the kernel opens by itself: then it tidies up and tells the journal.
// What comes of it is told by the model, as of nf_tables. Covered by ladder_control_test.cc.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "act/contain/control.h"
#include "act/journal/journal.h"
#include "act/ladder/ladder.h"

namespace genba::act {

/// A rung of the calling process, opened anew with each call; tests give one at a group or in a
/// namespace of their own.
using OpenRung = std::function<base::Result<std::unique_ptr<LadderRung>>()>;

struct LadderOptions {
  OpenRung open;
  std::string version;  ///< of this Genba
  GuardUse guard = GuardUse::kKeep;
  std::string journal_directory;
  std::string plan_sha256;  ///< of the plan as it was shown, for apply
};

/// What stands on a lower rung, or should.
struct StandingRung {
  Rung rung = Rung::kNone;
  /// What the journal knows; absent: it does not know it, or it was being made when Genba ended.
  std::optional<LadderState> state;
  bool in_kernel = false;
};

/// By the journal first, then by looking at each rung; nothing when there is none.
std::optional<StandingRung> find_standing_rung(const host::Host& host, const model::ActionLog& log,
                                               std::string_view journal_directory);

struct LadderReport {
  model::ContainmentReport report;  ///< without proofs, which are the caller's to add
  uint64_t action = 0;              ///< in the journal
  LadderState state;
};

/// An error says that nothing was changed, as LadderRung::apply.
base::Result<LadderReport> apply_rung(const host::Host& host, const model::ContainmentPlan& plan,
                                      const LadderOptions& options, Journal& journal);

// The errors of these are those of LadderRung; kNotFound when the journal does not know it.
base::Result<model::ContainmentChange> confirm_rung(const host::Host& host,
                                                    const StandingRung& standing,
                                                    SessionProof proof, Force force,
                                                    const LadderOptions& options, Journal& journal);
/// The timer runs for so many seconds more than it would have.
base::Result<model::ContainmentChange> extend_rung(const host::Host& host,
                                                   const StandingRung& standing, int64_t seconds,
                                                   const LadderOptions& options, Journal& journal);
base::Result<model::ContainmentChange> undo_rung(const host::Host& host,
                                                 const StandingRung& standing,
                                                 const LadderOptions& options, Journal& journal);
/// What the rung has counted; nothing where it counts nothing, or is gone.
std::optional<LadderCounts> read_rung_counts(const LadderState& state, const OpenRung& open);

/// Changes nothing.
base::Result<model::ContainmentStatus> read_rung_status(const host::Host& host,
                                                        const StandingRung& standing,
                                                        const OpenRung& open);

}  // namespace genba::act
