// SPDX-License-Identifier: Apache-2.0
#include "act/contain/containment.h"

#include <string_view>

#include "base/result.h"
#include "fuzz/fuzz.h"

GENBA_FUZZ(containment) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto state = genba::act::containment_from_json(text);
  if (state) {
    // What was understood is written so that it is understood again.
    const std::string written = genba::act::to_json(*state);
    const auto again = genba::act::containment_from_json(written);
    GENBA_CHECK(again && genba::act::to_json(*again) == written);
  }
  (void)genba::act::parse_contain_comment(text);
}
