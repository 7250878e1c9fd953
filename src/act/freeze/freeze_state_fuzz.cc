// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/freeze_state.h"

#include <string_view>

#include "base/result.h"
#include "fuzz/fuzz.h"

GENBA_FUZZ(freeze_state) {
  const auto state =
      genba::act::freeze_state_from_json({reinterpret_cast<const char*>(data), size});
  if (state) {
    // What was understood is written so that it is understood again.
    const auto again = genba::act::freeze_state_from_json(genba::act::to_json(*state));
    GENBA_CHECK(again && *again == *state);
  }
}
