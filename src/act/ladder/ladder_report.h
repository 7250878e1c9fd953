// SPDX-License-Identifier: Apache-2.0
//
// What became of a containment on a lower rung, as the model tells it to people. Pure. Covered by
// ladder_report_test.cc.
#pragma once

#include <optional>
#include <string_view>

#include "act/ladder/ladder.h"
#include "model/containment.h"

namespace genba::act {

/// Rounded up, never negative: a timer that still runs is never told as none. Nanoseconds in.
int64_t seconds_until(int64_t deadline, int64_t now);

/// `inode` is that of our own network namespace, `journal` the directory.
model::ContainmentReport to_report(const LadderApplied& applied, int64_t inode,
                                   std::string_view plan_sha256, std::string_view journal);
/// Of confirm or extend.
model::ContainmentChange to_change(model::ContainmentChangeKind kind, const LadderState& state,
                                   int64_t inode, std::string_view journal);
/// Of undo; of a state that nobody recorded only the rung counts.
model::ContainmentChange to_change(const LadderUndone& undone, const LadderState& state,
                                   int64_t inode, std::string_view journal);
/// `state` and `found` are absent when the journal does not know what stands. `now` is of
/// CLOCK_MONOTONIC.
model::ContainmentStatus to_status(Rung rung, const std::optional<LadderState>& state,
                                   const std::optional<LadderStatus>& found, bool guard_alive,
                                   int64_t inode, int64_t now);

}  // namespace genba::act
