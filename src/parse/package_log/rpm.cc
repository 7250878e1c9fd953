// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "parse/fields.h"
#include "parse/package_log/package_log.h"
#include "parse/package_log/package_text.h"
#include "parse/text_lines/text_lines.h"

namespace genba::parse {
namespace {

// "Erased: bash-5.1-6.el9.x86_64": takes the word with its colon off the front.
std::string_view take_label(std::string_view& text) {
  const size_t colon = text.find(": ");
  if (colon == std::string_view::npos) {
    return {};
  }
  const std::string_view label = text.substr(0, colon);
  text.remove_prefix(colon + 2);
  return label;
}

std::optional<PackageAction> yum_action(std::string_view label) {
  if (label == "Installed" || label == "Dep-Installed") {
    return PackageAction::kInstalled;
  }
  if (label == "Updated" || label == "Dep-Updated") {
    return PackageAction::kUpgraded;
  }
  return label == "Erased" || label == "Obsoleted" ? std::optional(PackageAction::kRemoved)
                                                   : std::nullopt;
}

// yum 3.0 and older: "bash.x86_64 5.1-6" and "bash - 5.1-6.x86_64".
bool set_old_yum_package(std::string_view text, PackageEvent& event) {
  const std::string_view name = take_word(text);
  std::string_view rest = trim_back(trim_front(text));
  if (rest.starts_with("- ")) {
    rest = trim_front(rest.substr(2));
    set_rpm_package(std::string(name) + '-' + std::string(rest), event);
    return true;
  }
  if (rest.empty() || rest.find(' ') != std::string_view::npos) {
    return false;
  }
  const size_t dot = name.rfind('.');
  event.package = name.substr(0, dot);
  event.architecture = dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
  event.version = rest;
  return true;
}

// What a label of dnf says: of an action, and of which half of its pair.
struct DnfLabel {
  enum class Half : uint8_t { kWhole, kNew, kOld };
  std::string_view label;
  PackageAction action;
  Half half;
};

constexpr DnfLabel kDnfLabels[] = {
    {"Installed", PackageAction::kInstalled, DnfLabel::Half::kWhole},
    {"Upgrade", PackageAction::kUpgraded, DnfLabel::Half::kNew},
    {"Upgraded", PackageAction::kUpgraded, DnfLabel::Half::kOld},
    {"Erase", PackageAction::kRemoved, DnfLabel::Half::kWhole},
    {"Erased", PackageAction::kRemoved, DnfLabel::Half::kWhole},
    {"Obsoleted", PackageAction::kRemoved, DnfLabel::Half::kWhole},
    {"Reinstall", PackageAction::kReinstalled, DnfLabel::Half::kNew},
    {"Reinstalled", PackageAction::kReinstalled, DnfLabel::Half::kOld},
    {"Downgrade", PackageAction::kDowngraded, DnfLabel::Half::kNew},
    {"Downgraded", PackageAction::kDowngraded, DnfLabel::Half::kOld},
};

const DnfLabel* dnf_label(std::string_view label) {
  for (const DnfLabel& known : kDnfLabels) {
    if (known.label == label) {
      return &known;
    }
  }
  return nullptr;
}

// A field of zypp's history, in which a backslash guards a bar.
std::string take_zypp_field(std::string_view& rest) {
  std::string field;
  while (!rest.empty() && rest.front() != '|') {
    if (rest.front() == '\\' && rest.size() > 1) {
      rest.remove_prefix(1);
    }
    field += rest.front();
    rest.remove_prefix(1);
  }
  if (!rest.empty()) {
    rest.remove_prefix(1);
  }
  return field;
}

std::optional<PackageAction> pacman_action(std::string_view word) {
  if (word == "installed") {
    return PackageAction::kInstalled;
  }
  if (word == "upgraded") {
    return PackageAction::kUpgraded;
  }
  if (word == "removed") {
    return PackageAction::kRemoved;
  }
  if (word == "reinstalled") {
    return PackageAction::kReinstalled;
  }
  return word == "downgraded" ? std::optional(PackageAction::kDowngraded) : std::nullopt;
}

// "[2026-11-08T03:12:09+0900] " or "[2026-11-08 03:12] ".
bool take_pacman_time(std::string_view& line, LogTime& time) {
  constexpr size_t kShortTime = sizeof("2026-11-08 03:12") - 1;
  const size_t end = line.substr(0, 40).find("] ");
  if (!line.starts_with('[') || end == std::string_view::npos) {
    return false;
  }
  std::string text(line.substr(1, end - 1));
  if (text.size() == kShortTime) {
    text += ":00";
  }
  std::string_view rest = text;
  if (!take_iso_time(rest, time) || !rest.empty()) {
    return false;
  }
  line.remove_prefix(end + 2);
  return true;
}

// "bash (5.1-1 -> 5.2-1)".
bool set_pacman_package(std::string_view text, PackageEvent& event) {
  constexpr std::string_view kArrow = " -> ";
  event.package = next_field(text);
  if (event.package.empty() || !text.starts_with(" (") || !text.ends_with(')')) {
    return false;
  }
  text = text.substr(2, text.size() - 3);
  const size_t arrow = text.find(kArrow);
  if (arrow == std::string_view::npos) {
    event.version = text;
  } else {
    event.old_version = text.substr(0, arrow);
    event.version = text.substr(arrow + kArrow.size());
  }
  return true;
}

}  // namespace

void YumLog::feed(std::string_view line, uint64_t number, const PackageSink& sink) {
  PackageEvent event;
  if (line.size() > kMaxPackageText || !take_syslog_time(line, event.time)) {
    return;
  }
  const auto action = yum_action(take_label(line));
  line = trim_back(line);
  if (!action || line.empty()) {
    return;
  }
  event.action = *action;
  event.outcome = PackageOutcome::kCompleted;
  event.line = number;
  if (line.find(' ') == std::string_view::npos) {
    set_rpm_package(line, event);
  } else if (!set_old_yum_package(line, event)) {
    return;
  }
  sink(event);
}

void DnfLog::feed(std::string_view line, uint64_t number, const PackageSink& sink) {
  PackageEvent event;
  if (!take_iso_time(line, event.time) && !take_syslog_time(line, event.time)) {
    return;
  }
  next_field(line);  // the level, SUBDEBUG or another
  line = trim_back(trim_front(line));
  if (line.starts_with("--- logging initialized ---")) {
    give_pending(pending_, sink);
    return;
  }
  const std::string_view name = take_label(line);
  event.line = number;
  if (name == "Command") {
    event.action = PackageAction::kCommand;
    event.command = kept_command(line);
    sink(event);
    return;
  }
  const DnfLabel* label = dnf_label(name);
  if (label == nullptr || line.empty() || line.size() > kMaxPackageText ||
      line.find(' ') != std::string_view::npos) {
    return;
  }
  event.action = label->action;
  event.outcome = PackageOutcome::kCompleted;
  set_rpm_package(line, event);
  switch (label->half) {
    case DnfLabel::Half::kWhole: sink(event); break;
    case DnfLabel::Half::kNew: begin(std::move(event), sink); break;
    case DnfLabel::Half::kOld: finish(event, sink); break;
  }
}

void DnfLog::begin(PackageEvent event, const PackageSink& sink) {
  if (pending_.size() >= kMaxPendingPackages) {
    give_pending(pending_, sink);
  }
  std::string key = package_key(event);
  const auto [waiting, added] = pending_.try_emplace(std::move(key));
  if (!added) {
    sink(waiting->second);
  }
  waiting->second = std::move(event);
}

void DnfLog::finish(const PackageEvent& event, const PackageSink& sink) {
  const auto waiting = pending_.find(package_key(event));
  if (waiting == pending_.end() || waiting->second.action != event.action) {
    sink(event);
    return;
  }
  waiting->second.old_version = event.version;
  sink(waiting->second);
  pending_.erase(waiting);
}

void DnfLog::end(const PackageSink& sink) {
  give_pending(pending_, sink);
}

void ZyppHistory::feed(std::string_view line, uint64_t number, const PackageSink& sink) {
  PackageEvent event;
  if (line.starts_with('#') || !take_iso_time(line, event.time) || !line.starts_with('|')) {
    return;
  }
  line.remove_prefix(1);
  const std::string_view action = trim_back(take_field(line, '|'));
  event.outcome = PackageOutcome::kCompleted;
  event.line = number;
  if (action == "command") {
    event.action = PackageAction::kCommand;
    event.outcome = PackageOutcome::kUnknown;
    event.requested_by = take_zypp_field(line).substr(0, kMaxPackageText);
    command_ = kept_command(take_zypp_field(line));
    event.command = command_;
    sink(event);
    return;
  }
  if ((action != "install" && action != "remove") || line.size() > kMaxPackageText) {
    return;
  }
  event.action = action == "install" ? PackageAction::kInstalled : PackageAction::kRemoved;
  event.package = take_zypp_field(line);
  event.version = take_zypp_field(line);
  event.architecture = take_zypp_field(line);
  event.requested_by = take_zypp_field(line);
  event.command = command_;
  if (!event.package.empty()) {
    sink(event);
  }
}

void PacmanLog::feed(std::string_view line, uint64_t number, const PackageSink& sink) {
  constexpr std::string_view kRunning = "[PACMAN] Running '";
  PackageEvent event;
  // Scriptlets and hooks write most lines; they are told by their tag without reading the date.
  const size_t tag = line.substr(0, 40).find("] [");
  const bool scriptlet = tag != std::string_view::npos &&
                         !line.substr(tag + 2).starts_with("[ALPM] ") &&
                         !line.substr(tag + 2).starts_with(kRunning);
  if (scriptlet || !take_pacman_time(line, event.time)) {
    return;
  }
  event.line = number;
  line = trim_back(line);
  if (line.starts_with(kRunning)) {
    line.remove_prefix(kRunning.size());
    command_ = kept_command(line.substr(0, line.rfind('\'')));
    event.action = PackageAction::kCommand;
    event.command = command_;
    sink(event);
    return;
  }
  if (line.starts_with("[ALPM] ")) {  // pacman 4.1 and older write no tag
    line.remove_prefix(sizeof("[ALPM] ") - 1);
  }
  const auto action = pacman_action(next_field(line));
  if (!action || line.size() > kMaxPackageText || !set_pacman_package(line, event)) {
    return;
  }
  event.action = *action;
  event.outcome = PackageOutcome::kCompleted;
  event.command = command_;
  sink(event);
}

}  // namespace genba::parse
