// SPDX-License-Identifier: Apache-2.0
//
// Sums of times that a forged log may have chosen: they stop at the limits of the type instead of
// running over. Covered by join_logins_test.cc.
#pragma once

#include <algorithm>
#include <cstdint>

namespace genba::collect::logs {

/// How far two times lie from each other.
inline int64_t distance(int64_t left, int64_t right) {
  const auto difference =
      static_cast<uint64_t>(std::max(left, right)) - static_cast<uint64_t>(std::min(left, right));
  return static_cast<int64_t>(std::min<uint64_t>(difference, INT64_MAX));
}

/// The time, moved by a span.
inline int64_t moved(int64_t time, int64_t by) {
  int64_t sum = 0;
  return __builtin_add_overflow(time, by, &sum) ? (by < 0 ? INT64_MIN : INT64_MAX) : sum;
}

}  // namespace genba::collect::logs
