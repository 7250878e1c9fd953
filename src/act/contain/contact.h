// SPDX-License-Identifier: Apache-2.0
//
// A network namespace at hand: the sockets with which its rules are read and changed, opened inside
// it and good from anywhere, and what is asked of them for more than one purpose. Covered by
// apply_test.cc and control_test.cc.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "act/contain/containment.h"
#include "act/contain/net_namespace.h"
#include "sys/nf_tables/nf_tables.h"
#include "sys/nf_tables/nf_tables_state.h"
#include "sys/nf_tables/nf_tables_watch.h"
#include "sys/rtnetlink.h"

namespace genba::act {

/// What every verb of containment needs of the kernel.
struct KernelAccess {
  sys::NftKernel kernel;
  sys::ModuleLoading loading = sys::ModuleLoading::kForbidden;
};

struct Contact {
  ContainedNamespace where;
  sys::NfTables tables;
  sys::NftWatch watch;  ///< of changes of its ruleset
  sys::Fd rtnetlink;
  sys::Fd link_watch;
};

/// Sockets in our own namespace.
base::Result<Contact> contact_own(const OwnNamespace& own, const KernelAccess& access);
/// Sockets in another one; kGone when it cannot be entered because nobody lives there.
base::Result<Contact> contact_other(const host::Host& host, const OwnNamespace& own,
                                    ContainedNamespace where, const KernelAccess& access);

/// Our tables as they stand; nothing for one that does not.
struct OurTables {
  std::optional<sys::NftTableState> inet;
  std::optional<sys::NftTableState> netdev;
  bool any() const { return inet || netdev; }
  /// The port of a socket that owns one of them.
  std::optional<uint32_t> owner() const;
  /// Whether they stay when their owner goes, and may be owned again.
  bool persistent() const;
};
base::Result<OurTables> read_our_tables(sys::NfTables& tables);

/// Of the set `armed`.
struct Timer {
  bool whole = false;  ///< for IPv4 and for IPv6
  bool armed = false;
  /// Until the kernel opens it; none: it holds.
  std::optional<std::chrono::milliseconds> remaining;
};
Timer timer_of(const sys::NftTableState& table);

/// The rules of others, in a few words.
base::Result<RulesetDigest> read_foreign_rules(sys::NfTables& tables);
/// SHA-256 of what is in our tables, but for the elements of `armed` and whether they are owned.
base::Result<std::string> read_our_contents(sys::NfTables& tables);

/// The devices that get hooks in that namespace. Of our own those in `planned` that are there; with
/// `all` every one but loopback.
base::Result<std::vector<HookedName>> devices_to_hook(const sys::Fd& rtnetlink,
                                                      const std::vector<HookedName>& planned,
                                                      bool all);
/// Whether the device is new and reaches out of the machine: hardware, or one that was planned and
/// came back.
bool is_way_out(const sys::Link& link, const std::vector<HookedName>& planned);

}  // namespace genba::act
