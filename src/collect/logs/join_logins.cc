// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/join_logins.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>

#include "base/address.h"
#include "collect/logs/attempt_tally.h"
#include "collect/logs/forged_times.h"

namespace genba::collect::logs {

namespace {

constexpr int64_t kSecond = 1'000'000'000;
// Logs write the same login within so much of each other.
constexpr int64_t kSameLogin = 5 * kSecond;
// wtmp is written when the terminal is there, a little after sshd has accepted.
constexpr int64_t kToTerminal = 120 * kSecond;
constexpr int64_t kHour = 3600 * kSecond;
// Logins of one account from one address within kSameLogin that a further one is compared with.
constexpr size_t kMostCompared = 32;

// How much of an episode lies before a time inside it: its share, since single times are gone.
int64_t count_until(const Episode& episode, int64_t time) {
  const double whole = static_cast<double>(distance(episode.last_time, episode.time)) + 1.0;
  const double share = (static_cast<double>(distance(time, episode.time)) + 1.0) / whole;
  return std::max<int64_t>(1, static_cast<int64_t>(static_cast<double>(episode.count) * share));
}

// Failed attempts of some episodes up to a time that only grows: of the episodes, each is met once
// when it begins, and again while it lasts.
class CountBefore {
 public:
  // `episodes` are numbers, the earliest first.
  CountBefore(const Attempts& attempts, std::span<const uint32_t> episodes)
      : attempts_(attempts), episodes_(episodes) {}

  AttemptTally until(int64_t time) {
    const std::vector<Episode>& all = attempts_.episodes();
    for (; next_ < episodes_.size() && all[episodes_[next_]].time <= time; ++next_) {
      open_.push_back(episodes_[next_]);
    }
    std::erase_if(open_, [&](uint32_t number) {
      const bool is_over = all[number].last_time <= time;
      if (is_over) {
        add(all[number], all[number].count, over_);
      }
      return is_over;
    });
    AttemptTally counted = over_;
    for (const uint32_t number : open_) {
      add(all[number], count_until(all[number], time), counted);
    }
    return counted;
  }

 private:
  void add(const Episode& episode, int64_t count, AttemptTally& to) const {
    const AttemptWay& way = attempts_.way_of(episode);
    to.add(way.source, telling_of(way, attempts_.text(way.method)), count);
  }

  const Attempts& attempts_;
  std::span<const uint32_t> episodes_;
  size_t next_ = 0;
  std::vector<uint32_t> open_;
  AttemptTally over_;
};

// Login records of wtmp by account.
class Terminals {
 public:
  explicit Terminals(const std::vector<model::Last>& last) {
    for (const model::Last& record : last) {
      if (!record.time) {
        continue;
      }
      const int64_t time = record.time->nanoseconds;
      first_ = covered_ ? std::min(first_, time) : time;
      last_ = covered_ ? std::max(last_, time) : time;
      covered_ = true;
      if (record.type == 7 && record.username) {  // USER_PROCESS, utmp(5)
        by_user_[*record.username].push_back(time);
      }
    }
    for (auto& [user, times] : by_user_) {
      std::sort(times.begin(), times.end());
    }
  }

  // Nothing where wtmp says nothing of that time.
  std::optional<bool> knows(const model::Login& login) const {
    const int64_t time = login.time.nanoseconds;
    if (!covered_ || time < first_ || time > last_) {
      return std::nullopt;
    }
    const auto records = by_user_.find(login.username);
    if (records == by_user_.end()) {
      return false;
    }
    const auto& times = records->second;
    const auto at = std::lower_bound(times.begin(), times.end(), moved(time, -kSameLogin));
    return at != times.end() && *at <= moved(time, kToTerminal);
  }

