// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "sys/netlink.h"

// The kernel's datagrams are no attacker's, but what they count is.
GENBA_FUZZ(netlink) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  constexpr uint8_t kUnix = 1;
  constexpr uint8_t kInet6 = 10;
  constexpr uint8_t kTcp = 6;
  std::vector<genba::sys::DiagEntry> entries;
  (void)genba::sys::parse_diag_datagram(bytes, kUnix, 0, entries);
  (void)genba::sys::parse_diag_datagram(bytes, kInet6, kTcp, entries);
}
