// SPDX-License-Identifier: Apache-2.0
#include "act/respawn/restart_policy.h"

#include <string_view>

#include "base/result.h"
#include "fuzz/fuzz.h"

GENBA_FUZZ(restart_policy) {
  const auto policy =
      genba::act::docker_restart_policy({reinterpret_cast<const char*>(data), size});
  GENBA_CHECK(!policy || (!policy->empty() && policy->size() <= 14));
}
