// SPDX-License-Identifier: Apache-2.0
//
// `genba contain apply`, `confirm`, `extend`, `undo` and `status`: the machine is cut off as
// planned, what came of it is proven by packets and by the responder's own session, and it is taken
// back. Each step stands in the journal before it is taken. Covered by tests/whole/contain_test.cc.
#pragma once

#include <functional>

#include "act/contain/control.h"
#include "app/act_scene.h"
#include "app/contain_plan.h"
#include "app/query.h"
#include "render/containment.h"

namespace genba::app {

struct ContainRunOptions {
  ActOptions act;
  act::GuardUse guard = act::GuardUse::kKeep;
  Format format = Format::kTable;
  render::ContainmentView view;

  // apply
  act::ContainOptions contain;
  ReadLogs logs = ReadLogs::kNo;
  /// Asked after the plan was told; false ends the run with nothing changed. Empty: yes.
  std::function<bool()> confirm;

  act::Force force = act::Force::kNo;  ///< confirm and undo
  int64_t seconds = 0;                 ///< extend
};

enum class ContainOutcome : uint8_t {
  kDone,        ///< exit code 0
  kNotInForce,  ///< status: nothing is in force; exit code 0
  kFailed,      ///< something failed, the session is not proven, or it is not as it was left: 4
  kRefused,     ///< the plan must not be applied; nothing was changed: exit code 4
  kDeclined,    ///< by the person; nothing was changed
  kReaderGone,  ///< nobody reads standard output
};

/// Errors say that nothing was changed: kDenied without root, kUnsupported without nf_tables,
/// kInvalid when a containment stands already.
base::Result<ContainOutcome> run_contain_apply(const ContainRunOptions& options,
                                               Progress& progress);

/// Makes it permanent, when the session is proven or force is given.
base::Result<ContainOutcome> run_contain_confirm(const ContainRunOptions& options,
                                                 Progress& progress);
base::Result<ContainOutcome> run_contain_extend(const ContainRunOptions& options,
                                                Progress& progress);
base::Result<ContainOutcome> run_contain_undo(const ContainRunOptions& options, Progress& progress);

/// Changes nothing. kFailed when what stands was tampered with, or should stand and does not.
base::Result<ContainOutcome> run_contain_status(const ContainRunOptions& options,
                                                Progress& progress);

}  // namespace genba::app
