// SPDX-License-Identifier: Apache-2.0
//
// Destination NAT in the network namespace of the calling process, as an administrator's own rules
// do it: in a table of its own, by nf_tables. Only inside in_private_network(); skips the test
// where the kernel has none.
#pragma once

#include <cstdint>
#include <string_view>

namespace genba::test {

/// TCP that comes in for port `from` goes to port `to` of this host, in both families, as
/// `redirect to :PORT` and `iptables -j REDIRECT` do it.
void redirect_port(uint16_t from, uint16_t to);

/// TCP that comes in for port `from` goes to `address`, port `to`: `dnat to ADDRESS:PORT`.
void translate_port(uint16_t from, std::string_view address, uint16_t to);

}  // namespace genba::test
