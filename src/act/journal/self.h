// SPDX-License-Identifier: Apache-2.0
//
// Who acts, and when: what each entry of the journal says of the responder and of the clocks. All
// of it is what the kernel tells this process of itself; what it does not tell is left out.
// Sources: proc(5), clock_getres(2). Covered by journal_test.cc.
#pragma once

#include "model/action.h"

namespace genba::act {

/// Now, by both clocks.
model::ActionTime read_action_time();

/// The boot's id; empty when /proc does not tell it.
std::string read_boot_id();

/// This process: its account, the login behind it (audit login id), its terminal. The address at
/// the other end of the session takes more looking, and is the caller's to fill in.
model::ActionActor read_actor();

}  // namespace genba::act
