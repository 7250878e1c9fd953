// SPDX-License-Identifier: Apache-2.0
//
// What people did, as the logs tell it: commands of sudo and su, changes of accounts, packages,
// units, modules. Covered by log_brief_test.cc.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "model/tables/auth_events.h"
#include "render/cells.h"
#include "render/log_brief.h"
#include "render/log_matcher.h"

namespace genba::render {

/// Whether an outcome of auth_events is a deed.
bool is_deed(std::string_view outcome);
Deed deed_of(const Cells<model::AuthEvent>& auth, size_t row);

/// Appends the deeds of the table events that were asked for.
void add_event_deeds(const model::Facts& facts, LogMatcher& matcher, std::vector<Deed>& deeds);

/// Puts deeds in the order of time and makes one of an installation of many packages.
void settle_deeds(std::vector<Deed>& deeds);

/// What was done again as one, counted, by the last time. auth.log and the journal tell of the same
/// deeds: what counts is the log that tells of most.
std::vector<Deed> group_deeds(const std::vector<Deed>& deeds);

}  // namespace genba::render
