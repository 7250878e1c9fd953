// SPDX-License-Identifier: Apache-2.0
#include "render/log_brief.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "model/tables/auth_events.h"
#include "model/tables/log_files.h"
#include "model/tables/login_attempts.h"
#include "render/cells.h"
#include "render/log_deeds.h"
#include "render/log_matcher.h"

namespace genba::render {

namespace {

constexpr int64_t kMinute = 60LL * 1'000'000'000;
constexpr int64_t kWays = 5;  // of telling of a failure, see way_of

bool is_attempt(std::string_view outcome) {
  return outcome == "failed" || outcome == "invalid_user" || outcome == "disconnected" ||
         outcome == "probe";
}

int64_t way_of(std::string_view outcome, std::string_view method) {
  return outcome == "failed"         ? (method == "pam" ? 1 : 0)
         : outcome == "invalid_user" ? 2
         : outcome == "disconnected" ? 3
                                     : 4;
}

// Texts as numbers; 0 is the empty one. The texts belong to the facts.
class Numbers {
 public:
  Numbers() { number({}); }
  uint32_t number(std::string_view text) {
    const auto [known, is_new] = numbers_.try_emplace(text, static_cast<uint32_t>(texts_.size()));
    if (is_new) {
      texts_.push_back(text);
    }
    return known->second;
  }
  std::string_view text(uint32_t number) const { return texts_[number]; }
  size_t size() const { return texts_.size(); }

 private:
  std::unordered_map<std::string_view, uint32_t> numbers_;
  std::vector<std::string_view> texts_;
};

// A row of failed attempts. There may be a million: texts as numbers, times are read again.
struct Attempt {
  uint32_t row = 0;
  uint32_t address = 0;
  uint32_t name = 0;
  uint32_t way = 0;  // of telling, in one log
  int64_t count = 0;
};

// What the attempts of one address, network or name come to.
struct Sum {
  uint32_t number = 0;
  int64_t attempts = 0;
  int64_t others = 0;
  int64_t first = INT64_MAX;
  int64_t last = INT64_MIN;

  void span(int64_t from, int64_t to) {
    first = std::min(first, from);
    last = std::max(last, to);
  }
};

// A log tells of one failed attempt in several lines, and several logs tell of it: what counts is
// the way of telling that tells most.
class Ways {
 public:
  void clear() { counts_.clear(); }
  void add(uint32_t way, int64_t count) {
    for (auto& [known, sum] : counts_) {
      if (known == way) {
        sum += count;
        return;
      }
    }
    counts_.emplace_back(way, count);
  }
  /// The way that tells most, and how much.
  std::pair<uint32_t, int64_t> best() const {
    std::pair<uint32_t, int64_t> best;
    for (const auto& each : counts_) {
      best = each.second > best.second ? each : best;
    }
    return best;
  }

 private:
  std::vector<std::pair<uint32_t, int64_t>> counts_;
};

std::vector<AttemptGroup> largest(std::vector<Sum> sums, const Numbers& names) {
  const auto most =
      sums.begin() + static_cast<std::ptrdiff_t>(std::min(sums.size(), LogBrief::kMostGroups));
  std::partial_sort(sums.begin(), most, sums.end(), [&](const Sum& left, const Sum& right) {
    return left.attempts != right.attempts ? left.attempts > right.attempts
                                           : names.text(left.number) < names.text(right.number);
  });
  std::vector<AttemptGroup> result;
  for (auto sum = sums.begin(); sum != most; ++sum) {
    AttemptGroup group;
    group.name = names.text(sum->number);
    group.attempts = sum->attempts;
    group.others = sum->others;
    group.first = base::Timestamp{sum->first};
    group.last = base::Timestamp{sum->last};
    result.push_back(std::move(group));
  }
  return result;
}

class Briefing {
 public:
  Briefing(const model::Facts& facts, const LogFilter& filter)
      : facts_(facts), filter_(filter), matcher_(filter), auth_(facts) {}

