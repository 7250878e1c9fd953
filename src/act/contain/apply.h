// SPDX-License-Identifier: Apache-2.0
//
// Makes a plan real: its rules in our own network namespace in one atomic batch, then in each other
// one; and a guard for them. In this order, so that a kill of Genba between any two steps leaves
// what was promised:
//
//   1. look: a table of ours that stands already is somebody's containment, and refused; the rules
//      of others are read, so that undo can prove that they are the same;
//   2. a dry run by the kernel, which tells what it can do; what is below IP may be missing, and is
//      told, the rest not;
//   3. the journal's intention, with the state before, is on the disk;
//   4. our own namespace (from here on the kernel's timer runs), the other ones, the guard;
//   5. the journal's outcome.
//
// That it holds is not shown here but by packets. Covered by apply_test.cc.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "act/contain/contact.h"
#include "act/contain/guard.h"
#include "act/journal/journal.h"

namespace genba::act {

enum class GuardUse : uint8_t { kKeep, kNone };

/// What of nf_tables this kernel offers.
struct KernelAbilities {
  bool persistent_ownership = true;  ///< Linux 6.9
  DeviceHooks hooks = DeviceHooks::kIngressAndEgress;
};

struct ApplyOptions {
  std::string version;  ///< of this Genba
  GuardUse guard = GuardUse::kKeep;
  sys::ModuleLoading loading = sys::ModuleLoading::kForbidden;
  std::optional<sys::NftKernel> kernel;      ///< as nf_tables_present() found it; absent: it looks
  std::optional<KernelAbilities> abilities;  ///< absent: the kernel is asked
  std::string journal_directory;             ///< where the guard tells of the timer's end
  std::string plan_sha256;                   ///< of the plan as it was shown
};

struct ApplyReport {
  Containment state;
  /// kDone, or kFailed when a namespace stayed open. The caller may end the action again with
  /// kProven, once it is.
  model::ActionOutcome outcome = model::ActionOutcome::kFailed;
  uint64_t action = 0;               ///< in the journal
  std::vector<ContainNote> trouble;  ///< what failed
  std::vector<ContainNote> notes;    ///< what is weaker than it could be
  int64_t commit_nanoseconds = 0;    ///< of our own namespace's batch
  int64_t nanoseconds = 0;           ///< of it all
};

/// An error says that nothing was changed: kInvalid for a plan with refusals or a containment that
/// stands, kUnsupported without nf_tables, kDenied without CAP_NET_ADMIN. Only from a process with
/// one thread.
base::Result<ApplyReport> apply(const host::Host& host, const model::ContainmentPlan& plan,
                                const ApplyOptions& options, Journal& journal);

/// Said when start_guard failed.
ContainNote guard_missing();

/// The rules of one namespace of a containment, as apply makes them.
Ruleset ruleset_of(const Containment& state, const ContainedNamespace& where);

/// Orders for a guard over those contacts, for `left` from now on (none: for ever).
GuardOrders guard_orders(const Containment& state, std::vector<Contact>& contacts,
                         std::optional<std::chrono::milliseconds> left,
                         std::string_view journal_directory);

}  // namespace genba::act
