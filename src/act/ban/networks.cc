// SPDX-License-Identifier: Apache-2.0
#include "act/ban/networks.h"

#include <algorithm>

#include "act/contain/responder.h"
#include "base/text.h"
#include "fmt/format.h"
#include "model/ban.h"

namespace genba::act {

using base::Address;
using base::AddressFamily;
using base::Network;

namespace {

constexpr int kBitsOfOneCustomer = 64;  // RFC 6177: nobody gets less, and picks freely within it
constexpr int kMappedBits = 96;         // ::ffff:0:0/96, RFC 4291

uint8_t mask_of_byte(int bits, int byte) {
  const int left = std::clamp(bits - byte * 8, 0, 8);
  return static_cast<uint8_t>(0xFF00U >> static_cast<unsigned>(left));
}

// False when there is no address after it.
bool increase(Address& address) {
  for (int i = address_bits(address.family) / 8; i-- > 0;) {
    if (++address.bytes[static_cast<size_t>(i)] != 0) {
      return true;
    }
  }
  return false;
}

// IPv4 in its IPv6 clothes is IPv4.
Network plain(const Network& network) {
  const Address address = unmapped(network.address);
  const bool mapped = address.family != network.address.family;
  return !mapped || network.bits < kMappedBits ? network
                                               : Network{address, network.bits - kMappedBits};
}

}  // namespace

int address_bits(AddressFamily family) {
  return family == AddressFamily::kIpv6 ? 128 : 32;
}

Network only(const Address& address) {
  return {address, address_bits(address.family)};
}

Network normal(Network network) {
  for (int i = 0; i < 16; ++i) {
    auto& byte = network.address.bytes[static_cast<size_t>(i)];
    byte = static_cast<uint8_t>(byte & mask_of_byte(network.bits, i));
  }
  return network;
}

Address last_of(const Network& network) {
  Address address = normal(network).address;
  for (int i = 0; i < address_bits(address.family) / 8; ++i) {
    auto& byte = address.bytes[static_cast<size_t>(i)];
    byte = static_cast<uint8_t>(byte | ~mask_of_byte(network.bits, i));
  }
  return address;
}

bool same(const Network& one, const Network& other) {
  return one.bits == other.bits && one.address == other.address;
}

bool contains(const Network& outer, const Network& inner) {
  return outer.bits <= inner.bits && outer.contains(inner.address);
}

bool overlap(const Network& one, const Network& other) {
  return contains(one, other) || contains(other, one);
}

std::vector<Network> networks_between(const Address& first, const Address& last) {
  std::vector<Network> networks;
  Address at = first;
  while (at.family == last.family && at <= last) {
    // The widest network that begins here and does not go past the end.
    Network widest = only(at);
    while (widest.bits > 0) {
      const Network wider = normal({at, widest.bits - 1});
      if (wider.address != at || last_of(wider) > last) {
        break;
      }
      widest = wider;
    }
    networks.push_back(widest);
    at = last_of(widest);
    if (!increase(at)) {
      break;
    }
  }
  return networks;
}

base::Result<BanTarget> parse_ban_target(std::string_view text) {
  const auto parsed = base::parse_network(text);
  if (!parsed) {
    return base::fail(base::ErrorCode::kInvalid,
                      fmt::format("'{}' is no address or network: write 192.0.2.7, 192.0.2.0/24 or "
                                  "2001:db8::/64 (names are not resolved)",
                                  base::escape_for_terminal(text)));
  }
  const Network network = plain(*parsed);
  BanTarget target{std::string(text), normal(network), false};
  const bool has_bits = text.find('/') != std::string_view::npos;
  if (target.network.address != network.address) {
    return base::fail(base::ErrorCode::kInvalid,
                      fmt::format("'{}' has bits behind its prefix: write {} for the network, or "
                                  "the address alone",
                                  text, model::to_cidr(target.network)));
  }
  if (!has_bits && network.address.family == AddressFamily::kIpv6 &&
      base::scope_of(network.address) != base::AddressScope::kLinkLocal) {
    target.network = normal({network.address, kBitsOfOneCustomer});
    target.widened = true;
  }
  return target;
}

}  // namespace genba::act
