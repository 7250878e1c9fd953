// SPDX-License-Identifier: Apache-2.0
#include "sys/rtnetlink.h"

#include <string_view>

#include "fuzz/fuzz.h"

// Names and hardware addresses of devices are chosen by whoever makes them.
GENBA_FUZZ(rtnetlink) {
  genba::sys::NetlinkMessages messages({reinterpret_cast<const char*>(data), size});
  while (true) {
    const auto message = messages.next();
    if (!message || !*message) {
      return;
    }
    (void)genba::sys::parse_link(**message);
    (void)genba::sys::parse_link_address(**message);
    (void)genba::sys::parse_neighbour(**message);
    (void)genba::sys::parse_route_message(**message);
  }
}
