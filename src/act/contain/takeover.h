// SPDX-License-Identifier: Apache-2.0
//
// The beginning of each verb over a containment that is in force: what the journal knows is joined
// with what stands in the kernel, in every namespace that can be reached; and the guard's place is
// taken. Covered by control_test.cc and status_test.cc.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "act/contain/contact.h"
#include "act/contain/guard.h"
#include "act/journal/journal.h"

namespace genba::act {

/// A namespace and what stands in it of ours.
struct Standing {
  Contact contact;
  OurTables ours;
  /// Not of the recorded namespaces: it came later, or nothing is recorded.
  bool unrecorded = false;
};

struct Situation {
  /// What the journal knows; nothing when it knows of none, or it could not be read.
  std::optional<Containment> recorded;
  std::string journal_trouble;  ///< why it could not be read
  /// The recorded containment is of another boot: nothing of it is left in the kernel.
  bool rebooted = false;
  std::vector<Standing> namespaces;  ///< our own first
  std::vector<ContainedNamespace> unreached;
  // Why some could not be reached, other than by being gone.
  std::vector<ContainNote> trouble;  ///< those that were contained
  std::vector<ContainNote> notes;    ///< the others
  /// Others that are contained by a containment with another id: somebody else's.
  std::vector<int64_t> of_others;

  bool anything_stands() const;
  const Standing& own() const { return namespaces.front(); }
};

/// Looks at our own namespace, the recorded ones, and all others that there are. A containment of
/// another id than the one in our own namespace (or, when there is none, the recorded one) is left
/// alone: a container may have a responder of its own.
base::Result<Situation> look_around(const host::Host& host, const model::ActionLog& log,
                                    std::string_view journal_directory, const KernelAccess& access);

/// Ends the guard, recorded or found, so that the tables are free to be changed by us. An error
/// when another process owns them still.
base::Result<void> take_place_of_guard(const host::Host& host, const Situation& situation);

}  // namespace genba::act
