// SPDX-License-Identifier: Apache-2.0
#include "render/log_brief.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>

#include "model/tables/auth_events.h"
#include "model/tables/events.h"
#include "model/tables/log_files.h"
#include "model/tables/login_attempts.h"

namespace genba::render {

namespace {

constexpr int64_t kMinute = 60LL * 1'000'000'000;
// Packages of one installation follow each other within this; so many of them are named.
constexpr int64_t kOneInstallation = 10 * kMinute;
constexpr int64_t kMostNamed = 8;

// A cell of a large table, by its column's name.
template <class Row>
class Cells {
 public:
  explicit Cells(const model::Facts& facts) : store_(facts.find(model::TableOf<Row>::info())) {}
  size_t size() const { return store_ == nullptr ? 0 : store_->size(); }
  std::string_view text(size_t row, int column) const {
    const model::Value value = store_->cell(row, static_cast<size_t>(column));
    const auto* text = std::get_if<std::string_view>(&value);
    return text == nullptr ? std::string_view{} : *text;
  }
  std::optional<int64_t> number(size_t row, int column) const {
    const model::Value value = store_->cell(row, static_cast<size_t>(column));
    const auto* number = std::get_if<int64_t>(&value);
    return number == nullptr ? std::nullopt : std::optional(*number);
  }
  static int column(std::string_view name) {
    return model::TableOf<Row>::info().column_index(name);
  }

 private:
  const model::RowStore* store_;
};

bool is_attempt(std::string_view outcome) {
  return outcome == "failed" || outcome == "invalid_user" || outcome == "disconnected" ||
         outcome == "probe";
}

bool is_deed(std::string_view outcome) {
  return outcome == "sudo" || outcome == "su" || outcome == "sudo_refused" ||
         outcome == "su_failed" || outcome.substr(0, 8) == "account_" ||
         outcome == "password_changed";
}

// Events that somebody did, of those in the table `events`.
bool is_deed_event(std::string_view kind, std::string_view action) {
  static constexpr std::string_view kActions[] = {
      "crontab_changed", "units_reloaded",   "transient_unit", "module_taint",  "module_unsigned",
      "bpf_write_user",  "polkit_exploit",   "kexec",          "audit_stopped", "audit_config",
      "module_loaded",   "web_shell_speaks", "ftp_upload",     "clock_step"};
  return action == "package_command" || (kind == "package" && action != "package_upgraded") ||
         std::find(std::begin(kActions), std::end(kActions), action) != std::end(kActions);
}

// PAM on an IPv6 socket writes ::ffff:192.0.2.1 where sshd writes 192.0.2.1.
std::string_view plain_address(std::string_view text) {
  constexpr std::string_view kMapped = "::ffff:";
  return text.substr(0, kMapped.size()) == kMapped && text.find('.') != std::string_view::npos
             ? text.substr(kMapped.size())
             : text;
}

class Matcher {
 public:
  explicit Matcher(const LogFilter& filter) : filter_(filter) {}

  bool time(int64_t from, int64_t to) {
    return (!filter_.since || to >= filter_.since->nanoseconds) &&
           (!filter_.until || from <= filter_.until->nanoseconds);
  }
  bool address(std::string_view text) {
    if (!filter_.network) {
      return true;
    }
    const auto [known, is_new] = addresses_.try_emplace(std::string(text), false);
    if (is_new) {
      const auto address = base::parse_address(plain_address(text));
      known->second = address && filter_.network->contains(*address);
    }
    return known->second;
  }
  bool user(std::string_view name, std::string_view other = {}) const {
    return !filter_.user || name == *filter_.user || (!other.empty() && other == *filter_.user);
  }

 private:
  const LogFilter& filter_;
  std::unordered_map<std::string, bool> addresses_;
};

// A log tells of one failed attempt in several lines, and several logs tell of it: what counts is
// the way of telling that tells most.
struct Told {
  struct Count {
    std::string_view source;
    int way = 0;
    int64_t count = 0;
  };
  std::vector<Count> counts;
  int64_t first = INT64_MAX;
  int64_t last = INT64_MIN;
  std::vector<std::string_view> others;

