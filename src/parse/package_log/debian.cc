// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>

#include "parse/fields.h"
#include "parse/package_log/package_log.h"
#include "parse/package_log/package_text.h"
#include "parse/text_lines/text_lines.h"

namespace genba::parse {
namespace {

constexpr size_t kTimeSize = sizeof("2026-11-08 03:12:09 ") - 1;

std::optional<PackageAction> dpkg_action(std::string_view word) {
  if (word == "install") {
    return PackageAction::kInstalled;
  }
  if (word == "upgrade") {
    return PackageAction::kUpgraded;
  }
  if (word == "remove" || word == "disappear") {
    return PackageAction::kRemoved;
  }
  return word == "purge" ? std::optional(PackageAction::kPurged) : std::nullopt;
}

bool takes_away(PackageAction action) {
  return action == PackageAction::kRemoved || action == PackageAction::kPurged;
}

std::string_view told_version(std::string_view field) {
  return field == "<none>" ? std::string_view{} : field;
}

bool completes(std::string_view status, PackageAction action) {
  if (status == "installed") {
    return !takes_away(action);
  }
  if (status == "not-installed") {
    return takes_away(action);
  }
  return status == "config-files" && action == PackageAction::kRemoved;
}

// The two versions of an action: what was there and what comes, or what goes and nothing.
bool set_dpkg_action(PackageAction action, std::string_view versions, PackageEvent& event) {
  const std::string_view first = next_field(versions);
  const std::string_view second = next_field(versions);
  event.action = action;
  if (takes_away(action)) {
    event.version = told_version(first);
  } else {
    event.old_version = told_version(first);
    event.version = told_version(second);
    if (action == PackageAction::kUpgraded && first == second) {
      event.action = PackageAction::kReinstalled;
    }
  }
  return !first.empty();
}

// "2026-11-08  03:12:09": apt parts date and time by two blanks.
bool read_apt_date(std::string_view text, LogTime& time) {
  const std::string_view date = take_word(text);
  const std::string_view clock = take_word(text);
  if (date.size() + 1 + clock.size() >= kTimeSize) {
    return false;
  }
  const std::string joined = std::string(date) + ' ' + std::string(clock);
  std::string_view rest = joined;
  return take_iso_time(rest, time);
}

struct AptList {
  std::string_view field;
  PackageAction action;
};

constexpr AptList kAptLists[] = {
    {"Install", PackageAction::kInstalled},     {"Upgrade", PackageAction::kUpgraded},
    {"Remove", PackageAction::kRemoved},        {"Purge", PackageAction::kPurged},
    {"Reinstall", PackageAction::kReinstalled}, {"Downgrade", PackageAction::kDowngraded},
    {"Disappeared", PackageAction::kRemoved},
};

// "1.0-1, 1.0-2" or "1.0-2, automatic" or "1.0-2".
void set_apt_versions(std::string_view text, PackageEvent& event) {
  const size_t comma = text.find(", ");
  const std::string_view first = text.substr(0, comma);
  const std::string_view second =
      comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 2);
  const bool replaces =
      event.action == PackageAction::kUpgraded || event.action == PackageAction::kDowngraded;
  if (replaces && !second.empty()) {
    event.old_version = first;
    event.version = second.substr(0, second.find(", "));
  } else {
    event.version = first;
  }
}

}  // namespace

void DpkgLog::begin(PackageEvent event, const PackageSink& sink) {
  if (pending_.size() >= kMaxPendingPackages) {
    give_pending(pending_, sink);
  }
  std::string key = package_key(event);
  const auto [found, added] = pending_.try_emplace(std::move(key));
  if (!added) {
    sink(found->second);
  }
  found->second = std::move(event);
}

