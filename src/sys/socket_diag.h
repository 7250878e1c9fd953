// SPDX-License-Identifier: Apache-2.0
//
// One flow at a time over NETLINK_SOCK_DIAG: what TCP knows of it (the proof that a session lives),
// and its end. sys/netlink.h lists all sockets. Sources: sock_diag(7), include/uapi/linux/
// {inet_diag,sock_diag,tcp}.h. Covered by sys/socket_diag_test.cc and socket_diag_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/address.h"
#include "base/result.h"
#include "sys/fd.h"

namespace genba::sys {

using base::Result;

/// Both ends of a flow, as the socket holds them: a socket of AF_INET6 that talks IPv4 has mapped
/// addresses (::ffff:192.0.2.1).
struct Flow {
  uint8_t protocol = 6;  ///< IPPROTO_TCP or IPPROTO_UDP
  base::Address local;
  uint16_t local_port = 0;
  base::Address remote;
  uint16_t remote_port = 0;
  int index = 0;  ///< the device of link-local addresses; 0 for any

  friend bool operator==(const Flow&, const Flow&) = default;
};

/// A part of struct tcp_info. A field is absent where the kernel is older than it.
struct TcpInfo {
  uint8_t state = 0;                ///< TCP_ESTABLISHED is 1
  uint8_t retransmits = 0;          ///< retransmissions of what is waiting now, without an answer
  uint8_t probes = 0;               ///< of a peer that is asked whether it would take more; a
                                    ///< rule that refuses our first sending leads here, too
  uint32_t last_data_received = 0;  ///< milliseconds since the last data came
  uint32_t last_ack_received = 0;   ///< milliseconds since the last acknowledgement came
  uint32_t round_trip = 0;          ///< microseconds
  uint32_t total_retransmits = 0;
  std::optional<uint64_t> bytes_acked;     ///< Linux 4.1
  std::optional<uint64_t> bytes_received;  ///< Linux 4.1
  uint64_t inode = 0;                      ///< of the socket
};

/// tcp_info of the socket with exactly these ends, in the namespace of `diag` (open_sock_diag).
/// kGone when there is none, kUnsupported without tcp_diag.
Result<TcpInfo> read_tcp_info(const Fd& diag, const Flow& flow);

/// SOCK_DESTROY, Linux 4.5: ends the socket of this host with exactly these ends; its holder gets
/// ECONNABORTED. Needs CAP_NET_ADMIN. kGone when there is none, kInvalid for a flow without a
/// peer, kUnsupported where the kernel was built without INET_DIAG_DESTROY.
Result<void> destroy_socket(const Fd& diag, const Flow& flow);

/// tcp_info as bytes, of any length (it grows with each kernel). Nothing when it ends before
/// tcpi_total_retrans.
std::optional<TcpInfo> parse_tcp_info(std::string_view bytes);

}  // namespace genba::sys
