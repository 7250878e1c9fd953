// SPDX-License-Identifier: Apache-2.0
//
// Whether something in the logs was asked for. Covered by log_brief_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/address.h"
#include "render/log_brief.h"

namespace genba::render {

/// The filter must outlive it. What is known of an address is kept.
class LogMatcher {
 public:
  explicit LogMatcher(const LogFilter& filter) : filter_(filter) {}

  /// Nanoseconds since 1970; a span that touches what was asked for does.
  bool time(int64_t from, int64_t to) const {
    return (!filter_.since || to >= filter_.since->nanoseconds) &&
           (!filter_.until || from <= filter_.until->nanoseconds);
  }
  bool address(std::string_view text) {
    if (!filter_.network) {
      return true;
    }
    const auto [known, is_new] = addresses_.try_emplace(std::string(text), false);
    if (is_new) {
      const auto address = base::parse_address(base::plain_address(text));
      known->second = address && filter_.network->contains(*address);
    }
    return known->second;
  }
  /// Either name does.
  bool user(std::string_view name, std::string_view other = {}) const {
    return !filter_.user || name == *filter_.user || (!other.empty() && other == *filter_.user);
  }

 private:
  const LogFilter& filter_;
  std::unordered_map<std::string, bool> addresses_;
};

}  // namespace genba::render