  void add(std::string_view source, int way, int64_t count, int64_t from, int64_t to) {
    first = std::min(first, from);
    last = std::max(last, to);
    for (Count& each : counts) {
      if (each.way == way && each.source == source) {
        each.count += count;
        return;
      }
    }
    counts.push_back({source, way, count});
  }
  int64_t most() const {
    int64_t most = 0;
    for (const Count& each : counts) {
      most = std::max(most, each.count);
    }
    return most;
  }
  /// Whether that way of telling is the one that tells most.
  bool is_best(std::string_view source, int way) const {
    const auto best = std::max_element(
        counts.begin(), counts.end(),
        [](const Count& left, const Count& right) { return left.count < right.count; });
    return best != counts.end() && best->source == source && best->way == way;
  }
  int64_t different_others() const {
    std::vector<std::string_view> sorted = others;
    std::sort(sorted.begin(), sorted.end());
    return std::unique(sorted.begin(), sorted.end()) - sorted.begin();
  }
};

int way_of(std::string_view outcome, std::string_view method) {
  return outcome == "failed"         ? (method == "pam" ? 1 : 0)
         : outcome == "invalid_user" ? 2
         : outcome == "disconnected" ? 3
                                     : 4;
}

using Groups = std::unordered_map<std::string_view, Told>;

std::vector<AttemptGroup> largest(const Groups& groups) {
  std::vector<AttemptGroup> result;
  for (const auto& [name, told] : groups) {
    AttemptGroup group;
    group.name = name;
    group.attempts = told.most();
    group.others = told.different_others();
    group.first = base::Timestamp{told.first};
    group.last = base::Timestamp{told.last};
    result.push_back(std::move(group));
  }
  std::sort(result.begin(), result.end(), [](const AttemptGroup& left, const AttemptGroup& right) {
    return left.attempts != right.attempts ? left.attempts > right.attempts
                                           : left.name < right.name;
  });
  if (result.size() > LogBrief::kMostGroups) {
    result.resize(LogBrief::kMostGroups);
  }
  return result;
}

class Briefing {
 public:
  Briefing(const model::Facts& facts, const LogFilter& filter)
      : facts_(facts), matcher_(filter), auth_(facts) {}

  LogBrief run() {
    take_networks();
    take_auth();
    take_logins();
    take_events();
    take_anomalies();
    take_files();
    finish();
    return std::move(brief_);
  }

 private:
  struct Known {
    std::string_view network;
    int64_t users = 0;
  };

  struct Episode {
    int64_t from = 0;
    int64_t to = 0;
    int64_t count = 0;
  };

  using Auth = Cells<model::AuthEvent>;
  using Events = Cells<model::Event>;

  void take_networks() {
    const Cells<model::LoginAttempts> attempts(facts_);
    static const int kAddress = Cells<model::LoginAttempts>::column("address");
    static const int kNetwork = Cells<model::LoginAttempts>::column("network");
    static const int kUsers = Cells<model::LoginAttempts>::column("users");
    for (size_t row = 0; row < attempts.size(); ++row) {
      network_of_.emplace(
          attempts.text(row, kAddress),
          Known{attempts.text(row, kNetwork), attempts.number(row, kUsers).value_or(0)});
    }
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
      const std::string_view address = plain_address(auth_.text(row, kAddress));
      const int64_t from = auth_.number(row, kTime).value_or(0);
      const int64_t to = auth_.number(row, kLast).value_or(from);
      if (!matcher_.time(from, to) || !matcher_.user(user, auth_.text(row, kTarget)) ||
          !matcher_.address(address)) {
        continue;
      }
      if (is_attempt(outcome) && !address.empty()) {
        add_attempt(auth_.text(row, kSource), way_of(outcome, auth_.text(row, kMethod)), address,
                    user, auth_.number(row, kCount).value_or(1), from, to);
        attempt_rows_.push_back(static_cast<uint32_t>(row));
      } else if (is_deed(outcome)) {
        add_auth_deed(row, outcome);
      }
    }
  }