  LogBrief run() {
    brief_.asked = filter_;
    take_networks();
    take_auth();
    take_logins();
    add_event_deeds(facts_, matcher_, brief_.deeds);
    take_anomalies();
    take_files();
    finish();
    return std::move(brief_);
  }

 private:
  // Of one address.
  struct Known {
    uint32_t network = 0;
    int64_t users = 0;
    uint32_t best_way = 0;
  };

  using Auth = Cells<model::AuthEvent>;

  void take_networks() {
    const Cells<model::LoginAttempts> attempts(facts_);
    static const int kAddress = Cells<model::LoginAttempts>::column("address");
    static const int kNetwork = Cells<model::LoginAttempts>::column("network");
    static const int kUsers = Cells<model::LoginAttempts>::column("users");
    for (size_t row = 0; row < attempts.size(); ++row) {
      Known& known = known_at(addresses_.number(base::plain_address(attempts.text(row, kAddress))));
      known.network = networks_.number(attempts.text(row, kNetwork));
      known.users = std::max(known.users, attempts.number(row, kUsers).value_or(0));
    }
  }

  Known& known_at(uint32_t address) {
    if (address >= known_.size()) {
      known_.resize(address + 1);
    }
    return known_[address];
  }

  void take_auth() {
    static const int kTime = Auth::column("time");
    static const int kLast = Auth::column("last_time");
    static const int kOutcome = Auth::column("outcome");
    static const int kUser = Auth::column("username");
    static const int kTarget = Auth::column("target_user");
    static const int kAddress = Auth::column("address");
    static const int kMethod = Auth::column("method");
    static const int kCount = Auth::column("count");
    static const int kSource = Auth::column("source");
    for (size_t row = 0; row < auth_.size(); ++row) {
      const std::string_view outcome = auth_.text(row, kOutcome);
      const std::string_view user = auth_.text(row, kUser);
      const std::string_view address = base::plain_address(auth_.text(row, kAddress));
      const int64_t from = auth_.number(row, kTime).value_or(0);
      const int64_t to = auth_.number(row, kLast).value_or(from);
      if (!matcher_.time(from, to) || !matcher_.user(user, auth_.text(row, kTarget)) ||
          !matcher_.address(address)) {
        continue;
      }
      if (is_attempt(outcome) && !address.empty()) {
        Attempt attempt;
        attempt.row = static_cast<uint32_t>(row);
        attempt.address = addresses_.number(address);
        attempt.name = names_.number(user);
        attempt.way = static_cast<uint32_t>(sources_.number(auth_.text(row, kSource)) * kWays +
                                            way_of(outcome, auth_.text(row, kMethod)));
        attempt.count = auth_.number(row, kCount).value_or(1);
        attempts_.push_back(attempt);
      } else if (is_deed(outcome)) {
        brief_.deeds.push_back(deed_of(auth_, row));
      }
    }
  }

  std::pair<int64_t, int64_t> span_of(const Attempt& attempt) const {
    static const int kTime = Auth::column("time");
    static const int kLast = Auth::column("last_time");
    const int64_t from = auth_.number(attempt.row, kTime).value_or(0);
    return {from, auth_.number(attempt.row, kLast).value_or(from)};
  }

  // Calls `take` with the attempts of each address, or of each name, one after the other.
  template <class Take>
  void each_group(uint32_t Attempt::*by, uint32_t Attempt::*other, Take take) {
    std::sort(attempts_.begin(), attempts_.end(), [&](const Attempt& left, const Attempt& right) {
      return std::tie(left.*by, left.*other, left.row) <
             std::tie(right.*by, right.*other, right.row);
    });
    for (size_t begin = 0; begin < attempts_.size();) {
      Sum sum;
      sum.number = attempts_[begin].*by;
      Ways ways;
      uint32_t before = 0;
      size_t end = begin;
      for (; end < attempts_.size() && attempts_[end].*by == sum.number; ++end) {
        const Attempt& attempt = attempts_[end];
        const auto [from, to] = span_of(attempt);
        sum.span(from, to);
        ways.add(attempt.way, attempt.count);
        sum.others += attempt.*other != before ? 1 : 0;
        before = attempt.*other;
      }
      const auto [way, most] = ways.best();
      sum.attempts = most;
      take(sum, way);
      begin = end;
    }
  }

