// SPDX-License-Identifier: Apache-2.0
//
// What the journal says of a thing that was made to be in force: the state that counts now.
// Covered by act/contain/containment_test.cc and act/ladder/ladder_state_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/action.h"

namespace genba::act {

/// The JSON text of the last state of that subject, unless it was lifted since; also of a step that
/// failed half way or never ended. kNotFound when there is none; kDamaged when it was kept as an
/// object of the journal in `directory`, which was altered.
base::Result<std::string> find_standing_state(const model::ActionLog& log, std::string_view subject,
                                              std::string_view directory);

}  // namespace genba::act
