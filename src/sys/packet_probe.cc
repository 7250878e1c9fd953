// SPDX-License-Identifier: Apache-2.0
#include "sys/packet_probe.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace genba::sys {

using base::Address;
using base::AddressFamily;
using base::fail;

namespace {

constexpr int kExperimental = 253;  // RFC 3692
constexpr uint8_t kHopLimit = 64;
constexpr size_t kIpv4Header = 20;
constexpr size_t kIpv6Header = 40;
constexpr size_t kUdpHeader = 8;

Result<Fd> open_socket(int domain, int type, int protocol) {
  Fd fd(::socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  if (!fd.valid()) {
    base::Error error = base::error_from_errno(errno, "socket");
    if (errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT) {
      error.code = base::ErrorCode::kUnsupported;
    }
    return fail(std::move(error));
  }
  return fd;
}

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress socket_address(const Address& address, uint16_t port) {
  SocketAddress made;
  if (address.family == AddressFamily::kIpv4) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = __builtin_bswap16(port);
    std::memcpy(&four.sin_addr, address.bytes.data(), sizeof four.sin_addr);
    std::memcpy(&made.storage, &four, sizeof four);
    made.size = sizeof four;
  } else {
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = __builtin_bswap16(port);
    std::memcpy(&six.sin6_addr, address.bytes.data(), sizeof six.sin6_addr);
    std::memcpy(&made.storage, &six, sizeof six);
    made.size = sizeof six;
  }
  return made;
}

int domain_of(const Address& address) {
  return address.family == AddressFamily::kIpv4 ? AF_INET : AF_INET6;
}

SendOutcome send_to(const Fd& socket, std::string_view bytes, const sockaddr* to, socklen_t size) {
  ssize_t sent = 0;
  do {
    sent = ::sendto(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL, to, size);
  } while (sent < 0 && errno == EINTR);
  return {sent < 0 ? errno : 0};
}

// Without it UDP and raw sockets keep quiet about a packet that the device dropped.
void tell_of_drops(const Fd& socket, int domain) {
  const int on = 1;
  if (domain == AF_INET) {
    ::setsockopt(socket.get(), IPPROTO_IP, IP_RECVERR, &on, sizeof on);
  } else {
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
  }
}

void put16(std::string& out, size_t value) {
  out += static_cast<char>(value >> 8 & 0xFFU);
  out += static_cast<char>(value & 0xFFU);
}

// The sum of RFC 1071, before its complement.
uint32_t sum16(std::string_view bytes, uint32_t sum) {
  for (size_t at = 0; at < bytes.size(); at += 2) {
    const auto high = static_cast<uint8_t>(bytes[at]);
    const auto low = at + 1 < bytes.size() ? static_cast<uint8_t>(bytes[at + 1]) : uint8_t{0};
    sum += static_cast<uint32_t>(high) << 8 | low;
  }
  return sum;
}

void put_checksum(std::string& bytes, size_t at, uint32_t sum) {
  while (sum > 0xFFFFU) {
    sum = (sum & 0xFFFFU) + (sum >> 16);
  }
  uint32_t checksum = ~sum & 0xFFFFU;
  checksum = checksum == 0 ? 0xFFFFU : checksum;  // 0 means "none" to UDP (RFC 768)
  bytes[at] = static_cast<char>(checksum >> 8);
  bytes[at + 1] = static_cast<char>(checksum & 0xFFU);
}

std::string udp_datagram(const Address& from, const Address& to, uint16_t port,
                         std::string_view payload) {
  std::string udp;
  put16(udp, kDiscardPort);
  put16(udp, port);
  put16(udp, kUdpHeader + payload.size());
  put16(udp, 0);
  udp += payload;
  const std::string addresses = std::string(base::raw_bytes(from)).append(base::raw_bytes(to));
  const auto length = static_cast<uint32_t>(udp.size());
  put_checksum(udp, 6, sum16(udp, sum16(addresses, IPPROTO_UDP + length)));
  return udp;
}

}  // namespace

std::string probe_packet(const Address& from, const Address& to, uint16_t port,
                         std::string_view payload) {
  const std::string udp = udp_datagram(from, to, port, payload.substr(0, kLongestProbe));
  std::string packet;
  if (to.family == AddressFamily::kIpv4) {
    packet += "\x45";  // version 4, a header of 5 words
    packet += '\0';
    put16(packet, kIpv4Header + udp.size());
    put16(packet, 0);       // identification
    put16(packet, 0x4000);  // do not fragment
    packet += static_cast<char>(kHopLimit);
    packet += static_cast<char>(IPPROTO_UDP);
    put16(packet, 0);
    packet.append(base::raw_bytes(from)).append(base::raw_bytes(to));
    put_checksum(packet, 10, sum16(packet, 0));
  } else {
    packet += "\x60";  // version 6
    packet.append(3, '\0');
    put16(packet, udp.size());
    packet += static_cast<char>(IPPROTO_UDP);
    packet += static_cast<char>(kHopLimit);
    packet.append(base::raw_bytes(from)).append(base::raw_bytes(to));
  }
  return packet + udp;
}

