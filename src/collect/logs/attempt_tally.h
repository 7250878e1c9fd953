// SPDX-License-Identifier: Apache-2.0
//
// How many attempts failed, when a log tells of one in several lines and several logs tell of it.
// Covered by join_logins_test.cc.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "collect/logs/attempts.h"

namespace genba::collect::logs {

/// The ways in which a log tells of one and the same failed attempt: they are not added up.
enum class Telling : uint8_t { kDirect, kPam, kUnknownUser, kGone, kProbe };

inline Telling telling_of(const AttemptWay& way, std::string_view method) {
  if (way.outcome == parse::AuthOutcome::kInvalidUser) {
    return Telling::kUnknownUser;
  }
  if (way.outcome == parse::AuthOutcome::kDisconnected) {
    return Telling::kGone;
  }
  if (way.outcome == parse::AuthOutcome::kProbe) {
    return Telling::kProbe;
  }
  return method == "pam" ? Telling::kPam : Telling::kDirect;
}

/// Of the ways in which each source tells of attempts, the one that tells most.
class AttemptTally {
 public:
  void add(uint16_t source, Telling telling, int64_t count) {
    for (Count& each : counts_) {
      if (each.source == source && each.telling == telling) {
        each.count += count;
        return;
      }
    }
    counts_.push_back({count, source, telling});
  }
  /// The most, and the source that tells it.
  std::pair<int64_t, uint16_t> most() const {
    std::pair<int64_t, uint16_t> best{0, 0};
    for (const Count& each : counts_) {
      best = each.count > best.first ? std::pair(each.count, each.source) : best;
    }
    return best;
  }
  /// What came since, of the way that tells most of it.
  int64_t most_since(const AttemptTally& before) const {
    int64_t best = 0;
    for (const Count& each : counts_) {
      int64_t count = each.count;
      for (const Count& other : before.counts_) {
        count -= other.source == each.source && other.telling == each.telling ? other.count : 0;
      }
      best = std::max(best, count);
    }
    return best;
  }

 private:
  struct Count {
    int64_t count = 0;
    uint16_t source = 0;
    Telling telling = Telling::kDirect;
  };
  std::vector<Count> counts_;
};

}  // namespace genba::collect::logs
