// SPDX-License-Identifier: Apache-2.0
#include "model/stopping.h"

namespace genba::model {

std::string_view to_string(StopVerb verb) {
  switch (verb) {
    case StopVerb::kFreeze: return "freeze";
    case StopVerb::kKill: return "kill";
    case StopVerb::kThaw: return "thaw";
  }
  return "";
}

}  // namespace genba::model