Result<SendOutcome> send_datagram(const Address& to, uint16_t port, std::string_view payload) {
  const int domain = domain_of(to);
  GENBA_TRY(const Fd socket, open_socket(domain, SOCK_DGRAM, 0));
  tell_of_drops(socket, domain);
  const SocketAddress address = socket_address(to, port);
  return send_to(socket, payload.substr(0, kLongestProbe), address.get(), address.size);
}

Result<SendOutcome> send_raw_packet(const Address& to, uint16_t port, std::string_view payload) {
  const int domain = domain_of(to);
  const bool v4 = domain == AF_INET;
  GENBA_TRY(const Fd socket, open_socket(domain, SOCK_RAW, v4 ? int{IPPROTO_RAW} : kExperimental));
  tell_of_drops(socket, domain);
  // A port in the address would be taken for a protocol. The kernel fills in our IPv4 address;
  // for IPv6 what would be UDP's header stays, so that the payload stands at the same place.
  const SocketAddress address = socket_address(to, 0);
  const Address nobody{to.family, {}};
  std::string packet = probe_packet(nobody, to, port, payload);
  if (!v4) {
    packet.erase(0, kIpv6Header);
  }
  return send_to(socket, packet, address.get(), address.size);
}

Result<SendOutcome> send_frame(const FrameTarget& target, std::string_view packet) {
  GENBA_TRY(const Fd socket, open_socket(AF_PACKET, SOCK_DGRAM, 0));
  if (target.queue == FrameQueue::kBypassed) {
    const int on = 1;
    if (::setsockopt(socket.get(), SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) != 0) {
      return fail(base::error_from_errno(errno, "PACKET_QDISC_BYPASS"));
    }
  }
  // Addresses may be longer than the struct has room for (InfiniBand: 20 bytes).
  std::array<char, sizeof(sockaddr_ll) + 32> bytes{};
  const bool v6 = !packet.empty() && static_cast<uint8_t>(packet[0]) >> 4 == 6;
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = __builtin_bswap16(v6 ? ETH_P_IPV6 : ETH_P_IP);
  address.sll_ifindex = target.index;
  const size_t length = std::min(target.hardware_address.size(), size_t{32});
  address.sll_halen = static_cast<uint8_t>(length);
  std::memcpy(bytes.data(), &address, sizeof address);
  std::memcpy(bytes.data() + offsetof(sockaddr_ll, sll_addr), target.hardware_address.data(),
              length);
  const size_t size = std::max(sizeof address, offsetof(sockaddr_ll, sll_addr) + length);
  return send_to(socket, packet, reinterpret_cast<const sockaddr*>(bytes.data()),
                 static_cast<socklen_t>(size));
}

Result<ProbeReceiver> ProbeReceiver::open(const Address& local) {
  GENBA_TRY(Fd socket, open_socket(domain_of(local), SOCK_DGRAM, 0));
  const SocketAddress wanted = socket_address(local, 0);
  if (::bind(socket.get(), wanted.get(), wanted.size) != 0) {
    return fail(base::error_from_errno(errno, "bind"));
  }
  SocketAddress got;
  got.size = sizeof got.storage;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&got.storage), &got.size) != 0) {
    return fail(base::error_from_errno(errno, "getsockname"));
  }
  // sin_port and sin6_port stand at the same place.
  sockaddr_in head{};
  std::memcpy(&head, &got.storage, sizeof head);
  return ProbeReceiver(std::move(socket), __builtin_bswap16(head.sin_port));
}

int ProbeReceiver::received(std::string_view payload) const {
  int count = 0;
  std::array<char, kLongestProbe> buffer{};
  // Bounded: others may send here, too.
  for (int tries = 0; tries < 1000; ++tries) {
    const ssize_t size =
        ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC);
    if (size < 0 && errno == EINTR) {
      continue;
    }
    if (size < 0) {
      break;
    }
    if (static_cast<size_t>(size) == payload.size() &&
        std::string_view(buffer.data(), payload.size()) == payload) {
      ++count;
    }
  }
  return count;
}

}  // namespace genba::sys
