// SPDX-License-Identifier: Apache-2.0
//
// More network namespaces for one test, each joined to the first by a veth pair of its own, all in
// one process: a socket stays in the namespace that it was opened in. Only inside
// in_private_network(), without threads.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sys/fd.h"

namespace genba::test {

/// Two addresses of one link: "192.0.2.1/24" here and "192.0.2.2/24" there.
struct JoinedAddresses {
  std::string_view here;
  std::string_view there;
};

class OtherNetworks {
 public:
  /// The namespace of now is "here".
  OtherNetworks();

  /// A new one, joined by the device `name` here and "eth0" there. Its number. Skips the test where
  /// it cannot be made.
  size_t add(const std::string& name, const std::vector<JoinedAddresses>& addresses);

  /// Does it there and comes back.
  void in(size_t network, const std::function<void()>& work) const;

 private:
  sys::Fd here_;
  std::vector<sys::Fd> networks_;
};

/// A socket that is bound to the address and port; of type SOCK_STREAM it listens.
sys::Fd serve(int type, std::string_view address, uint16_t port);
/// A stream from `from` to the server; invalid when it does not come about within `milliseconds`.
sys::Fd reach(std::string_view from, std::string_view address, uint16_t port,
              int milliseconds = 2000);
/// Whether a datagram from a socket opened in the namespace of now arrives at `server`, which may
/// be of another, within `milliseconds`.
bool arrives(const sys::Fd& server, std::string_view from, std::string_view address, uint16_t port,
             int milliseconds = 2000);

}  // namespace genba::test
