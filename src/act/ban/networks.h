// SPDX-License-Identifier: Apache-2.0
//
// Networks as ranges of addresses: which hold which, and the quick way to ask it of thousands.
// IPv4 inside IPv6 (::ffff:192.0.2.1) is IPv4 here, as it is on the wire. Pure. Covered by
// networks_test.cc.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace genba::act {

/// 32 or 128.
int address_bits(base::AddressFamily family);
/// The network that holds one address.
base::Network only(const base::Address& address);
/// Its address with all bits behind the prefix zero: one network, one value.
base::Network normal(base::Network network);
/// Its last address.
base::Address last_of(const base::Network& network);
bool same(const base::Network& one, const base::Network& other);
bool contains(const base::Network& outer, const base::Network& inner);
/// One of them holds the other: networks never overlap in part.
bool overlap(const base::Network& one, const base::Network& other);
/// The fewest networks that hold exactly the addresses from `first` to `last`, both of one family.
std::vector<base::Network> networks_between(const base::Address& first, const base::Address& last);

struct NetworkOrder {
  bool operator()(const base::Network& one, const base::Network& other) const {
    return one.address != other.address ? one.address < other.address : one.bits < other.bits;
  }
};
/// By network in its normal() form.
template <class Value>
using NetworkMap = std::map<base::Network, Value, NetworkOrder>;

/// The largest network of the map that holds `inner`; end() when there is none. At most 129 looks.
template <class Value>
auto find_cover(const NetworkMap<Value>& map, const base::Network& inner) {
  for (int bits = 0; bits <= inner.bits; ++bits) {
    const auto found = map.find(normal({inner.address, bits}));
    if (found != map.end()) {
      return found;
    }
  }
  return map.end();
}

/// Networks of the map that are within `outer`, itself included.
template <class Value>
std::vector<base::Network> find_within(const NetworkMap<Value>& map, const base::Network& outer) {
  std::vector<base::Network> within;
  for (auto at = map.lower_bound(normal(outer));
       at != map.end() && outer.contains(at->first.address); ++at) {
    within.push_back(at->first);
  }
  return within;
}

/// What is to be banned.
struct BanTarget {
  std::string asked;
  base::Network network;  ///< normal()
  bool widened = false;   ///< a single IPv6 address that became its /64
};

/// "192.0.2.7", "192.0.2.0/24", "2001:db8::7" (its /64, which one customer has to himself; a
/// link-local address stays alone, since its /64 is the whole link), "2001:db8::7/128". kInvalid
/// for anything else, names and bits behind the prefix included.
base::Result<BanTarget> parse_ban_target(std::string_view text);

}  // namespace genba::act