  // The networks' figures are those of their addresses, so that the two agree.
  void sum_attempts() {
    known_.resize(addresses_.size());
    std::vector<Sum> by_address;
    std::vector<Sum> by_network(networks_.size());
    each_group(&Attempt::address, &Attempt::name, [&](const Sum& sum, uint32_t way) {
      Known& known = known_[sum.number];
      known.best_way = way;
      by_address.push_back(sum);
      brief_.attempts += sum.attempts;
      Sum& network = by_network[known.network];
      network.number = known.network;
      network.attempts += sum.attempts;
      ++network.others;
      network.span(sum.first, sum.last);
    });
    std::vector<Sum> by_name;
    each_group(&Attempt::name, &Attempt::address, [&](const Sum& sum, uint32_t /*way*/) {
      if (sum.number != 0) {
        by_name.push_back(sum);
      }
    });
    by_network[0] = Sum();  // of addresses without one, such as host names
    by_network.erase(std::remove_if(by_network.begin(), by_network.end(),
                                    [](const Sum& sum) { return sum.others == 0; }),
                     by_network.end());
    for (const Sum& sum : by_address) {
      const base::Timestamp first{sum.first};
      const base::Timestamp last{sum.last};
      brief_.first_attempt = std::min(brief_.first_attempt.value_or(first), first);
      brief_.last_attempt = std::max(brief_.last_attempt.value_or(last), last);
    }
    brief_.addresses = static_cast<int64_t>(by_address.size());
    brief_.networks = static_cast<int64_t>(by_network.size());
    brief_.names = static_cast<int64_t>(by_name.size());
    brief_.by_address = largest(std::move(by_address), addresses_);
    brief_.by_network = largest(std::move(by_network), networks_);
    brief_.by_name = largest(std::move(by_name), names_);
    for (AttemptGroup& group : brief_.by_address) {
      const auto accepted = accepted_.find(group.name);
      group.accepted = accepted == accepted_.end() ? 0 : accepted->second;
      // Of very many attempts the names are only counted, of all of an address together.
      if (!filter_.user && !filter_.since && !filter_.until) {
        group.others = std::max(group.others, known_[addresses_.number(group.name)].users);
      }
    }
  }

  void take_logins() {
    for (const model::Login& login : facts_.read<model::Login>()) {
      const int64_t time = login.time.nanoseconds;
      if (matcher_.time(time, time) && matcher_.user(login.username) &&
          matcher_.address(login.address.value_or(""))) {
        brief_.logins.push_back(login);
        ++accepted_[std::string(base::plain_address(login.address.value_or("")))];
      }
    }
  }

  void take_anomalies() {
    for (const model::LogAnomaly& row : facts_.read<model::LogAnomaly>()) {
      const int64_t from = row.from_time ? row.from_time->nanoseconds : INT64_MIN;
      const int64_t to = row.to_time ? row.to_time->nanoseconds : INT64_MAX;
      if (matcher_.time(from, to)) {
        brief_.anomalies.push_back(row);
      }
    }
  }

  void take_files() {
    for (const model::LogFile& file : facts_.read<model::LogFile>()) {
      if (!file.lines) {
        continue;
      }
      ++brief_.files;
      brief_.lines += *file.lines;
      if (file.first_time && (!brief_.first_line || *file.first_time < *brief_.first_line)) {
        brief_.first_line = file.first_time;
      }
      if (file.last_time && (!brief_.last_line || *file.last_time > *brief_.last_line)) {
        brief_.last_line = file.last_time;
      }
    }
  }

  void finish() {
    sum_attempts();
    settle_deeds(brief_.deeds);
    brief_.deed_groups = group_deeds(brief_.deeds);
    group_logins();
    spread_over_time();
  }

