// SPDX-License-Identifier: Apache-2.0
//
// What did the package managers install, change and take away, when, by whose command? One event
// type for dpkg.log, apt's history.log, yum.log, dnf.rpm.log and dnf.log, zypp's history and
// pacman.log; one class for each format, fed line by line. An event comes when its outcome is
// known, so not always in the order of the lines: `line` gives that. Times are as written, local
// in most of these files. A log tells what the manager meant to do, not what a package's scripts
// did, and files put in place by hand are in none. Not read: dnf5.log (dnf5 keeps its history in
// SQLite), the tables in dnf.log, apt's term.log; apk keeps no log. Sources: dpkg(1) "--log", apt's
// pkgsystem/history writer, yum and dnf rpmtrans, libzypp "HistoryLog", pacman log.
// Covered by package_log_test.cc, also with real logs, and package_log_fuzz.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parse/log_time/log_time.h"

namespace genba::parse {

enum class PackageAction : uint8_t {
  kInstalled,
  kUpgraded,
  kRemoved,
  kPurged,  ///< removed with its configuration
  kReinstalled,
  kDowngraded,
  kCommand,  ///< a whole transaction's command line
};

/// "installed", "upgraded", "removed", "purged", "reinstalled", "downgraded" or "command".
std::string_view to_string(PackageAction action);

/// Whether the log says that the action came to its end.
enum class PackageOutcome : uint8_t {
  kUnknown,  ///< the log ends, or goes on with the same package, before it says
  kCompleted,
  kFailed,  ///< apt: an error ended the transaction; single packages may be in place
};

/// "unknown", "completed" or "failed".
std::string_view to_string(PackageOutcome outcome);

/// One action on one package, or one command.
struct PackageEvent {
  LogTime time;
  PackageAction action = PackageAction::kInstalled;
  PackageOutcome outcome = PackageOutcome::kUnknown;
  std::string package;       ///< empty for kCommand
  std::string architecture;  ///< empty when not told
  std::string version;       ///< that was put in place or taken away; with epoch when told
  std::string old_version;   ///< that it took the place of; empty when not told
  std::string command;       ///< of the transaction, as far as told; at most 4096 bytes
  std::string requested_by;  ///< "erin (1000)" of apt, "root@host" of zypp
  uint64_t line = 0;         ///< of its first line, from 1
};

using PackageSink = std::function<void(const PackageEvent&)>;

/// Actions that wait for their outcome at the same time; past it all are given as they are.
inline constexpr size_t kMaxPendingPackages = 4096;
/// A name with versions that is longer is no package and gives no event.
inline constexpr size_t kMaxPackageText = 1024;

// Each class reads one file, whatever its lines hold. Lines come without newline, `number` counts
// them from 1. Lines of other shapes are passed over at little cost. `end` gives what still waits.

/// dpkg.log. An event begins with a line "install", "upgrade", "remove", "purge" or "disappear";
/// "status installed" (for a removal "status config-files" or "status not-installed") of the same
/// package completes it. Other lines ("startup", "configure", "trigproc", "conffile", other
/// statuses) only stand between. An upgrade to the version that was there is kReinstalled; dpkg
/// writes "upgrade" for a downgrade too, and so does this.
class DpkgLog {
 public:
  void feed(std::string_view line, uint64_t number, const PackageSink& sink);
  void end(const PackageSink& sink);

 private:
  void begin(PackageEvent event, const PackageSink& sink);
  void complete(std::string_view status, const PackageEvent& event, const PackageSink& sink);
  std::unordered_map<std::string, PackageEvent> pending_;
};

/// apt's history.log: from Start-Date to End-Date one transaction, whose events come at its end:
/// the command, then its packages, each with the transaction's time (Start-Date).
class AptHistory {
 public:
  void feed(std::string_view line, uint64_t number, const PackageSink& sink);
  void end(const PackageSink& sink);

 private:
  void add_packages(PackageAction action, std::string_view list, uint64_t number,
                    const PackageSink& sink);
  void give(PackageOutcome outcome, const PackageSink& sink);
  LogTime time_;
  uint64_t start_line_ = 0;  ///< 0: outside of a transaction
  bool failed_ = false;
  bool command_given_ = false;
  std::string command_;
  std::string requested_by_;
  std::vector<PackageEvent> packages_;
};

/// yum.log: "Nov 08 03:12:09 Installed: 1:bind-9.8.2-1.el6.x86_64", without a year. "Updated" is
/// kUpgraded, also for a downgrade, of which yum says nothing; an erased package may come as a bare
/// name. A name is parted from its version where an architecture or a digit shows it to be one.
class YumLog {
 public:
  void feed(std::string_view line, uint64_t number, const PackageSink& sink);
  void end(const PackageSink&) {}
};

/// dnf.rpm.log and dnf.log of dnf 1-4. "Upgrade: new" and the later "Upgraded: old" of the same
/// transaction make one event (likewise Downgrade and Reinstall); an "Upgraded" alone, which dnf 2
/// wrote for the new version, is one too. "Erase" and "Obsoleted" are kRemoved. "Command: dnf …"
/// of dnf.log is kCommand.
class DnfLog {
 public:
  void feed(std::string_view line, uint64_t number, const PackageSink& sink);
  void end(const PackageSink& sink);

 private:
  void begin(PackageEvent event, const PackageSink& sink);
  void finish(const PackageEvent& event, const PackageSink& sink);
  std::unordered_map<std::string, PackageEvent> pending_;
};

/// /var/log/zypp/history: "date|action|…". Packages carry the command record before them. libzypp
/// writes "install" for upgrades as well, and so does this.
class ZyppHistory {
 public:
  void feed(std::string_view line, uint64_t number, const PackageSink& sink);
  void end(const PackageSink&) {}

 private:
  std::string command_;
};

/// pacman.log, of both date formats: "[2026-11-08T03:12:09+0900] [ALPM] upgraded bash (1 -> 2)" and
/// "[2019-07-14 21:33] [PACMAN] Running 'pacman -Syu'". Packages carry the command before them.
class PacmanLog {
 public:
  void feed(std::string_view line, uint64_t number, const PackageSink& sink);
  void end(const PackageSink&) {}

 private:
  std::string command_;
};

}  // namespace genba::parse
