// SPDX-License-Identifier: Apache-2.0
//
// How a containment stands, as the kernel tells it, against what the journal says was made. A
// listing proves nothing against a rootkit, and packets do; but it finds a flush, a hand at the
// rules, a base chain that comes before ours, a device or a namespace that came later, a guard that
// is gone, and a reboot. Reads only. Covered by status_test.cc.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "act/contain/contact.h"
#include "act/contain/takeover.h"
#include "act/journal/journal.h"

namespace genba::act {

enum class ContainCondition : uint8_t {
  kNone,      ///< not contained, and the journal knows of none
  kTrial,     ///< locked; the kernel's timer will open it
  kHeld,      ///< locked, without a timer
  kOpened,    ///< the timer has run out
  kRebooted,  ///< a reboot has opened it
  kMissing,   ///< the journal says that it should be locked, and our rules are gone
};
/// none, trial, held, opened, rebooted, missing.
std::string_view to_string(ContainCondition condition);

enum class TableOwner : uint8_t {
  kGuard,     ///< nobody else can change them
  kNobody,    ///< anybody of root can flush them
  kStranger,  ///< a process that is no guard of ours
};

struct NamespaceStatus {
  int64_t inode = 0;
  bool own = false;
  bool locked = false;
  std::optional<std::chrono::milliseconds> remaining;  ///< none with locked: it holds
  TableOwner owner = TableOwner::kNobody;
  /// By the comments of our rules, "drop in" and "allow session": what they have counted in all
  /// tables. A packet is counted at each hook that it meets.
  std::map<std::string, sys::NftCounter> counters;
  /// What is not as it was made, or weakens it: rules_altered, table_missing, chain_before,
  /// device_new, namespace_new …
  std::vector<ContainNote> doubts;
  std::vector<std::string> new_devices;  ///< lead out, and have no hooks below IP
  std::vector<std::string> hooked;       ///< have them
  bool egress = false;                   ///< also on their way out
};

struct ContainStatus {
  ContainCondition condition = ContainCondition::kNone;
  std::optional<Containment> recorded;
  std::string id;     ///< of what is in the kernel, or was
  std::string since;  ///< RFC 3339, as the tables' comment says
  bool guard_alive = false;
  std::vector<NamespaceStatus> namespaces;  ///< our own first
  std::vector<ContainNote> trouble;         ///< what could not be looked at
  /// All doubts of all namespaces are none, and it is locked.
  bool untouched() const;
};

/// Looks, and changes nothing. kUnsupported without nf_tables, kDenied without CAP_NET_ADMIN.
base::Result<ContainStatus> read_status(const host::Host& host, const model::ActionLog& log,
                                        std::string_view journal_directory,
                                        const KernelAccess& access);

/// What differs between the rules that ruleset would make and what stands; pure. The devices are
/// those that are there now.
std::vector<ContainNote> compare_rules(const Ruleset& made, const OurTables& standing);

}  // namespace genba::act
