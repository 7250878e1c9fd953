// SPDX-License-Identifier: Apache-2.0
//
// What was probably meant by a word that nobody knows: a verb, an option, a table. Covered by
// nearest_test.cc.
#pragma once

#include <span>
#include <string_view>

namespace genba::base {

/// Of `candidates`, the one that `word` was probably meant to be; empty when none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace genba::base
