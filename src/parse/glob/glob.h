// SPDX-License-Identifier: Apache-2.0
//
// Matches one name against a shell pattern, as glob(3) does for one component of a path: *, ?, and
// [sets]; a leading dot is only matched by a dot. Iterative, so that a pattern full of stars costs
// no more than pattern times name. Source: glob(7). Covered by glob_test.cc, glob_fuzz.cc.
#pragma once

#include <string_view>

namespace genba::parse {

bool glob_matches(std::string_view pattern, std::string_view name);

/// Whether the text holds a character that makes it a pattern.
bool is_glob(std::string_view text);

}  // namespace genba::parse
