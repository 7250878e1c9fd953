// SPDX-License-Identifier: Apache-2.0
//
// Where a WireGuard device's packets really go: its port and its peers' endpoints, over generic
// netlink. The family is looked for in the list of those that are registered; asking for it by name
// would make a kernel that lacks it run modprobe. The kernel answers with the private key too,
// which is passed over. Sources: include/uapi/linux/{wireguard,genetlink}.h. Covered by
// sys/wireguard_test.cc and wireguard_fuzz.cc, with messages made by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "sys/fd.h"
#include "sys/netlink_message.h"

namespace genba::sys {

struct WireguardPeer {
  std::string public_key;                 ///< 32 raw bytes
  std::optional<base::Address> endpoint;  ///< absent until the peer was heard of
  uint16_t port = 0;
  int index = 0;                       ///< the device of a link-local endpoint; 0 for none
  int64_t last_handshake = 0;          ///< seconds since the epoch; 0 for never
  std::vector<base::Network> allowed;  ///< what lies behind the peer
};

struct WireguardDevice {
  uint16_t listen_port = 0;
  std::vector<WireguardPeer> peers;
};

/// The number of a registered family of generic netlink, such as "wireguard". kUnsupported when
/// the kernel has not registered it.
Result<uint16_t> find_generic_family(const Fd& generic, std::string_view name);

/// The peers of a device by its index, in the network namespace of this thread. Needs
/// CAP_NET_ADMIN. kUnsupported when the kernel has not registered WireGuard.
Result<WireguardDevice> read_wireguard(int index);

/// Adds what one message of the answer says: a device comes in pieces, and so does a peer.
void parse_wireguard(const NetlinkMessage& message, WireguardDevice& device);

}  // namespace genba::sys
