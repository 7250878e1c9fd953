// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/attempt_index.h"

#include <algorithm>

#include "base/address.h"

namespace genba::collect::logs {

std::string network_of(std::string_view text) {
  const auto address = base::parse_address(base::plain_address(text));
  if (!address) {
    return {};
  }
  base::Address network = *address;
  const size_t kept = network.family == base::AddressFamily::kIpv4 ? 3 : 8;
  std::fill(network.bytes.begin() + static_cast<std::ptrdiff_t>(kept), network.bytes.end(),
            uint8_t{0});
  return base::to_text(network) + (kept == 3 ? "/24" : "/64");
}

AttemptIndex::AttemptIndex(const Attempts& attempts)
    : attempts_(attempts), address_of_(attempts.texts() + 1, 0) {
  std::vector<uint32_t> addresses;
  addresses.reserve(attempts.episodes().size());
  for (const Episode& episode : attempts.episodes()) {
    uint32_t& address = address_of_[episode.address];
    if (address == 0) {
      address = names_.number_of(base::plain_address(attempts.text(episode.address)));
    }
    addresses.push_back(address);
  }
  const size_t plain = names_.size();
  std::vector<uint32_t> network_of(plain + 1, 0);
  for (uint32_t i = 1; i <= plain; ++i) {
    network_of[i] = names_.number_of(logs::network_of(names_.text(i)));
  }
  std::vector<uint32_t> networks;
  networks.reserve(addresses.size());
  for (const uint32_t address : addresses) {
    networks.push_back(network_of[address]);
  }
  by_address_ = group(addresses, names_.size());
  by_network_ = group(networks, names_.size());
}

std::span<const uint32_t> AttemptIndex::Groups::of(uint32_t number) const {
  if (number == 0 || number + 1 >= starts.size()) {
    return {};
  }
  return std::span(places).subspan(starts[number], starts[number + 1] - starts[number]);
}

// A counting sort: numbers lie in [0, most].
AttemptIndex::Groups AttemptIndex::group(const std::vector<uint32_t>& numbers, size_t most) {
  Groups groups;
  groups.starts.assign(most + 2, 0);
  for (const uint32_t number : numbers) {
    ++groups.starts[number + 1];
  }
  for (size_t i = 1; i < groups.starts.size(); ++i) {
    groups.starts[i] += groups.starts[i - 1];
  }
  std::vector<uint32_t> next = groups.starts;
  groups.places.resize(numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i) {
    groups.places[next[numbers[i]]++] = static_cast<uint32_t>(i);
  }
  return groups;
}

void AttemptIndex::for_each_address(
    const std::function<void(std::string_view, std::span<const uint32_t>)>& found) const {
  for (uint32_t i = 1; i <= names_.size(); ++i) {
    if (const auto episodes = by_address_.of(i); !episodes.empty()) {
      found(names_.text(i), episodes);
    }
  }
}

std::span<const uint32_t> AttemptIndex::of_address(std::string_view address) const {
  return by_address_.of(names_.find(address));
}

std::span<const uint32_t> AttemptIndex::of_network(std::string_view network) const {
  return by_network_.of(names_.find(network));
}

}  // namespace genba::collect::logs
