// SPDX-License-Identifier: Apache-2.0
//
// A freeze in the journal of actions: what was about to be frozen is on the disk before each
// change, as one intention after the other, so that after a kill of Genba at any moment the last
// one names everything that may be frozen. Only when the freeze has ended are they closed: nothing
// is written twice while the family could notice. Covered by tests/live/contain_stop_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "act/freeze/freeze_state.h"
#include "act/freeze/freezer.h"
#include "act/journal/journal.h"
#include "app/contain_stop.h"
#include "app/stop_scene.h"
#include "base/result.h"
#include "host/host.h"
#include "model/action.h"

namespace genba::app {

/// A freeze that was recorded and not lifted.
struct KnownFreeze {
  std::string id;
  act::FreezeState state;
  bool of_this_boot = true;
  bool interrupted = false;    ///< Genba was ended in the middle of it
  std::vector<uint64_t> open;  ///< its intentions without an end
  std::string unreadable;      ///< why its state is not known; else empty
};

/// All freezes that a journal knows of, the oldest first. `journal` is its directory, for states
/// that are kept as objects; `boot_id` that of now.
std::vector<KnownFreeze> known_freezes(const model::ActionLog& log, const host::Host* journal,
                                       std::string_view boot_id);

/// The one of that id, or the one of this boot that holds the living process; nothing else.
std::optional<KnownFreeze> find_freeze(const std::vector<KnownFreeze>& known,
                                       const StopOptions& options, const host::Host& host);

/// "freeze <id>": what a later step lifts it by.
std::string freeze_subject(std::string_view id);

/// Opens the journal that the options name, with who acts. What cannot be recorded is told on
/// standard error.
base::Result<act::Journal> open_stop_journal(const StopOptions& options, const StopScene& scene);

/// The record of one freeze in the making. The journal must outlive it.
class FreezeRecord {
 public:
  explicit FreezeRecord(act::Journal& journal) : journal_(journal) {}

  /// For FreezeRequest::journal.
  base::Result<void> plan(const act::FreezeState& state);
  /// Closes it: what is frozen now, and whether the kernel says so of all.
  base::Result<void> done(const act::FreezeReport& report);
  /// Closes it: nothing is frozen.
  base::Result<void> failed(const base::Error& error);

 private:
  struct Planned {
    uint64_t action = 0;
    std::string state;
  };
  act::Journal& journal_;
  std::vector<Planned> planned_;
};

}  // namespace genba::app
