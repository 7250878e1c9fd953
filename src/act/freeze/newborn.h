// SPDX-License-Identifier: Apache-2.0
//
// Who was born while a family was looked at and frozen, and may be a copy of it that broke every
// tie: another file in another session without a parent (XorDDoS). Only suspected, by the place
// that it runs from. Covered by freezer_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "act/freeze/freezer.h"
#include "act/freeze/kinship.h"
#include "host/host.h"

namespace genba::act {

/// FreezeReport::may_belong: living processes that started at `born_after` (ticks since boot) or
/// later and are neither members nor spared, each with the path that it runs; at most 50.
std::vector<NotFrozen> find_newborn(const host::Host& host, const Kinship& kinship,
                                    uint64_t born_after);

}  // namespace genba::act
