// SPDX-License-Identifier: Apache-2.0
//
// The words of an incident: what belongs together, since when, and what to do in which order. The
// order of the advice follows the order of volatility (RFC 3227) and the field's experience that a
// process ended before its start-up entry comes back. Names keep their raw bytes: renderers escape.
// Covered by incidents_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "judge/incident_contents.h"
#include "model/finding.h"

namespace genba::judge {

/// "10, 11, 12", at most ten and how many more.
model::Text pid_list(const std::vector<int64_t>& pids);

/// Two to four sentences: what, since when, with how many connections.
model::Text words_of(const IncidentContents& contents, const model::Incident& incident);

/// What to do, in order: preserve, isolate, take away what starts it again, change secrets,
/// rebuild; with the rules' own advice in its place, each once.
std::vector<model::Text> advice_of(const IncidentContents& contents,
                                   const model::Incident& incident,
                                   const std::vector<const model::Finding*>& findings);

}  // namespace genba::judge
