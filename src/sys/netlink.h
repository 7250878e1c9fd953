// SPDX-License-Identifier: Apache-2.0
//
// Asks the kernel for its sockets over NETLINK_SOCK_DIAG: the view that does not go through the
// text files of /proc/net. Source: sock_diag(7), include/uapi/linux/{inet_diag,unix_diag}.h.
// Covered by sys/netlink_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/fd.h"

namespace genba::sys {

using base::Result;

/// One socket; addresses are 4 or 16 bytes in network order, empty for AF_UNIX.
struct DiagEntry {
  uint8_t family = 0;
  uint8_t protocol = 0;
  uint8_t state = 0;
  uint32_t uid = 0;
  uint64_t inode = 0;
  uint16_t local_port = 0;
  uint16_t remote_port = 0;
  std::string local_address;
  std::string remote_address;
};

/// A socket of NETLINK_SOCK_DIAG in the network namespace of this process.
Result<Fd> open_sock_diag();

/// Appends all sockets of one family (AF_INET, AF_INET6, AF_UNIX) and protocol, in every state,
/// also those only bound (TCP_BOUND_INACTIVE, Linux 6.8). kUnsupported when the kernel has no
/// handler for it. Asking for one whose module is not loaded makes the kernel run modprobe.
Result<void> dump_sockets(const Fd& diag, uint8_t family, uint8_t protocol,
                          std::vector<DiagEntry>& entries);

/// The same parsing for bytes at hand: one datagram of a dump. True when the dump is complete.
Result<bool> parse_diag_datagram(std::string_view bytes, uint8_t family, uint8_t protocol,
                                 std::vector<DiagEntry>& entries);

}  // namespace genba::sys
