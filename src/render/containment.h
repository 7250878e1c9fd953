// SPDX-License-Identifier: Apache-2.0
//
// Tells people and programs what containment will do (the plan), did (the report), changed
// (confirm, extend, undo) and is now (the status). Flows of one kind are one line for people;
// JSON lines have every one. "Contained" is said only when it was proven by packets.
// Covered by containment_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "model/containment.h"
#include "render/report.h"

namespace genba::render {

/// What a containment's words depend on beside the data.
struct ContainmentView {
  TerminalStyle style;
  std::string program = "genba";  ///< how this binary was started, as in RunFigures
  /// Behind "genba contain apply" when the plan is shown alone: the options that make this plan,
  /// quoted for a shell.
  std::string apply_options;
  /// False when the reader is asked at once, as `apply` does: then no command follows the plan.
  bool shows_next_step = true;
};

/// The plan: refusals and warnings first, then who stays, what breaks, where it stops, what is not
/// covered, what only others can do, and the command that applies it.
std::string render_plan(const model::ContainmentPlan& plan, const ContainmentView& view);

/// The report of an apply: how far it is proven, the timer and how to confirm, every path, every
/// namespace.
std::string render_containment(const model::ContainmentReport& report, const ContainmentView& view);

/// What is in force now.
std::string render_containment(const model::ContainmentStatus& status, const ContainmentView& view);

/// What confirm, extend or undo did.
std::string render_containment(const model::ContainmentChange& change, const ContainmentView& view);

/// The same as JSON lines: plan, allowed…, blocked…, device…, namespace…, breaks…, not_covered…,
/// warning…, elsewhere…, refusal…, summary.
std::string render_plan_json(const model::ContainmentPlan& plan, model::Language language);

/// report, session, path…, namespace…, note…, failure…, summary.
std::string render_containment_json(const model::ContainmentReport& report,
                                    model::Language language);

/// status, namespace…, counter…, tampering…, note…, summary.
std::string render_containment_json(const model::ContainmentStatus& status,
                                    model::Language language);

/// change, session, namespace…, note…, failure…, summary.
std::string render_containment_json(const model::ContainmentChange& change,
                                    model::Language language);

}  // namespace genba::render
