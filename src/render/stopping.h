// SPDX-License-Identifier: Apache-2.0
//
// Tells how a family of processes is frozen, killed and thawed, piece by piece as it happens: the
// plan before it is asked for, then each step. As JSON every piece is one or several whole lines
// with stable keys: plan, member, left_out, respawner, not_looked_at; evidence, freeze, kill, thaw,
// comeback, watch; stop_summary ends a run. Covered by stopping_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "model/stopping.h"
#include "render/report.h"

namespace genba::render {

/// What will be done to whom and why. `program` as in RunFigures.
std::string render_stop_plan(const model::StopPlan& plan, const TerminalStyle& style,
                             std::string_view program);
std::string render_kept(const model::KeptEvidence& kept, const TerminalStyle& style);
std::string render_freeze(const model::FreezeTold& freeze, const TerminalStyle& style,
                          std::string_view program);
std::string render_kill(const model::KillTold& kill, const TerminalStyle& style,
                        std::string_view program);
std::string render_thaw(const model::ThawTold& thaw, const TerminalStyle& style);
std::string render_comeback(const model::ComebackTold& comeback, const TerminalStyle& style);
std::string render_watch(const model::WatchTold& watch, const TerminalStyle& style);

/// How a run ended.
struct StopSummary {
  model::StopVerb verb = model::StopVerb::kFreeze;
  std::string id;
  std::string outcome;  ///< done failed declined
  std::string error;    ///< why it ended early, else empty
  std::string journal;  ///< its directory
  std::string chain;    ///< behind its last line; worth noting elsewhere
};
std::string render_stop_summary(const StopSummary& summary, const TerminalStyle& style,
                                std::string_view program);

std::string stop_plan_json(const model::StopPlan& plan, model::Language language);
std::string kept_json(const model::KeptEvidence& kept);
std::string freeze_json(const model::FreezeTold& freeze);
std::string kill_json(const model::KillTold& kill);
std::string thaw_json(const model::ThawTold& thaw);
std::string comeback_json(const model::ComebackTold& comeback);
std::string watch_json(const model::WatchTold& watch);
std::string stop_summary_json(const StopSummary& summary);

}  // namespace genba::render
