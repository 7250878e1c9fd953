// SPDX-License-Identifier: Apache-2.0
//
// What could not be looked at, by meaning: what kept us from it and what helps, worst first, rather
// than a list of paths. Covered by gaps_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "render/brief.h"

namespace genba::render {

/// "20 of 76 sources not read, or only in part: 11 refused (run as root), …"; the words for
/// everything read when there is no gap.
std::string gaps_sentence(const Report& report, const Brief& brief, model::Language language);

/// What stands before the gaps: that only a container is visible, how many rules could be applied.
/// Empty when there is nothing to say.
std::vector<std::string> limits_of_view(const Report& report, model::Language language);

/// That the case which was read is cut or altered; empty when it is whole, or was no case.
std::string_view case_warning(const Report& report, model::Language language);

/// Sorts the gaps: what can be mended and hides most comes first.
void sort_gaps(std::vector<const model::Coverage*>& gaps, const Report& report);

/// A row's reason and remedy for a person, empty when absent. Words of ours are said in Japanese
/// too; what the kernel or a file said is kept as it is. Whoever was root is not told to be.
std::string coverage_reason(const model::Coverage& row, model::Language language);
std::string coverage_remedy(const model::Coverage& row, const Report& report,
                            model::Language language);

}  // namespace genba::render
