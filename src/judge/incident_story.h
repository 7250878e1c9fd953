// SPDX-License-Identifier: Apache-2.0
//
// When did what happen? The events behind an incident's findings, in time order: a file appeared or
// was changed, a process started. One line for each subject and time, whatever number of findings
// speak of it; a judgement ("burns a processor") is no event and is not told with a time that was
// not its own. Within a second files come before processes: what runs was there before, and a
// process's start is only known to 10 ms. Covered by incident_story_test.cc.
#pragma once

#include <vector>

#include "model/finding.h"

namespace genba::judge {

/// Whether a finding starts an incident; the others may only join one.
bool is_core(const model::Finding& finding);

/// The story that the core ones of these findings tell; at most 200 events.
std::vector<model::StoryEvent> story_of(const std::vector<const model::Finding*>& findings);

}  // namespace genba::judge
