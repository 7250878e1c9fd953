// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/join_logins.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/address.h"

namespace genba::collect::logs {

namespace {

constexpr int64_t kSecond = 1'000'000'000;
// Logs write the same login within so much of each other.
constexpr int64_t kSameLogin = 5 * kSecond;
// wtmp is written when the terminal is there, a little after sshd has accepted.
constexpr int64_t kToTerminal = 120 * kSecond;
constexpr int64_t kHour = 3600 * kSecond;
// Zones differ by quarters of an hour, at most 14 hours to either side (IANA's zones).
constexpr int64_t kQuarter = 900 * kSecond;
constexpr int64_t kMostOffset = 26 * kHour;
// Logins of one account from one address within kSameLogin that a further one is compared with.
constexpr size_t kMostCompared = 32;
// Logins that measure a source's zone, and for each how many of the other logs': an account with
// more in two days comes too often to tell anything.
constexpr int kMostVoters = 2000;
constexpr std::ptrdiff_t kMostChoices = 2000;

// What several logs would name otherwise: [::ffff:192.0.2.1] is 192.0.2.1.
std::string plain_address(std::string_view text) {
  constexpr std::string_view kMapped = "::ffff:";
  if (text.substr(0, kMapped.size()) == kMapped && text.find('.') != std::string_view::npos) {
    text.remove_prefix(kMapped.size());
  }
  return std::string(text);
}

int64_t distance(int64_t left, int64_t right) {
  const auto difference =
      static_cast<uint64_t>(std::max(left, right)) - static_cast<uint64_t>(std::min(left, right));
  return static_cast<int64_t>(std::min<uint64_t>(difference, INT64_MAX));
}

// Times of a forged log may be anything.
int64_t moved(int64_t time, int64_t by) {
  int64_t sum = 0;
  return __builtin_add_overflow(time, by, &sum) ? (by < 0 ? INT64_MIN : INT64_MAX) : sum;
}

// The ways in which a log tells of one and the same failed attempt: they are not added up.
enum class Telling : uint8_t { kDirect, kPam, kUnknownUser, kGone, kProbe };

Telling telling_of(const AttemptWay& episode, std::string_view method) {
  if (episode.outcome == parse::AuthOutcome::kInvalidUser) {
    return Telling::kUnknownUser;
  }
  if (episode.outcome == parse::AuthOutcome::kDisconnected) {
    return Telling::kGone;
  }
  if (episode.outcome == parse::AuthOutcome::kProbe) {
    return Telling::kProbe;
  }
  return method == "pam" ? Telling::kPam : Telling::kDirect;
}

// Of the ways in which each source tells of attempts, the one that tells most.
class AttemptCount {
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
  std::pair<int64_t, uint16_t> most() const {
    std::pair<int64_t, uint16_t> best{0, 0};
    for (const Count& each : counts_) {
      best = each.count > best.first ? std::pair(each.count, each.source) : best;
    }
    return best;
  }
  // What came since, of the way that tells most of it.
  int64_t most_since(const AttemptCount& before) const {
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

  AttemptCount until(int64_t time) {
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
    AttemptCount counted = over_;
    for (const uint32_t number : open_) {
      add(all[number], count_until(all[number], time), counted);
    }
    return counted;
  }

 private:
  void add(const Episode& episode, int64_t count, AttemptCount& to) const {
    const AttemptWay& way = attempts_.way_of(episode);
    to.add(way.source, telling_of(way, attempts_.text(way.method)), count);
  }

  const Attempts& attempts_;
  std::span<const uint32_t> episodes_;
  size_t next_ = 0;
  std::vector<uint32_t> open_;
  AttemptCount over_;
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

model::Login login_of(const model::AuthEvent& event) {
  model::Login login;
  login.time = event.time;
  login.certainty = event.certainty;
  login.username = event.username.value_or("");
  if (event.address) {
    login.address = plain_address(*event.address);
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
                          login.address.value_or("") == plain_address(event.address.value_or(""));
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
    const AttemptCount failed = count(by_address_, address, index_.of_address(address), time);
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
  AttemptCount count(std::map<Key, CountBefore>& counts, const Key& key,
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
    if (distance(difference, quarters * kQuarter) <= 2 * kSameLogin) {
      offsets.insert(quarters * kQuarter / kSecond);
    }
  }
  for (const int64_t offset : offsets) {
    ++votes[offset];
  }
}

}  // namespace

std::string network_of(std::string_view text) {
  const auto address = base::parse_address(plain_address(text));
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
      address = names_.number_of(plain_address(attempts.text(episode.address)));
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
    auto& same =
        places[event->username.value_or("") + '\0' + plain_address(event->address.value_or(""))];
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
    AttemptCount counted;
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

std::map<std::string, int64_t> measure_offsets(const std::vector<model::AuthEvent>& auth,
                                               const std::vector<model::Last>& last) {
  // Who came from where, and when, by the logs that keep UTC.
  std::map<std::pair<std::string, std::string>, std::vector<int64_t>> exact;
  for (const model::Last& record : last) {
    if (record.type == 7 && record.time && record.username) {
      exact[{*record.username, plain_address(record.host.value_or(""))}].push_back(
          record.time->nanoseconds);
    }
  }
  for (const model::AuthEvent& event : auth) {
    if (event.outcome == "accepted" && event.certainty == "exact" && event.address) {
      exact[{event.username.value_or(""), plain_address(*event.address)}].push_back(
          event.time.nanoseconds);
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
    const auto known = exact.find({event.username.value_or(""), plain_address(*event.address)});
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
