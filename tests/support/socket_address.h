// SPDX-License-Identifier: Apache-2.0
//
// Addresses as the calls of sockets take them, for tests that speak over real ones.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>

#include "base/address.h"

namespace genba::test {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);  ///< of an empty one: room for what a call fills in
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

/// `device` is the index of an IPv6 address that means something on one link only.
inline SocketAddress socket_address(const base::Address& address, uint16_t port,
                                    unsigned device = 0) {
  SocketAddress made;
  if (address.family == base::AddressFamily::kIpv4) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    std::memcpy(&four.sin_addr, address.bytes.data(), sizeof four.sin_addr);
    std::memcpy(&made.storage, &four, sizeof four);
    made.size = sizeof four;
    return made;
  }
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  six.sin6_scope_id = device;
  std::memcpy(&six.sin6_addr, address.bytes.data(), sizeof six.sin6_addr);
  std::memcpy(&made.storage, &six, sizeof six);
  made.size = sizeof six;
  return made;
}

}  // namespace genba::test
