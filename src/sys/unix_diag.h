// SPDX-License-Identifier: Apache-2.0
//
// Which unix sockets are connected to each other, which no file below /proc tells: UNIX_DIAG_PEER
// over NETLINK_SOCK_DIAG, in the network namespace of this process. Source: sock_diag(7),
// include/uapi/linux/unix_diag.h. Covered by sys/unix_diag_test.cc and unix_diag_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/fd.h"

namespace genba::sys {

/// Inodes of two connected sockets.
struct UnixPeers {
  uint64_t socket = 0;
  uint64_t peer = 0;

  friend bool operator==(const UnixPeers&, const UnixPeers&) = default;
};

/// All connected unix sockets, each from its own side. `diag` as open_sock_diag gives it; asking
/// where unix_diag is a module that is not loaded makes the kernel run modprobe. kUnsupported
/// without unix_diag.
base::Result<std::vector<UnixPeers>> dump_unix_peers(const Fd& diag);

/// The same for the body of one message; nothing for a socket without a peer.
std::optional<UnixPeers> parse_unix_peers(std::string_view body);

}  // namespace genba::sys