 private:
  std::map<std::string, std::vector<int64_t>> by_user_;
  bool covered_ = false;
  int64_t first_ = 0;
  int64_t last_ = 0;
};

std::string plain_address_of(const model::AuthEvent& event) {
  return std::string(base::plain_address(event.address.value_or("")));
}

model::Login login_of(const model::AuthEvent& event) {
  model::Login login;
  login.time = event.time;
  login.certainty = event.certainty;
  login.username = event.username.value_or("");
  if (event.address) {
    login.address = plain_address_of(event);
    const std::string network = network_of(*login.address);
    if (!network.empty()) {
      login.network = network;
    }
    if (const auto address = base::parse_address(*login.address)) {
      if (const auto scope = base::scope_of(*address)) {
        login.scope = to_string(*scope);
      }
    }
  }
  login.port = event.port;
  login.method = event.method;
  login.fingerprint = event.fingerprint;
  login.program = event.program;
  login.comm = event.comm;
  login.pid = event.pid;
  login.sources = event.source;
  login.path = event.path;
  login.line = event.line;
  return login;
}

bool is_same(const model::Login& login, const model::AuthEvent& event) {
  const bool same_place = login.username == event.username.value_or("") &&
                          login.address.value_or("") == plain_address_of(event);
  const bool same_port = !login.port || !event.port || login.port == event.port;
  const bool same_source =
      (" " + login.sources + " ").find(" " + event.source + " ") != std::string::npos;
  // audit tells one login of one process in several records.
  const bool same_process = login.pid && event.pid && *login.pid == *event.pid;
  return same_place && same_port && (!same_source || same_process) &&
         distance(login.time.nanoseconds, event.time.nanoseconds) <= kSameLogin;
}

void add_source(model::Login& login, const model::AuthEvent& event) {
  if ((" " + login.sources + " ").find(" " + event.source + " ") == std::string::npos) {
    login.sources += " " + event.source;
  }
  login.method = login.method ? login.method : event.method;
  login.fingerprint = login.fingerprint ? login.fingerprint : event.fingerprint;
  login.port = login.port ? login.port : event.port;
  login.pid = login.pid ? login.pid : event.pid;
  login.comm = login.comm ? login.comm : event.comm;
  if (login.certainty != "exact" && event.certainty == "exact") {
    login.time = event.time;
    login.certainty = event.certainty;
  }
}

// The end of each session by its server's process id: the first closing after the login.
void add_ends(const std::vector<model::AuthEvent>& auth, std::vector<model::Login>& logins) {
  std::map<std::pair<int64_t, std::string>, std::vector<int64_t>> ends;
  for (const model::AuthEvent& event : auth) {
    if ((event.outcome == "session_closed" || event.outcome == "disconnected") && event.pid) {
      ends[{*event.pid, event.username.value_or("")}].push_back(event.time.nanoseconds);
    }
  }
  for (auto& [key, times] : ends) {
    std::sort(times.begin(), times.end());
  }
  for (model::Login& login : logins) {
    const auto found = login.pid ? ends.find({*login.pid, login.username}) : ends.end();
    if (found == ends.end()) {
      continue;
    }
    const auto end =
        std::lower_bound(found->second.begin(), found->second.end(), login.time.nanoseconds);
    if (end != found->second.end()) {
      login.end_time = base::Timestamp{*end};
    }
  }
}

// What failed before each login, for logins in the order of time.
class History {
 public:
  History(const AttemptIndex& index, const std::vector<model::Login>& logins) : index_(index) {
    find_users(logins);
  }

  void add(model::Login& login) {
    const std::string& address = *login.address;
    const int64_t time = login.time.nanoseconds;
    const AttemptTally failed = count(by_address_, address, index_.of_address(address), time);
    login.failures_before = failed.most().first;
    if (login.failures_before > 0) {
      const int64_t hour_ago = moved(moved(time, -kHour), -1);
      login.failures_before_hour = failed.most_since(
          count(by_address_hour_ago_, address, index_.of_address(address), hour_ago));
      const auto user = users_.find({address, login.username});
      login.user_failures_before =
          user == users_.end()
              ? 0
              : count(by_user_, user->first, std::span(user->second), time).most().first;
    }
    if (login.network) {
      login.network_failures_before =
          count(by_network_, *login.network, index_.of_network(*login.network), time).most().first;
    }
  }

