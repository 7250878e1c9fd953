// SPDX-License-Identifier: Apache-2.0
#include "parse/package_log/package_text.h"

#include <algorithm>
#include <vector>

namespace genba::parse {
namespace {

constexpr size_t kMaxCommand = 4096;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_rpm_architecture(std::string_view text) {
  static constexpr std::string_view kKnown[] = {
      "noarch",  "x86_64",      "i686",      "i586",    "i486",  "i386",  "aarch64",
      "armv7hl", "armv6hl",     "ppc64",     "ppc64le", "s390x", "s390",  "ppc",
      "riscv64", "loongarch64", "athlon",    "ia64",    "src",   "nosrc", "armv7l",
      "sparc",   "alpha",       "x86_64_v2", "mips64el"};
  return std::find(std::begin(kKnown), std::end(kKnown), text) != std::end(kKnown);
}

// Takes "1:" off the front; empty when there is none.
std::string_view take_epoch(std::string_view& text) {
  const size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos ||
      !std::all_of(text.begin(), text.begin() + static_cast<ptrdiff_t>(colon), is_digit)) {
    return {};
  }
  const std::string_view epoch = text.substr(0, colon + 1);
  text.remove_prefix(colon + 1);
  return epoch;
}

// Where "-version-release" begins; npos when the text is a name alone. Both may begin with a
// letter, so without an architecture behind them a digit must show that they are what they seem.
size_t version_dash(std::string_view text, bool sure) {
  const size_t release = text.rfind('-');
  if (release == std::string_view::npos || release == 0) {
    return std::string_view::npos;
  }
  const size_t version = text.rfind('-', release - 1);
  if (version == std::string_view::npos || version == 0 || version + 1 == release ||
      release + 1 == text.size()) {
    return std::string_view::npos;
  }
  return sure || is_digit(text[version + 1]) ? version : std::string_view::npos;
}

}  // namespace

std::string_view to_string(PackageAction action) {
  switch (action) {
    case PackageAction::kInstalled: return "installed";
    case PackageAction::kUpgraded: return "upgraded";
    case PackageAction::kRemoved: return "removed";
    case PackageAction::kPurged: return "purged";
    case PackageAction::kReinstalled: return "reinstalled";
    case PackageAction::kDowngraded: return "downgraded";
    case PackageAction::kCommand: return "command";
  }
  return "command";
}

std::string_view to_string(PackageOutcome outcome) {
  switch (outcome) {
    case PackageOutcome::kUnknown: return "unknown";
    case PackageOutcome::kCompleted: return "completed";
    case PackageOutcome::kFailed: return "failed";
  }
  return "unknown";
}

void set_debian_package(std::string_view text, PackageEvent& event) {
  const size_t colon = text.rfind(':');
  event.package = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    event.architecture = text.substr(colon + 1);
  }
}

void set_rpm_package(std::string_view text, PackageEvent& event) {
  std::string_view epoch = take_epoch(text);
  const size_t dot = text.rfind('.');
  const bool told = dot != std::string_view::npos && is_rpm_architecture(text.substr(dot + 1));
  if (told) {
    event.architecture = text.substr(dot + 1);
    text = text.substr(0, dot);
  }
  const size_t dash = version_dash(text, told);
  event.package = text.substr(0, dash);
  if (dash != std::string_view::npos) {
    std::string_view version = text.substr(dash + 1);
    if (epoch.empty()) {
      epoch = take_epoch(version);
    }
    event.version = std::string(epoch) + std::string(version);
  }
}

std::string kept_command(std::string_view command) {
  return std::string(command.substr(0, kMaxCommand));
}

std::string package_key(const PackageEvent& event) {
  return event.package + ':' + event.architecture;
}

void give_pending(PendingPackages& pending, const PackageSink& sink) {
  std::vector<const PackageEvent*> events;
  events.reserve(pending.size());
  for (const auto& [key, event] : pending) {
    events.push_back(&event);
  }
  std::sort(events.begin(), events.end(), [](const PackageEvent* left, const PackageEvent* right) {
    return left->line < right->line;
  });
  for (const PackageEvent* event : events) {
    sink(*event);
  }
  pending.clear();
}

}  // namespace genba::parse
