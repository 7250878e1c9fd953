// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/ladder_keeper.h"

#include <time.h>

#include <algorithm>

#include "sys/process.h"

namespace genba::act {

using base::Result;

namespace {

// The kernel's own timer, where there is one, is to be first: what is taken off then lets all pass.
constexpr int64_t kAfterTheKernel = 50'000'000;
// Asked again: a suspended machine wakes up late.
constexpr int64_t kLongestSleep = 5'000'000'000;
constexpr int kTries = 20;
constexpr int64_t kBetweenTries = 500'000'000;

void keep_time(int64_t until) {
  for (int64_t now = sys::clock_nanoseconds(CLOCK_MONOTONIC); now < until;
       now = sys::clock_nanoseconds(CLOCK_MONOTONIC)) {
    sys::sleep_nanoseconds(std::min(until - now, kLongestSleep));
  }
}

// Opening is what everybody counts on: a kernel that is short of memory is asked again.
bool take_back(LadderRung& rung) {
  for (int i = 0; i < kTries; ++i) {
    if (rung.undo(nullptr)) {
      return true;
    }
    sys::sleep_nanoseconds(kBetweenTries);
  }
  return false;
}

}  // namespace

Result<ProcessKey> start_keeper(const host::Host& host, std::unique_ptr<LadderRung> rung,
                                const KeeperOrders& orders) {
  return start_background(host, {rung->fd()}, [&](const std::function<void()>& ready) {
    ready();
    keep_time(orders.deadline + kAfterTheKernel);
    if (!take_back(*rung)) {
      return;
    }
    tell_timer_end(orders.journal_directory, orders.version, [&](const model::ActionLog& log) {
      const auto last = find_ladder(log, orders.journal_directory);
      return last && last->id == orders.id ? to_json(*last) : std::string();
    });
  });
}

}  // namespace genba::act
