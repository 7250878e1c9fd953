// SPDX-License-Identifier: Apache-2.0
//
// What becomes of a containment that is in force: it is made permanent, lengthened, or taken back.
// A later Genba takes over from the guard: it ends it (which opens nothing), owns the orphaned
// tables again, changes them, and leaves a guard of its own. A kill between any two steps leaves
// the timer running, or the host held, as it was. Undo deletes our tables and nothing else, and
// then compares the rules of others with what they were. It needs no journal: tables are known by
// their name and comment, and namespaces are looked for. Covered by control_test.cc.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "act/contain/apply.h"
#include "act/contain/contact.h"
#include "act/journal/journal.h"

namespace genba::act {

/// What the caller found out about the responder's session since the lock is on.
enum class SessionProof : uint8_t { kProven, kUnproven };
enum class Force : uint8_t { kNo, kYes };

struct ControlOptions {
  std::string version;
  GuardUse guard = GuardUse::kKeep;
  sys::ModuleLoading loading = sys::ModuleLoading::kForbidden;
  std::optional<sys::NftKernel> kernel;
  std::string journal_directory;
};

struct ControlReport {
  Containment state;  ///< as it is now
  model::ActionOutcome outcome = model::ActionOutcome::kFailed;
  uint64_t action = 0;
  /// Until the kernel opens the host; none: it holds.
  std::optional<std::chrono::milliseconds> remaining;
  std::vector<ContainNote> trouble;
  std::vector<ContainNote> notes;
};

/// kInvalid when the session is not proven and force is not given: whoever confirms blindly locks
/// himself out for good.
base::Result<void> refuse_unproven(SessionProof proof, Force force);

/// The host stays contained until undo. Nothing is changed when it is refused as unproven.
base::Result<ControlReport> confirm(const host::Host& host, SessionProof proof, Force force,
                                    const ControlOptions& options, Journal& journal);

/// The timer runs for so many seconds more than it would have. kInvalid for a containment without
/// a timer.
base::Result<ControlReport> extend(const host::Host& host, int64_t seconds,
                                   const ControlOptions& options, Journal& journal);

// Both: kGone when it has opened, by its timer or a reboot; kNotFound when there is none.

/// What undo found in one namespace.
struct UndoneNamespace {
  int64_t inode = 0;
  bool own = false;
  bool removed = false;  ///< our tables were there, and are gone
  enum class Rules : uint8_t {
    kIdentical,  ///< the others' rules are what they were before, bit for bit
    kChanged,    ///< somebody changed them meanwhile
    kUnknown,    ///< nobody wrote down what they were
  } rules = Rules::kUnknown;
  model::Text difference;     ///< in one line, with kChanged
  std::string before_sha256;  ///< empty with kUnknown
  RulesetDigest now;
};

struct UndoReport {
  std::string id;  ///< of the containment; empty when nothing says
  model::ActionOutcome outcome = model::ActionOutcome::kFailed;
  uint64_t action = 0;
  bool rebooted = false;  ///< a reboot had opened the host before
  std::vector<UndoneNamespace> namespaces;
  std::vector<ContainNote> trouble;
  std::vector<ContainNote> notes;
};

/// Takes it back. kNotFound when neither the journal nor the kernel knows of one. With force also a
/// table of our name that has not our comment is deleted.
base::Result<UndoReport> undo(const host::Host& host, Force force, const ControlOptions& options,
                              Journal& journal);

}  // namespace genba::act
