// SPDX-License-Identifier: Apache-2.0
//
// What the terminal shows below its first screen, one function a section; a section without
// content is left out. Covered by terminal_test.cc.
#pragma once

#include "render/brief.h"
#include "render/screen.h"

namespace genba::render {

/// Each incident: its words, its time line, its advice.
void put_incidents(Screen& screen, const Brief& brief);
/// Each intrusion finding: what, how sure, evidence, why, when innocent, next commands.
void put_findings(Screen& screen, const Brief& brief);
/// The weaknesses, in a section of their own.
void put_weaknesses(Screen& screen, const Brief& brief);
/// One line for each source, and why something is missing.
void put_coverage(Screen& screen, const Report& report, const Brief& brief);
void put_not_judged(Screen& screen, const Report& report);
void put_footprint(Screen& screen, const Report& report);

}  // namespace genba::render
