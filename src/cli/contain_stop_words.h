// SPDX-License-Identifier: Apache-2.0
//
// What `genba contain freeze`, `kill` and `thaw` complain of, in Japanese. Covered by
// contain_stop_words_test.cc.
#pragma once

#include "render/phrases.h"

namespace genba::cli {

render::Phrases contain_stop_phrases();

}  // namespace genba::cli
