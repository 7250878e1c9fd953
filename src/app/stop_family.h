// SPDX-License-Identifier: Apache-2.0
//
// From a name (a process, a finding) to the family that is to be stopped, who of it must stay, and
// who would bring it back. Nothing is changed here. Covered by tests/live/contain_stop_test.cc.
#pragma once

#include <string>
#include <vector>

#include "act/freeze/family.h"
#include "act/freeze/freezer.h"
#include "app/stop_scene.h"
#include "base/result.h"
#include "model/stopping.h"

namespace genba::app {

struct StopFamily {
  act::Family family;
  act::FamilyOptions options;
  std::vector<act::Executable> own_files;
  std::vector<model::Text> notes;
};

/// The family of what the options name. kInvalid when it must not be touched; kGone when nothing of
/// what was named runs at the moment of the look. `evidence` is the directory of the case.
base::Result<StopFamily> find_stop_family(const StopOptions& options, const StopScene& scene,
                                          std::string_view evidence);

/// The family of processes that are frozen already: nothing of it is spared anew.
base::Result<StopFamily> find_frozen_family(const StopScene& scene, const act::FreezeState& state,
                                            std::string_view evidence);

/// Fills members, those left out, respawners and what was not looked at.
void describe_family(const StopScene& scene, const StopFamily& family, model::StopPlan& plan);

}  // namespace genba::app