  // A robot's ten thousand logins are one line; who came after many failures stands first.
  void group_logins() {
    std::map<std::string, size_t> places;
    std::vector<LoginGroup>& groups = brief_.login_groups;
    for (const model::Login& login : brief_.logins) {
      LoginGroup group;
      group.username = login.username;
      group.address = login.address.value_or("");
      group.method = login.method.value_or("");
      group.fingerprint = login.fingerprint.value_or("");
      const std::string key =
          group.username + '\0' + group.address + '\0' + group.method + '\0' + group.fingerprint;
      const auto [place, is_new] = places.emplace(key, groups.size());
      if (is_new) {
        group.certainty = login.certainty;
        group.first = login.time;
        group.first_of_address = login.first_of_address;
        group.failures_before = login.failures_before;
        // An office's own network holds many people: its failures say nothing of one address.
        group.network_failures_before = login.scope == "public" ? login.network_failures_before : 0;
        groups.push_back(std::move(group));
      }
      ++groups[place->second].count;
      groups[place->second].last = login.time;
    }
    std::stable_sort(groups.begin(), groups.end(),
                     [](const LoginGroup& left, const LoginGroup& right) {
                       const bool odd_left = left.failures_before >= LogBrief::kManyFailures;
                       const bool odd_right = right.failures_before >= LogBrief::kManyFailures;
                       return odd_left != odd_right ? odd_left : left.last > right.last;
                     });
  }

  // Attempts and logins in pieces of whole minutes.
  void spread_over_time() {
    int64_t first = INT64_MAX;
    int64_t last = INT64_MIN;
    for (const Attempt& attempt : attempts_) {
      if (tells_most(attempt)) {
        const auto [from, to] = span_of(attempt);
        first = std::min(first, from);
        last = std::max(last, to);
      }
    }
    for (const model::Login& login : brief_.logins) {
      first = std::min(first, login.time.nanoseconds);
      last = std::max(last, login.time.nanoseconds);
    }
    if (first > last || first < 0) {
      return;
    }
    const int64_t length = last - first;
    // Both ends may lie in the middle of a piece.
    const auto pieces = static_cast<int64_t>(LogBrief::kMostPieces) - 2;
    const int64_t piece = std::max(kMinute, (length / pieces / kMinute + 1) * kMinute);
    first = first / piece * piece;
    brief_.over_time.resize(static_cast<size_t>((last - first) / piece) + 1);
    for (size_t i = 0; i < brief_.over_time.size(); ++i) {
      brief_.over_time[i].from = base::Timestamp{first + static_cast<int64_t>(i) * piece};
    }
    for (const Attempt& attempt : attempts_) {
      if (!tells_most(attempt)) {
        continue;
      }
      // A row's attempts are spread evenly: the time of each is not kept.
      const auto [from, to] = span_of(attempt);
      const int64_t begin = (from - first) / piece;
      const int64_t end = (to - first) / piece;
      int64_t left = attempt.count;
      for (int64_t at = begin; at <= end; ++at) {
        const int64_t share = left / (end - at + 1);
        brief_.over_time[static_cast<size_t>(at)].attempts += share;
        left -= share;
      }
    }
    for (const model::Login& login : brief_.logins) {
      ++brief_.over_time[static_cast<size_t>((login.time.nanoseconds - first) / piece)].logins;
    }
  }

  // Each address's attempts are spread over time by the way of telling that tells most.
  bool tells_most(const Attempt& attempt) const {
    return known_[attempt.address].best_way == attempt.way;
  }

  const model::Facts& facts_;
  const LogFilter& filter_;
  LogMatcher matcher_;
  Auth auth_;
  LogBrief brief_;
  Numbers addresses_;
  Numbers networks_;
  Numbers names_;
  Numbers sources_;
  std::vector<Known> known_;  // by the address's number
  std::vector<Attempt> attempts_;
  std::map<std::string, int64_t, std::less<>> accepted_;
};

}  // namespace

LogBrief brief_logs(const model::Facts& facts, const LogFilter& filter) {
  return Briefing(facts, filter).run();
}

}  // namespace genba::render
