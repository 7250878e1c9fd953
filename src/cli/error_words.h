// SPDX-License-Identifier: Apache-2.0
//
// Errors are made in English, wherever they happen; here, where they are printed, they are said in
// the reader's language. The kernel's own words for rare failures stay English. Covered by
// tests/whole/command_line_test.cc, which makes every mistake in both languages.
#pragma once

#include <string>
#include <string_view>

#include "model/finding.h"

namespace genba::cli {

/// One line of an error's words in the language, as far as it is known. Raw.
std::string error_words(std::string_view english, model::Language language);

}  // namespace genba::cli