void DpkgLog::feed(std::string_view line, uint64_t number, const PackageSink& sink) {
  if (line.size() <= kTimeSize || line.size() > kTimeSize + kMaxPackageText) {
    return;
  }
  // Most lines are statuses on the way, told by their first letters and not worth a date.
  std::string_view rest = line.substr(kTimeSize);
  const bool status = rest.starts_with("status ");
  if (status && !rest.starts_with("status installed ") && !rest.starts_with("status not-") &&
      !rest.starts_with("status config-")) {
    return;
  }
  const std::string_view word = next_field(rest);
  const auto action = status ? std::nullopt : dpkg_action(word);
  PackageEvent event;
  if ((!status && !action) || !take_iso_time(line, event.time)) {
    return;
  }
  const std::string_view state = status ? next_field(rest) : std::string_view{};
  set_debian_package(next_field(rest), event);
  if (event.package.empty()) {
    return;
  }
  event.line = number;
  if (status) {
    complete(state, event, sink);
  } else if (set_dpkg_action(*action, rest, event)) {
    begin(std::move(event), sink);
  }
}

void DpkgLog::complete(std::string_view status, const PackageEvent& event,
                       const PackageSink& sink) {
  const auto waiting = pending_.find(package_key(event));
  if (waiting != pending_.end() && completes(status, waiting->second.action)) {
    waiting->second.outcome = PackageOutcome::kCompleted;
    sink(waiting->second);
    pending_.erase(waiting);
  }
}

void DpkgLog::end(const PackageSink& sink) {
  give_pending(pending_, sink);
}

void AptHistory::add_packages(PackageAction action, std::string_view list, uint64_t number,
                              const PackageSink& sink) {
  while (!list.empty()) {
    // Versions hold no bracket, so a bracket and a comma end an entry.
    const size_t end = list.find(')');
    std::string_view entry = list.substr(0, end);
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    if (list.starts_with(", ")) {
      list.remove_prefix(2);
    }
    const size_t open = entry.find(" (");
    if (open == 0 || open == std::string_view::npos || entry.size() > kMaxPackageText) {
      continue;
    }
    PackageEvent event;
    event.action = action;
    event.line = number;
    set_debian_package(entry.substr(0, open), event);
    set_apt_versions(entry.substr(open + 2), event);
    if (packages_.size() >= kMaxPendingPackages) {
      give(PackageOutcome::kUnknown, sink);
    }
    packages_.push_back(std::move(event));
  }
}

void AptHistory::give(PackageOutcome outcome, const PackageSink& sink) {
  const auto fill = [&](PackageEvent& event) {
    event.time = time_;
    event.outcome = outcome;
    event.command = command_;
    event.requested_by = requested_by_;
    sink(event);
  };
  if (!command_.empty() && !command_given_) {
    PackageEvent event;
    event.action = PackageAction::kCommand;
    event.line = start_line_;
    fill(event);
    command_given_ = true;
  }
  for (PackageEvent& event : packages_) {
    fill(event);
  }
  packages_.clear();
}

void AptHistory::feed(std::string_view line, uint64_t number, const PackageSink& sink) {
  const size_t colon = line.find(": ");
  if (colon == std::string_view::npos) {
    return;
  }
  const std::string_view field = line.substr(0, colon);
  const std::string_view value = line.substr(colon + 2);
  if (field == "Start-Date") {
    end(sink);
    start_line_ = read_apt_date(value, time_) ? number : 0;
  } else if (start_line_ == 0) {
    return;
  } else if (field == "Commandline") {
    command_ = kept_command(value);
  } else if (field == "Requested-By") {
    requested_by_ = value.substr(0, kMaxPackageText);
  } else if (field == "Error") {
    failed_ = true;
  } else if (field == "End-Date") {
    give(failed_ ? PackageOutcome::kFailed : PackageOutcome::kCompleted, sink);
    end(sink);
  } else {
    for (const AptList& list : kAptLists) {
      if (list.field == field) {
        add_packages(list.action, value, number, sink);
      }
    }
  }
}

void AptHistory::end(const PackageSink& sink) {
  if (start_line_ != 0) {
    give(failed_ ? PackageOutcome::kFailed : PackageOutcome::kUnknown, sink);
  }
  *this = AptHistory();
}

}  // namespace genba::parse
