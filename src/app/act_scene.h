// SPDX-License-Identifier: Apache-2.0
//
// Where verbs that act begin: the running machine, inside the sandbox of containment. Acting is
// additive to looking, so the `look` profile, which forbids signals and more, is never entered.
// Covered by tests/live/contain_stop_test.cc and tests/whole/contain_test.cc.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "act/journal/journal.h"
#include "app/progress.h"
#include "base/result.h"
#include "collect/collector.h"
#include "host/host.h"
#include "model/facts.h"

namespace genba::app {

/// What every verb that acts is told.
struct ActOptions {
  std::string journal_directory = std::string(act::kDefaultJournal);
  std::string why;  ///< the responder's words for the journal
  act::Unrecorded unrecorded = act::Unrecorded::kRefused;
  bool allow_module_load = false;
  int jobs = 0;  ///< 0: one a processor, at most 4
  std::string version;
};

/// The running machine. kDenied without root; `doing` begins the error ("containing a machine").
base::Result<std::unique_ptr<host::Host>> open_host_to_act(const ActOptions& options,
                                                           std::string_view doing);

/// Enters the sandbox, after all files and trees that it forbids to open have been opened. False on
/// a kernel without system call filters: then only our own code keeps the promises.
base::Result<bool> enter_act_sandbox();

/// Reads the wanted tables by all collectors but the walk of the disk, in 3.5 seconds or, each
/// collector, two. Afterwards this process has one thread again.
void gather_to_act(const host::Host& host, const collect::Wanted& wanted, const ActOptions& options,
                   Progress& progress, model::Facts& facts);

/// The journal that the options name, with who acts and from where. What cannot be recorded is told
/// on standard error.
base::Result<act::Journal> open_act_journal(const ActOptions& options,
                                            std::string_view session_address);

}  // namespace genba::app
