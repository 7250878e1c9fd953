// SPDX-License-Identifier: Apache-2.0
#include "sys/conntrack.h"

#include <string_view>

#include "fuzz/fuzz.h"

// What is tracked is what anyone sends.
GENBA_FUZZ(conntrack) {
  genba::sys::NetlinkMessages messages({reinterpret_cast<const char*>(data), size});
  while (true) {
    const auto message = messages.next();
    if (!message || !*message) {
      return;
    }
    (void)genba::sys::parse_conntrack(**message);
  }
}
