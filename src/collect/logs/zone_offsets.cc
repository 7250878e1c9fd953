// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/zone_offsets.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/address.h"
#include "collect/logs/forged_times.h"

namespace genba::collect::logs {

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kHour = 3600 * kSecond;
// Two logs write the same login within so much of each other.
constexpr int64_t kMostApart = 10 * kSecond;
// Zones differ by quarters of an hour, at most 14 hours to either side (IANA's zones).
constexpr int64_t kQuarter = 900 * kSecond;
constexpr int64_t kMostOffset = 26 * kHour;
// Logins that measure a source's zone, and for each how many of the other logs': an account with
// more in two days comes too often to tell anything.
constexpr int kMostVoters = 2000;
constexpr std::ptrdiff_t kMostChoices = 2000;

using Who = std::pair<std::string, std::string>;  // account, and the address it came from

Who who_of(const std::optional<std::string>& user, const std::optional<std::string>& address) {
  return {user.value_or(""), std::string(base::plain_address(address.value_or("")))};
}

// Of the distances to logins that keep UTC (`there`, ascending), how often each zone's occurs.
void vote(int64_t here, const std::vector<int64_t>& there, std::map<int64_t, int>& votes) {
  const auto begin = std::lower_bound(there.begin(), there.end(), moved(here, -kMostOffset));
  const auto end = std::upper_bound(begin, there.end(), moved(here, kMostOffset));
  if (end - begin > kMostChoices) {
    return;
  }
  std::set<int64_t> offsets;
  for (auto time = begin; time != end; ++time) {
    const int64_t difference = *time - here;
    const int64_t quarters = (difference + (difference < 0 ? -kQuarter : kQuarter) / 2) / kQuarter;
    if (distance(difference, quarters * kQuarter) <= kMostApart) {
      offsets.insert(quarters * kQuarter / kSecond);
    }
  }
  for (const int64_t offset : offsets) {
    ++votes[offset];
  }
}

}  // namespace

std::map<std::string, int64_t> measure_offsets(const std::vector<model::AuthEvent>& auth,
                                               const std::vector<model::Last>& last) {
  // Who came from where, and when, by the logs that keep UTC.
  std::map<Who, std::vector<int64_t>> exact;
  for (const model::Last& record : last) {
    if (record.type == 7 && record.time && record.username) {
      exact[who_of(record.username, record.host)].push_back(record.time->nanoseconds);
    }
  }
  for (const model::AuthEvent& event : auth) {
    if (event.outcome == "accepted" && event.certainty == "exact" && event.address) {
      exact[who_of(event.username, event.address)].push_back(event.time.nanoseconds);
    }
  }
  for (auto& [who, times] : exact) {
    std::sort(times.begin(), times.end());
  }
  std::map<std::string, std::pair<int, std::map<int64_t, int>>> votes;
  for (const model::AuthEvent& event : auth) {
    if (event.outcome != "accepted" || event.certainty == "exact" || !event.address) {
      continue;
    }
    const auto known = exact.find(who_of(event.username, event.address));
    if (known != exact.end()) {
      auto& [logins, offsets] = votes[event.source];
      if (logins == kMostVoters) {
        continue;
      }
      ++logins;
      vote(event.time.nanoseconds, known->second, offsets);
    }
  }
  std::map<std::string, int64_t> measured;
  for (const auto& [source, voted] : votes) {
    const auto& [logins, offsets] = voted;
    const auto best = std::max_element(
        offsets.begin(), offsets.end(),
        [](const auto& left, const auto& right) { return left.second < right.second; });
    const bool clear = best != offsets.end() && best->first != 0 && best->second >= 2 &&
                       best->second * 2 > logins &&
                       std::count_if(offsets.begin(), offsets.end(), [&](const auto& other) {
                         return other.second * 3 > best->second * 2;
                       }) == 1;
    if (clear) {
      measured.emplace(source, best->first);
    }
  }
  return measured;
}

}  // namespace genba::collect::logs
