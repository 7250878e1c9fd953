// SPDX-License-Identifier: Apache-2.0
//
// How is a story made to fit without breaking off in the middle of a sentence? Whole sentences are
// left out; when not even the first one fits, its last clauses are, and the sentence says that
// there is more. A name that holds ", " or ". " may be taken for an end; the result still is a
// beginning of the text. Covered by shorten_test.cc.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "model/finding.h"

namespace genba::render {

/// As many whole sentences of `text` as fit together, in order, else the first clauses of the
/// first sentence; the first sentence whole when not even one clause fits.
std::string shortened(std::string_view text, model::Language language,
                      const std::function<bool(std::string_view)>& fits);

}  // namespace genba::render
