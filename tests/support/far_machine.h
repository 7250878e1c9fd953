// SPDX-License-Identifier: Apache-2.0
//
// Another machine at the other end of a wire: a child in a network namespace of its own that
// answers. Only inside in_private_network().
#pragma once

#include <cstdint>
#include <string>

namespace genba::test {

/// Here: device "up0" with 192.0.2.1/24 and 2001:db8::1/64. There: 192.0.2.2 and 2001:db8::2, and
/// whatever is sent to its UDP ports 7000 and 7001 or over TCP to 7000 comes back. The default
/// routes lead there.
class FarMachine {
 public:
  /// Leaves the test as one that cannot run here when it is refused.
  FarMachine();
  ~FarMachine();
  FarMachine(const FarMachine&) = delete;
  FarMachine& operator=(const FarMachine&) = delete;

  int index() const { return index_; }

  /// Lets it send one datagram from its port to ours, by AF_INET or AF_INET6.
  void send(int domain, uint16_t from, uint16_t to) const;

 private:
  int index_ = 0;
  int pid_ = 0;
  int commands_ = -1;
};

/// Its address, as text.
std::string far_address(int domain);

/// Sends a datagram from our port (0: any) to `to`:`port`. 0, or the errno.
int send_datagram(int domain, uint16_t from, const std::string& to, uint16_t port);
/// Whether the far machine answers a datagram from our port to its port.
bool far_answers(int domain, uint16_t from, uint16_t port);

/// A TCP connection to the far machine; -1 when it does not come about.
int connect_far(int domain);
/// Whether what is written comes back over the connection.
bool far_echoes(int connection);

}  // namespace genba::test
