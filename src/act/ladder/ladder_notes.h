// SPDX-License-Identifier: Apache-2.0
//
// What the rungs have to say, in both languages, each with its stable id. Covered by
// ladder_test.cc.
#pragma once

#include <string>
#include <vector>

#include "act/ladder/ladder.h"

namespace genba::act {

/// The note of an undo that did not stay undone.
inline constexpr std::string_view kCameBack = "came_back";

/// What a rung does not reach.
std::vector<LadderNote> not_covered_by(Rung rung);

/// One with a figure or a name in it ("{}" in both texts is filled with `detail`).
LadderNote ladder_note(std::string_view id, const std::string& detail = {});

}  // namespace genba::act
