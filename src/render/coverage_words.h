// SPDX-License-Identifier: Apache-2.0
//
// Collectors say in English why something is missing and what helps. Their fixed sentences are
// known here and said in Japanese; values in them are carried over, and an error's own words stay
// behind in brackets. A sentence that is not known stays English rather than being guessed at.
// Covered by gaps_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "model/finding.h"
#include "render/phrases.h"

namespace genba::render {

/// The sentences, for texts that hold some of them.
Phrases coverage_phrases();

/// A coverage row's reason or remedy in the reader's language, as far as it is known. Raw.
std::string coverage_text(std::string_view english, model::Language language);

}  // namespace genba::render
