// SPDX-License-Identifier: Apache-2.0
//
// Who got in, and what had their address done before? The same login stands in auth.log, in the
// journal, in audit and in wtmp; put together it is one row. What only one of them knows is visible
// in `sources`. Two logins of one account from one address within kSameLogin seconds
// without a port become one. Who writes the logs chooses all of these texts and times, so no step
// here compares each with each. Covered by join_logins_test.cc.
#pragma once

#include <string>
#include <vector>

#include "collect/logs/attempt_index.h"
#include "model/tables/auth_events.h"
#include "model/tables/events.h"
#include "model/tables/last.h"
#include "model/tables/logins.h"

namespace genba::collect::logs {

/// What all logs together know.
struct LogEvidence {
  const std::vector<model::AuthEvent>& auth;
  const std::vector<model::Last>& last;
  const std::vector<model::Event>& events;
  const std::vector<std::string>& sources;  ///< names of sets, by Episode::source
};

/// One row for each login, by time.
std::vector<model::Login> join_logins(const LogEvidence& evidence, const AttemptIndex& index);

}  // namespace genba::collect::logs
