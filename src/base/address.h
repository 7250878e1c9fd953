// SPDX-License-Identifier: Apache-2.0
//
// IP addresses as values: one spelling for each, so that tables, logs and rules can be joined on
// it, and the scope that says how far away the other end is. Text is RFC 5952; an IPv4-mapped
// address keeps its IPv6 form (::ffff:192.0.2.1), because that is what the socket holds. Scopes
// follow the IANA special-purpose registries; documentation and reserved blocks count as public,
// so that nothing an attacker can make up looks harmless. Covered by address_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace genba::base {

enum class AddressFamily : uint8_t { kIpv4, kIpv6 };

/// "ipv4" or "ipv6", as tables show it.
std::string_view to_string(AddressFamily family);

/// An IPv4 or IPv6 address. IPv4 uses the first four of `bytes`; the others are zero.
struct Address {
  AddressFamily family = AddressFamily::kIpv4;
  std::array<uint8_t, 16> bytes{};  ///< network order

  friend auto operator<=>(const Address&, const Address&) = default;

  /// All bits zero: a socket that is not bound, or not connected.
  bool is_unspecified() const;
};

/// The 4 or 16 bytes of the address in network order; borrowed from it.
std::string_view raw_bytes(const Address& address);

/// An address from 4 or 16 raw bytes in network order; nothing for any other length.
std::optional<Address> address_from_bytes(std::string_view raw);

/// The canonical text (RFC 5952; dotted quad for IPv4 and behind ::ffff:).
std::string to_text(const Address& address);

/// Parses either family. Refuses zone ids, ports, brackets, and IPv4 parts with leading zeros
/// (which some resolvers read as octal).
std::optional<Address> parse_address(std::string_view text);

/// The text without the "::ffff:" that an IPv6 socket writes before an IPv4 address, so that what
/// several logs tell of one address joins. Whatever else the text holds stays as it is.
std::string_view plain_address(std::string_view text);

/// A block of addresses: those that agree with `address` in the first `bits` bits.
struct Network {
  Address address;
  int bits = 0;

  bool contains(const Address& other) const;
};

/// "192.0.2.0/24", "2001:db8::/32", or one address. Nothing for more bits than the family has.
std::optional<Network> parse_network(std::string_view text);

/// How far away an address is. kPrivate holds RFC 1918, carrier-grade NAT (100.64.0.0/10), unique
/// local (fc00::/7) and the retired site-local block (fec0::/10).
enum class AddressScope : uint8_t { kLoopback, kPrivate, kLinkLocal, kMulticast, kPublic };

/// loopback, private, link_local, multicast or public.
std::string_view to_string(AddressScope scope);

/// The scope; nothing for an unspecified address. An IPv4 address inside an IPv6 one (mapped, or
/// behind the NAT64 prefix 64:ff9b::/96) gives its own scope.
std::optional<AddressScope> scope_of(const Address& address);

}  // namespace genba::base
