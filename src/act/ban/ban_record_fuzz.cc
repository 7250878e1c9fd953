// SPDX-License-Identifier: Apache-2.0
#include "act/ban/ban_record.h"

#include <string_view>

#include "base/result.h"
#include "fuzz/fuzz.h"

GENBA_FUZZ(ban_record) {
  const auto state = genba::act::ban_state_from_json({reinterpret_cast<const char*>(data), size});
  if (state) {
    // What was understood is written so that it is understood again.
    const auto again = genba::act::ban_state_from_json(genba::act::to_json(*state));
    GENBA_CHECK(again && *again == *state);
  }
}
