// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/count_attempts.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "collect/logs/attempt_tally.h"

namespace genba::collect::logs {

void count_attempts(const LogEvidence& evidence, const AttemptIndex& index,
                    const std::vector<model::Login>& logins,
                    const std::function<void(const model::LoginAttempts&)>& found) {
  std::unordered_map<std::string, int64_t> accepted;
  for (const model::Login& login : logins) {
    ++accepted[login.address.value_or("")];
  }
  std::unordered_map<std::string, int64_t> bans;
  for (const model::Event& event : evidence.events) {
    if (event.action == "banned" && event.address) {
      bans[*event.address] += event.count;
    }
  }
  const auto of = [](const std::unordered_map<std::string, int64_t>& counts,
                     const std::string& address) {
    const auto count = counts.find(address);
    return count == counts.end() ? 0 : count->second;
  };
  const Attempts& attempts = index.attempts();
  std::vector<uint32_t> users;
  index.for_each_address([&](std::string_view address, std::span<const uint32_t> episodes) {
    model::LoginAttempts row;
    row.address = address;
    if (std::string network = network_of(address); !network.empty()) {
      row.network = std::move(network);
    }
    AttemptTally counted;
    users.clear();
    int64_t first = INT64_MAX;
    int64_t last = INT64_MIN;
    for (const uint32_t place : episodes) {
      const Episode& episode = attempts.episodes()[place];
      const AttemptWay& way = attempts.way_of(episode);
      counted.add(way.source, telling_of(way, attempts.text(way.method)), episode.count);
      if (episode.username != 0) {
        users.push_back(episode.username);
      }
      first = std::min(first, episode.time);
      last = std::max(last, episode.last_time);
    }
    std::sort(users.begin(), users.end());
    const auto different = std::unique(users.begin(), users.end()) - users.begin();
    const auto [most, source] = counted.most();
    row.attempts = most;
    row.users = std::min<int64_t>(different, 255);
    row.first_time = base::Timestamp{first};
    row.last_time = base::Timestamp{last};
    row.accepted = of(accepted, row.address);
    row.bans = of(bans, row.address);
    row.source = source < evidence.sources.size() ? evidence.sources[source] : std::string();
    found(row);
  });
}

}  // namespace genba::collect::logs
