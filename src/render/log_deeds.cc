// SPDX-License-Identifier: Apache-2.0
#include "render/log_deeds.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "model/tables/events.h"

namespace genba::render {

namespace {

// Packages of one installation follow each other within this; so many of them are named.
constexpr int64_t kOneInstallation = 10 * 60LL * 1'000'000'000;
constexpr int64_t kMostNamed = 8;

// Events that somebody did, of those in the table `events`.
bool is_deed_event(std::string_view kind, std::string_view action) {
  static constexpr std::string_view kActions[] = {
      "crontab_changed", "units_reloaded",   "transient_unit", "module_taint",  "module_unsigned",
      "bpf_write_user",  "polkit_exploit",   "kexec",          "audit_stopped", "audit_config",
      "module_loaded",   "web_shell_speaks", "ftp_upload",     "clock_step"};
  return action == "package_command" || (kind == "package" && action != "package_upgraded") ||
         std::find(std::begin(kActions), std::end(kActions), action) != std::end(kActions);
}

}  // namespace

bool is_deed(std::string_view outcome) {
  return outcome == "sudo" || outcome == "su" || outcome == "sudo_refused" ||
         outcome == "su_failed" || outcome.substr(0, 8) == "account_" ||
         outcome == "password_changed";
}

Deed deed_of(const Cells<model::AuthEvent>& auth, size_t row) {
  using Auth = Cells<model::AuthEvent>;
  static const int kTime = Auth::column("time");
  static const int kCertainty = Auth::column("certainty");
  static const int kOutcome = Auth::column("outcome");
  static const int kUser = Auth::column("username");
  static const int kTarget = Auth::column("target_user");
  static const int kGroup = Auth::column("groupname");
  static const int kCommand = Auth::column("command");
  static const int kSource = Auth::column("source");
  static const int kPath = Auth::column("path");
  static const int kLine = Auth::column("line");
  static const int kCount = Auth::column("count");
  Deed deed;
  deed.time = base::Timestamp{auth.number(row, kTime).value_or(0)};
  deed.certainty = auth.text(row, kCertainty);
  deed.action = auth.text(row, kOutcome);
  deed.who = auth.text(row, kUser);
  const std::string_view account = auth.text(row, kTarget);
  deed.target = account.empty() ? auth.text(row, kGroup) : account;
  deed.source = auth.text(row, kSource);
  deed.what = auth.text(row, kCommand);
  deed.path = auth.text(row, kPath);
  deed.line = auth.number(row, kLine);
  deed.count = auth.number(row, kCount).value_or(1);
  return deed;
}

void add_event_deeds(const model::Facts& facts, LogMatcher& matcher, std::vector<Deed>& deeds) {
  using Events = Cells<model::Event>;
  const Events events(facts);
  static const int kTime = Events::column("time");
  static const int kCertainty = Events::column("certainty");
  static const int kKind = Events::column("kind");
  static const int kAction = Events::column("action");
  static const int kUser = Events::column("username");
  static const int kAddress = Events::column("address");
  static const int kSubject = Events::column("subject");
  static const int kMessage = Events::column("message");
  static const int kSource = Events::column("source");
  static const int kPath = Events::column("path");
  static const int kLine = Events::column("line");
  static const int kCount = Events::column("count");
  for (size_t row = 0; row < events.size(); ++row) {
    const std::string_view action = events.text(row, kAction);
    const int64_t time = events.number(row, kTime).value_or(0);
    if (!is_deed_event(events.text(row, kKind), action) || !matcher.time(time, time) ||
        !matcher.user(events.text(row, kUser)) || !matcher.address(events.text(row, kAddress))) {
      continue;
    }
    Deed deed;
    deed.time = base::Timestamp{time};
    deed.certainty = events.text(row, kCertainty);
    deed.action = action;
    deed.who = events.text(row, kUser);
    deed.target = events.text(row, kSubject);
    deed.what = events.text(row, kMessage);
    deed.source = events.text(row, kSource);
    deed.path = events.text(row, kPath);
    deed.line = events.number(row, kLine);
    deed.count = events.number(row, kCount).value_or(1);
    deeds.push_back(std::move(deed));
  }
}

void settle_deeds(std::vector<Deed>& deeds) {
  std::stable_sort(deeds.begin(), deeds.end(),
                   [](const Deed& left, const Deed& right) { return left.time < right.time; });
  std::vector<Deed> joined;
  std::unordered_map<std::string, size_t> open;  // by action
  for (Deed& deed : deeds) {
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
  deeds = std::move(joined);
}

std::vector<Deed> group_deeds(const std::vector<Deed>& deeds) {
  struct Place {
    size_t group = 0;
    std::map<std::string, int64_t, std::less<>> counts;  // by source
  };
  std::map<std::string, Place> places;
  std::vector<Deed> groups;
  for (const Deed& deed : deeds) {
    const std::string key = deed.action + '\0' + deed.who + '\0' + deed.target + '\0' + deed.what;
    const auto [found, is_new] = places.emplace(key, Place{groups.size(), {}});
    if (is_new) {
      groups.push_back(deed);
    }
    Place& place = found->second;
    Deed& group = groups[place.group];
    group.time = std::max(group.time, deed.time);
    group.count = std::max(group.count, place.counts[deed.source] += deed.count);
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Deed& left, const Deed& right) { return left.time < right.time; });
  return groups;
}

}  // namespace genba::render
