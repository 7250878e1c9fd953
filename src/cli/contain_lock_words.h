// SPDX-License-Identifier: Apache-2.0
//
// What `genba contain` complains of beside freezing and killing, in Japanese. Covered by
// tests/whole/contain_plan_test.cc and contain_test.cc.
#pragma once

#include "render/phrases.h"

namespace genba::cli {

render::Phrases contain_lock_phrases();

}  // namespace genba::cli
