// SPDX-License-Identifier: Apache-2.0
//
// In which zone was a text log written? The same login stands in it and in logs that keep UTC, and
// the difference tells. Who writes the logs chooses all of these texts and times, so that no step
// here compares each with each. Covered by join_logins_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/tables/auth_events.h"
#include "model/tables/last.h"

namespace genba::collect::logs {

/// How far text logs are from the logs that keep UTC: seconds to add to the times of each source,
/// measured by logins that both know. Only whole quarters of an hour count (a zone), only when most
/// of at least two logins agree and no other zone has more than two thirds of their number (logins
/// at regular times agree with every zone). Sources that agree, or share no login, are left out.
std::map<std::string, int64_t> measure_offsets(const std::vector<model::AuthEvent>& auth,
                                               const std::vector<model::Last>& last);

}  // namespace genba::collect::logs
