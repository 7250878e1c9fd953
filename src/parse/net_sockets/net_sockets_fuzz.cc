// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "parse/net_sockets/net_sockets.h"

GENBA_FUZZ(net_sockets) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<genba::base::Note> notes;
  std::vector<genba::parse::InetSocket> sockets;
  genba::parse::parse_inet_sockets(bytes, sockets, notes);
  (void)genba::parse::parse_unix_sockets(bytes, notes);
  (void)genba::parse::parse_packet_sockets(bytes, notes);
}
