// SPDX-License-Identifier: Apache-2.0
//
// The socket tables of /proc/PID/net: tcp, udp, udplite, raw and icmp in both families, unix, and
// packet. Addresses are words in the kernel's own byte order, printed as hexadecimal numbers;
// Genba runs on little-endian machines, so each group of four bytes is reversed. A unix socket's
// path is printed raw and may hold newlines: what follows a socket's line and is none itself
// belongs to its path, and a path made to look like a line cannot be told from one (sock_diag
// can). Source: proc(5), kernel net/ipv4/tcp_ipv4.c, net/ipv6/tcp_ipv6.c, net/unix/af_unix.c,
// net/packet/af_packet.c. Covered by net_sockets_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace genba::parse {

struct InetSocket {
  base::Address local;
  base::Address remote;
  uint16_t local_port = 0;  ///< the protocol number for raw sockets
  uint16_t remote_port = 0;
  uint8_t state = 0;  ///< TCP_ESTABLISHED …; see tcp_state_name
  uint32_t uid = 0;
  uint64_t inode = 0;  ///< 0 when no file holds it (TIME_WAIT)
};

/// Appends the sockets of a piece of tcp, tcp6, udp, udp6, udplite, udplite6, raw, raw6, icmp or
/// icmp6. The piece must end at a line's end. Lines that are no socket become notes (at most 16).
void parse_inet_sockets(std::string_view piece, std::vector<InetSocket>& sockets,
                        std::vector<base::Note>& notes);

/// ESTABLISHED, SYN_SENT, … LISTEN, CLOSING (osquery's names); empty for an unknown number.
std::string_view tcp_state_name(uint8_t state);

struct UnixSocket {
  uint16_t type = 0;       ///< SOCK_STREAM 1, SOCK_DGRAM 2, SOCK_SEQPACKET 5
  uint8_t state = 0;       ///< SS_UNCONNECTED 1, SS_CONNECTING 2, SS_CONNECTED 3
  bool listening = false;  ///< __SO_ACCEPTCON is set
  uint64_t inode = 0;
  std::string path;  ///< '@' before abstract names, their NULs as '@' (the kernel's own spelling)
};

std::vector<UnixSocket> parse_unix_sockets(std::string_view bytes, std::vector<base::Note>& notes);

struct PacketSocket {
  uint16_t type = 0;            ///< SOCK_RAW 3, SOCK_DGRAM 2, SOCK_PACKET 10
  uint16_t protocol = 0;        ///< ETH_P_ALL 0x0003, ETH_P_IP 0x0800 …
  int64_t interface_index = 0;  ///< 0 means all interfaces
  bool running = false;
  uint32_t uid = 0;
  uint64_t inode = 0;
};

std::vector<PacketSocket> parse_packet_sockets(std::string_view bytes,
                                               std::vector<base::Note>& notes);

}  // namespace genba::parse
