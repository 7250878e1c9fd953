// SPDX-License-Identifier: Apache-2.0
//
// The verbs of containment where nf_tables cannot be used: which rung is left, and what is done on
// it. Covered by tests/whole/contain_test.cc and, on a kernel without nf_tables, by
// tests/lab/contain-ladder.
#pragma once

#include <optional>

#include "act/ladder/ladder_control.h"
#include "app/contain_scene.h"

namespace genba::app {

/// Puts the plan on the strongest rung that this kernel offers. One below nf_tables adds what it
/// leaves open, and none at all a refusal.
void choose_rung(const ContainScene& scene, act::Plan& plan);

/// What stands on a lower rung, by the journal or in the kernel.
std::optional<act::StandingRung> find_standing_rung(const ContainRunOptions& options,
                                                    const ContainScene& scene,
                                                    const model::ActionLog& log);

/// The verbs of contain_run.h, on that rung.
base::Result<model::ContainmentReport> apply_on_rung(const ContainRunOptions& options,
                                                     const ContainScene& scene,
                                                     const act::Plan& plan, act::Journal& journal);
base::Result<ContainOutcome> confirm_on_rung(const ContainRunOptions& options,
                                             const ContainScene& scene,
                                             const act::StandingRung& standing);
base::Result<ContainOutcome> extend_on_rung(const ContainRunOptions& options,
                                            const ContainScene& scene,
                                            const act::StandingRung& standing);
base::Result<ContainOutcome> undo_on_rung(const ContainRunOptions& options,
                                          const ContainScene& scene,
                                          const act::StandingRung& standing);
base::Result<ContainOutcome> status_on_rung(const ContainRunOptions& options,
                                            const ContainScene& scene,
                                            const act::StandingRung& standing);

}  // namespace genba::app
