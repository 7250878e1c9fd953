// SPDX-License-Identifier: Apache-2.0
//
// Failed attempts by the address and by the network that they came from. Covered by
// join_logins_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collect/logs/attempts.h"

namespace genba::collect::logs {

/// "203.0.113.0/24", "2001:db8:0:1::/64"; empty for what is no address.
std::string network_of(std::string_view address);

/// Episodes by address and by network. The attempts must outlive it, and stay as they are.
class AttemptIndex {
 public:
  explicit AttemptIndex(const Attempts& attempts);

  const Attempts& attempts() const { return attempts_; }
  /// Addresses that have episodes, each with its episodes by number.
  void for_each_address(const std::function<void(std::string_view address,
                                                 std::span<const uint32_t> episodes)>& found) const;
  /// The episodes of an address in its plain form, or of a network, by number, the earliest first.
  std::span<const uint32_t> of_address(std::string_view address) const;
  std::span<const uint32_t> of_network(std::string_view network) const;

 private:
  // Places by number: what belongs to number n lies in [starts[n], starts[n + 1]) of places.
  struct Groups {
    std::vector<uint32_t> starts;
    std::vector<uint32_t> places;
    std::span<const uint32_t> of(uint32_t number) const;
  };
  static Groups group(const std::vector<uint32_t>& numbers, size_t most);

  const Attempts& attempts_;
  TextPool names_;                    ///< addresses in their plain form, networks
  std::vector<uint32_t> address_of_;  ///< by the attempts' number of an address: number in names_
  Groups by_address_;
  Groups by_network_;
};

}  // namespace genba::collect::logs