  void add_attempt(std::string_view source, int way, std::string_view address,
                   std::string_view user, int64_t count, int64_t from, int64_t to) {
    Told& of_address = addresses_[address];
    of_address.add(source, way, count, from, to);
    if (!user.empty()) {
      of_address.others.push_back(user);
    }
    const auto network = network_of_.find(address);
    if (network != network_of_.end() && !network->second.network.empty()) {
      Told& of_network = networks_[network->second.network];
      of_network.add(source, way, count, from, to);
      of_network.others.push_back(address);
    }
    if (!user.empty()) {
      Told& of_name = names_[user];
      of_name.add(source, way, count, from, to);
      of_name.others.push_back(address);
    }
  }

  // The times of attempts, each address by the way of telling that tells most.
  std::vector<Episode> told_best() const {
    static const int kTime = Auth::column("time");
    static const int kLast = Auth::column("last_time");
    static const int kOutcome = Auth::column("outcome");
    static const int kAddress = Auth::column("address");
    static const int kMethod = Auth::column("method");
    static const int kCount = Auth::column("count");
    static const int kSource = Auth::column("source");
    std::vector<Episode> episodes;
    for (const uint32_t row : attempt_rows_) {
      const auto told = addresses_.find(plain_address(auth_.text(row, kAddress)));
      const int way = way_of(auth_.text(row, kOutcome), auth_.text(row, kMethod));
      if (told != addresses_.end() && told->second.is_best(auth_.text(row, kSource), way)) {
        const int64_t from = auth_.number(row, kTime).value_or(0);
        episodes.push_back(
            {from, auth_.number(row, kLast).value_or(from), auth_.number(row, kCount).value_or(1)});
      }
    }
    return episodes;
  }

  void add_auth_deed(size_t row, std::string_view outcome) {
    static const int kTime = Auth::column("time");
    static const int kCertainty = Auth::column("certainty");
    static const int kUser = Auth::column("username");
    static const int kTarget = Auth::column("target_user");
    static const int kCommand = Auth::column("command");
    static const int kPath = Auth::column("path");
    static const int kLine = Auth::column("line");
    static const int kCount = Auth::column("count");
    Deed deed;
    deed.time = base::Timestamp{auth_.number(row, kTime).value_or(0)};
    deed.certainty = auth_.text(row, kCertainty);
    deed.action = outcome;
    deed.who = auth_.text(row, kUser);
    deed.target = auth_.text(row, kTarget);
    deed.what = auth_.text(row, kCommand);
    deed.path = auth_.text(row, kPath);
    deed.line = auth_.number(row, kLine);
    deed.count = auth_.number(row, kCount).value_or(1);
    brief_.deeds.push_back(std::move(deed));
  }

  void take_logins() {
    for (const model::Login& login : facts_.read<model::Login>()) {
      const int64_t time = login.time.nanoseconds;
      if (matcher_.time(time, time) && matcher_.user(login.username) &&
          matcher_.address(login.address.value_or(""))) {
        brief_.logins.push_back(login);
        ++accepted_[login.address.value_or("")];
      }
    }
  }

