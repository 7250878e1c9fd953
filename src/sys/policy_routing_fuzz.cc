// SPDX-License-Identifier: Apache-2.0
#include "sys/policy_routing.h"

#include <string_view>

#include "fuzz/fuzz.h"

GENBA_FUZZ(policy_routing) {
  genba::sys::NetlinkMessages messages({reinterpret_cast<const char*>(data), size});
  while (true) {
    const auto message = messages.next();
    if (!message || !*message) {
      return;
    }
    (void)genba::sys::parse_policy_rule(**message);
    (void)genba::sys::parse_route_bytes(**message);
  }
}
