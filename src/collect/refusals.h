// SPDX-License-Identifier: Apache-2.0
//
// Who was refused although he is root cannot be helped by becoming root: a security module, a
// container or a lockdown of the kernel said no. Collectors count refusals without asking who runs
// them; this says it afterwards, in one place. Covered by refusals_test.cc.
#pragma once

#include <cstdint>

#include "model/facts.h"

namespace genba::collect {

/// Takes the remedy "run as root" from the coverage of a run that was root, and says in the reason
/// that the kernel refused it even so. Does nothing for another user.
void explain_refusals(uint32_t euid, model::Facts& facts);

}  // namespace genba::collect
