// SPDX-License-Identifier: Apache-2.0
#include "parse/net_sockets/net_sockets.h"

#include <array>
#include <cstddef>
#include <optional>

#include "base/number.h"
#include "base/split.h"
#include "parse/fields.h"

namespace genba::parse {
namespace {

constexpr size_t kMaxNotes = 16;

void note_line(std::vector<base::Note>& notes, size_t offset, std::string_view line) {
  if (notes.size() < kMaxNotes) {
    notes.push_back({"net", offset, line.size(), "not a socket"});
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// "0100007F" or four such words: each word is a number whose bytes lie reversed in memory.
std::optional<base::Address> parse_words(std::string_view hex) {
  if (hex.size() != 8 && hex.size() != 32) {
    return std::nullopt;
  }
  base::Address address;
  address.family = hex.size() == 8 ? base::AddressFamily::kIpv4 : base::AddressFamily::kIpv6;
  for (size_t i = 0; i < hex.size() / 2; ++i) {
    const int high = hex_digit(hex[2 * i]);
    const int low = hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    address.bytes[(i & ~size_t{3}) + 3 - (i & 3)] = static_cast<uint8_t>(high << 4 | low);
  }
  return address;
}

struct Endpoint {
  base::Address address;
  uint16_t port = 0;
};

std::optional<Endpoint> parse_endpoint(std::string_view field) {
  const auto address = parse_words(next_until(field, ':'));
  const auto port = base::parse_number<uint16_t>(field, base::Radix::kHex);
  if (!address || !port) {
    return std::nullopt;
  }
  return Endpoint{*address, *port};
}

std::optional<InetSocket> parse_inet_line(std::string_view rest) {
  next_field(rest);  // "12:"
  const auto local = parse_endpoint(next_field(rest));
  const auto remote = parse_endpoint(next_field(rest));
  const auto state = base::parse_number<uint8_t>(next_field(rest), base::Radix::kHex);
  next_field(rest);  // tx_queue:rx_queue
  next_field(rest);  // tr:tm->when
  next_field(rest);  // retrnsmt
  const auto uid = base::parse_number<uint32_t>(next_field(rest));
  next_field(rest);  // timeout
  const auto inode = base::parse_number<uint64_t>(next_field(rest));
  if (!local || !remote || !state || !uid || !inode) {
    return std::nullopt;
  }
  return InetSocket{local->address, remote->address, local->port, remote->port, *state,
                    *uid,           *inode};
}

// Num RefCount Protocol Flags Type St Inode [Path]
std::optional<UnixSocket> parse_unix_line(std::string_view rest) {
  constexpr uint32_t kAcceptsConnections = 1U << 16;  // __SO_ACCEPTCON, include/uapi/linux/net.h
  const std::string_view number = next_field(rest);
  const auto references = base::parse_number<uint32_t>(next_field(rest), base::Radix::kHex);
  const auto protocol = base::parse_number<uint32_t>(next_field(rest), base::Radix::kHex);
  const auto flags = base::parse_number<uint32_t>(next_field(rest), base::Radix::kHex);
  const auto type = base::parse_number<uint16_t>(next_field(rest), base::Radix::kHex);
  const auto state = base::parse_number<uint8_t>(next_field(rest), base::Radix::kHex);
  const auto inode = base::parse_number<uint64_t>(next_field(rest));
  if (!number.ends_with(':') || !references || !protocol || !flags || !type || !state || !inode) {
    return std::nullopt;
  }
  UnixSocket socket;
  socket.type = *type;
  socket.state = *state;
  socket.listening = (*flags & kAcceptsConnections) != 0;
  socket.inode = *inode;
  if (rest.starts_with(' ')) {
    socket.path.assign(rest.substr(1));
  }
  return socket;
}

// sk RefCnt Type Proto Iface R Rmem User Inode
std::optional<PacketSocket> parse_packet_line(std::string_view rest) {
  next_field(rest);
  next_field(rest);
  const auto type = base::parse_number<uint16_t>(next_field(rest));
  const auto protocol = base::parse_number<uint16_t>(next_field(rest), base::Radix::kHex);
  const auto interface_index = base::parse_number<int64_t>(next_field(rest));
  const auto running = base::parse_number<int>(next_field(rest));
  next_field(rest);
  const auto uid = base::parse_number<uint32_t>(next_field(rest));
  const auto inode = base::parse_number<uint64_t>(next_field(rest));
  if (!type || !protocol || !interface_index || !running || !uid || !inode) {
    return std::nullopt;
  }
  return PacketSocket{*type, *protocol, *interface_index, *running != 0, *uid, *inode};
}

}  // namespace

void parse_inet_sockets(std::string_view piece, std::vector<InetSocket>& sockets,
                        std::vector<base::Note>& notes) {
  const size_t size = piece.size();
  while (!piece.empty()) {
    const size_t offset = size - piece.size();
    const std::string_view line = next_line(piece);
    if (const auto socket = parse_inet_line(line)) {
      sockets.push_back(*socket);
    } else if (!base::trim(line).starts_with("sl") && !base::trim(line).empty()) {
      note_line(notes, offset, line);
    }
  }
}

std::string_view tcp_state_name(uint8_t state) {
  // include/net/tcp_states.h
  static constexpr std::array<std::string_view, 13> kNames = {
      "",       "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT",
      "CLOSED", "CLOSE_WAIT",  "LAST_ACK", "LISTEN",   "CLOSING",   "SYN_RECV"};
  return state < kNames.size() ? kNames[state] : std::string_view();
}

std::vector<UnixSocket> parse_unix_sockets(std::string_view bytes, std::vector<base::Note>& notes) {
  std::vector<UnixSocket> sockets;
  const size_t size = bytes.size();
  while (!bytes.empty()) {
    const size_t offset = size - bytes.size();
    const std::string_view line = next_line(bytes);
    if (auto socket = parse_unix_line(line)) {
      sockets.push_back(*std::move(socket));
    } else if (line.starts_with("Num ") && sockets.empty()) {
      continue;
    } else if (!sockets.empty() && !sockets.back().path.empty()) {
      sockets.back().path.push_back('\n');
      sockets.back().path.append(line);
    } else if (!line.empty()) {
      note_line(notes, offset, line);
    }
  }
  return sockets;
}

std::vector<PacketSocket> parse_packet_sockets(std::string_view bytes,
                                               std::vector<base::Note>& notes) {
  std::vector<PacketSocket> sockets;
  const size_t size = bytes.size();
  while (!bytes.empty()) {
    const size_t offset = size - bytes.size();
    const std::string_view line = next_line(bytes);
    if (const auto socket = parse_packet_line(line)) {
      sockets.push_back(*socket);
    } else if (!line.empty() && !line.starts_with("sk")) {
      note_line(notes, offset, line);
    }
  }
  return sockets;
}

}  // namespace genba::parse