  void take_events() {
    const Events events(facts_);
    static const int kTime = Events::column("time");
    static const int kCertainty = Events::column("certainty");
    static const int kKind = Events::column("kind");
    static const int kAction = Events::column("action");
    static const int kUser = Events::column("username");
    static const int kAddress = Events::column("address");
    static const int kSubject = Events::column("subject");
    static const int kMessage = Events::column("message");
    static const int kPath = Events::column("path");
    static const int kLine = Events::column("line");
    static const int kCount = Events::column("count");
    for (size_t row = 0; row < events.size(); ++row) {
      const std::string_view action = events.text(row, kAction);
      const int64_t time = events.number(row, kTime).value_or(0);
      if (!is_deed_event(events.text(row, kKind), action) || !matcher_.time(time, time) ||
          !matcher_.user(events.text(row, kUser)) ||
          !matcher_.address(events.text(row, kAddress))) {
        continue;
      }
      Deed deed;
      deed.time = base::Timestamp{time};
      deed.certainty = events.text(row, kCertainty);
      deed.action = action;
      deed.who = events.text(row, kUser);
      deed.target = events.text(row, kSubject);
      deed.what = events.text(row, kMessage);
      deed.path = events.text(row, kPath);
      deed.line = events.number(row, kLine);
      deed.count = events.number(row, kCount).value_or(1);
      brief_.deeds.push_back(std::move(deed));
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
    for (const auto& [address, told] : addresses_) {
      brief_.attempts += told.most();
      const base::Timestamp first{told.first};
      const base::Timestamp last{told.last};
      brief_.first_attempt = std::min(brief_.first_attempt.value_or(first), first);
      brief_.last_attempt = std::max(brief_.last_attempt.value_or(last), last);
    }
    brief_.addresses = static_cast<int64_t>(addresses_.size());
    brief_.networks = static_cast<int64_t>(networks_.size());
    brief_.names = static_cast<int64_t>(names_.size());
    brief_.by_address = largest(addresses_);
    for (AttemptGroup& group : brief_.by_address) {
      const auto accepted = accepted_.find(group.name);
      group.accepted = accepted == accepted_.end() ? 0 : accepted->second;
      // Of very many attempts the names are only counted.
      const auto known = network_of_.find(group.name);
      group.others = std::max(group.others, known == network_of_.end() ? 0 : known->second.users);
    }
    brief_.by_network = largest(networks_);
    brief_.by_name = largest(names_);
    std::stable_sort(brief_.deeds.begin(), brief_.deeds.end(),
                     [](const Deed& left, const Deed& right) { return left.time < right.time; });
    join_packages();
    group_logins();
    group_deeds();
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
        group.network_failures_before = login.network_failures_before;
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

  void group_deeds() {
    std::map<std::string, size_t> places;
    std::vector<Deed>& groups = brief_.deed_groups;
    for (const Deed& deed : brief_.deeds) {
      const std::string key = deed.action + '\0' + deed.who + '\0' + deed.target + '\0' + deed.what;
      const auto [place, is_new] = places.emplace(key, groups.size());
      if (is_new) {
        groups.push_back(deed);
      } else {
        groups[place->second].time = deed.time;
        groups[place->second].count += deed.count;
      }
    }
    std::stable_sort(groups.begin(), groups.end(),
                     [](const Deed& left, const Deed& right) { return left.time < right.time; });
  }

  // An installation of many packages is one deed.
  void join_packages() {
    std::vector<Deed> joined;
    std::unordered_map<std::string, size_t> open;  // by action
    for (Deed& deed : brief_.deeds) {
      const bool package = deed.action.substr(0, 8) == "package_" && !deed.target.empty();
      const auto known = open.find(deed.action);
      const bool same =
          package && known != open.end() &&
          deed.time.nanoseconds - joined[known->second].time.nanoseconds <= kOneInstallation &&
          joined[known->second].path == deed.path;
      if (!same) {
        if (package) {
          open[deed.action] = joined.size();
          deed.what = deed.target;
        }
        joined.push_back(std::move(deed));
        continue;
      }
      Deed& first = joined[known->second];
      ++first.count;
      if (first.count <= kMostNamed) {
        first.what += " " + deed.target;
      }
    }
    brief_.deeds = std::move(joined);
  }

  // Attempts and logins in pieces of whole minutes.
  void spread_over_time() {
    const std::vector<Episode> episodes = told_best();
    int64_t first = INT64_MAX;
    int64_t last = INT64_MIN;
    for (const Episode& episode : episodes) {
      first = std::min(first, episode.from);
      last = std::max(last, episode.to);
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
    for (const Episode& episode : episodes) {
      // An episode's attempts are spread evenly: the time of each is not kept.
      const int64_t begin = (episode.from - first) / piece;
      const int64_t end = (episode.to - first) / piece;
      int64_t left = episode.count;
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

  const model::Facts& facts_;
  Matcher matcher_;
  Auth auth_;
  LogBrief brief_;
  std::unordered_map<std::string_view, Known> network_of_;
  Groups addresses_;
  Groups networks_;
  Groups names_;
  std::vector<uint32_t> attempt_rows_;
  std::map<std::string, int64_t, std::less<>> accepted_;
};

}  // namespace

LogBrief brief_logs(const model::Facts& facts, const LogFilter& filter) {
  return Briefing(facts, filter).run();
}

}  // namespace genba::render
