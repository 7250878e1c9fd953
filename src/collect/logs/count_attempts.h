// SPDX-License-Identifier: Apache-2.0
//
// What failed from each address, all logs together. Covered by join_logins_test.cc.
#pragma once

#include <functional>
#include <vector>

#include "collect/logs/attempt_index.h"
#include "collect/logs/join_logins.h"
#include "model/tables/login_attempts.h"
#include "model/tables/logins.h"

namespace genba::collect::logs {

/// Calls `found` with one row for each address that failed.
void count_attempts(const LogEvidence& evidence, const AttemptIndex& index,
                    const std::vector<model::Login>& logins,
                    const std::function<void(const model::LoginAttempts&)>& found);

}  // namespace genba::collect::logs