 private:
  using Pair = std::pair<std::string, std::string>;  // address and account

  template <class Key>
  AttemptTally count(std::map<Key, CountBefore>& counts, const Key& key,
                     std::span<const uint32_t> episodes, int64_t time) {
    return counts.try_emplace(key, index_.attempts(), episodes).first->second.until(time);
  }

  // The episodes of each account that got in, by the address that it came from.
  void find_users(const std::vector<model::Login>& logins) {
    const Attempts& attempts = index_.attempts();
    std::map<std::string, std::map<uint32_t, std::vector<uint32_t>*>> wanted;
    for (const model::Login& login : logins) {
      const uint32_t number = attempts.find_text(login.username);
      if (login.address && number != 0) {
        wanted[*login.address][number] = &users_[{*login.address, login.username}];
      }
    }
    for (auto& [address, users] : wanted) {
      for (const uint32_t episode : index_.of_address(address)) {
        const auto user = users.find(attempts.episodes()[episode].username);
        if (user != users.end()) {
          user->second->push_back(episode);
        }
      }
    }
  }

  const AttemptIndex& index_;
  std::map<Pair, std::vector<uint32_t>> users_;
  std::map<std::string, CountBefore> by_address_;
  std::map<std::string, CountBefore> by_address_hour_ago_;
  std::map<Pair, CountBefore> by_user_;
  std::map<std::string, CountBefore> by_network_;
};

void add_history(const AttemptIndex& attempts, std::vector<model::Login>& logins) {
  std::map<std::string, int64_t> before;
  std::set<std::pair<std::string, std::string>> seen;
  History history(attempts, logins);
  for (model::Login& login : logins) {
    login.logins_before = before[login.username]++;
    const std::string address = login.address.value_or("");
    login.first_of_address = seen.emplace(login.username, address).second;
    if (!address.empty()) {
      history.add(login);
    }
  }
}

}  // namespace

std::vector<model::Login> join_logins(const LogEvidence& evidence, const AttemptIndex& index) {
  std::vector<const model::AuthEvent*> accepted;
  for (const model::AuthEvent& event : evidence.auth) {
    // PAM's own word for a success comes beside that of the program that let them in.
    if (event.outcome == "accepted" && event.method != "pam") {
      accepted.push_back(&event);
    }
  }
  std::stable_sort(accepted.begin(), accepted.end(),
                   [](const model::AuthEvent* left, const model::AuthEvent* right) {
                     return left->time < right->time;
                   });
  std::vector<model::Login> logins;
  std::unordered_map<std::string, std::vector<size_t>> places;  // by account and address
  for (const model::AuthEvent* event : accepted) {
    auto& same = places[event->username.value_or("") + '\0' + plain_address_of(*event)];
    bool known = false;
    for (size_t i = 0; i < std::min(same.size(), kMostCompared) && !known; ++i) {
      model::Login& login = logins[same[same.size() - 1 - i]];
      if (distance(login.time.nanoseconds, event->time.nanoseconds) > 2 * kSameLogin) {
        break;
      }
      known = is_same(login, *event);
      if (known) {
        add_source(login, *event);
      }
    }
    if (!known) {
      same.push_back(logins.size());
      logins.push_back(login_of(*event));
    }
  }
  std::stable_sort(logins.begin(), logins.end(),
                   [](const auto& left, const auto& right) { return left.time < right.time; });
  add_ends(evidence.auth, logins);
  add_history(index, logins);
  const Terminals terminals(evidence.last);
  for (model::Login& login : logins) {
    login.in_wtmp = terminals.knows(login);
  }
  return logins;
}

}  // namespace genba::collect::logs
