// SPDX-License-Identifier: Apache-2.0
//
// What `genba contain` promises where it does more than look: it writes only its journal, its case
// and the freezer's files of cgroups; ends only what it was told to end, by SIGKILL to a pidfd, and
// sends no other signal where cgroups freeze; talks to the kernel by netlink; and only where it
// proves something do packets leave, to the discard port. Covered by whole/trace_test.cc.
#pragma once

#include <cstdint>
#include <set>

#include "whole/trace.h"
#include "whole/trace_line.h"

namespace genba::test {

// Each gives the reason against the call, or nullptr.

/// `own`: processes that this run has made.
const char* reason_against_ending(const TracedCall& call, const std::set<int64_t>& own,
                                  const TraceRules& rules);
const char* reason_against_socket(const TracedCall& call, Deeds deeds);
const char* reason_against_sending(const TracedCall& call, Deeds deeds);

/// A file of a cgroup by which its processes are moved, frozen, thawed or ended; all but moving
/// only in a group that Genba made.
bool is_freezer_file(std::string_view path);
/// A group that Genba makes or removes.
bool is_own_group(std::string_view path);
/// A file of procfs, or the mount of a cgroup hierarchy, that acting opens by its path.
bool is_opened_to_act(std::string_view path, std::string_view arguments);
/// A directory on the way to something that was named: mkdir(2) asks whether it is there.
bool leads_to_any(std::string_view path, const std::vector<std::string>& outputs);

}  // namespace genba::test
