// SPDX-License-Identifier: Apache-2.0
#include "sys/wireguard.h"

#include <string_view>

#include "fuzz/fuzz.h"

GENBA_FUZZ(wireguard) {
  genba::sys::NetlinkMessages messages({reinterpret_cast<const char*>(data), size});
  genba::sys::WireguardDevice device;
  while (true) {
    const auto message = messages.next();
    if (!message || !*message) {
      return;
    }
    genba::sys::parse_wireguard(**message, device);
  }
}
