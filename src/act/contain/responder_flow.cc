// SPDX-License-Identifier: Apache-2.0
//
// The addresses of a session as its socket holds them: one that takes IPv6 and IPv4 holds mapped
// ones. Covered by responder_test.cc.
#include <algorithm>
#include <array>

#include "act/contain/responder.h"

namespace genba::act {

namespace {

constexpr uint8_t kTcpProtocol = 6;  // IPPROTO_TCP

// The prefix ::ffff:0:0/96 of IPv4-mapped addresses, RFC 4291.
constexpr std::array<uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

base::Address mapped(const base::Address& address) {
  base::Address wide;
  wide.family = base::AddressFamily::kIpv6;
  std::copy(kMapped.begin(), kMapped.end(), wide.bytes.begin());
  std::copy_n(address.bytes.begin(), 4, wide.bytes.begin() + 12);
  return wide;
}

}  // namespace

sys::Flow flow_of(const SessionCandidate& session, int index) {
  const bool map = session.family == "ipv6" && session.local.family == base::AddressFamily::kIpv4;
  return {kTcpProtocol,        map ? mapped(session.local) : session.local,
          session.local_port,  map ? mapped(session.remote) : session.remote,
          session.remote_port, index};
}

base::Address unmapped(const base::Address& address) {
  if (address.family != base::AddressFamily::kIpv6 ||
      !std::equal(kMapped.begin(), kMapped.end(), address.bytes.begin())) {
    return address;
  }
  base::Address plain;
  std::copy_n(address.bytes.begin() + 12, 4, plain.bytes.begin());
  return plain;
}

}  // namespace genba::act
