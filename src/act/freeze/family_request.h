// SPDX-License-Identifier: Apache-2.0
//
// From a judged family to a request to freeze it: facts know processes by wall-clock starts, the
// freezer by ticks since boot. Covered by family_request_test.cc.
#pragma once

#include <string>
#include <vector>

#include "act/freeze/family.h"
#include "act/freeze/freezer.h"
#include "base/result.h"
#include "host/host.h"
#include "model/facts.h"

namespace genba::act {

/// The files of which every process belongs to the family, as the facts have them.
std::vector<Executable> own_files_of(const model::Facts& facts, const Family& family);

/// The request for `family` as find_family gave it with `options`. Members that ended meanwhile are
/// left out, and who runs one of `own_files` by now comes in. kGone when nobody is left, as when
/// the clock was set since the facts were read: read them again.
base::Result<FreezeRequest> to_freeze_request(const host::Host& host, const Family& family,
                                              const FamilyOptions& options, std::string id,
                                              std::vector<Executable> own_files = {});

/// Brings the members of a request up to date, for a family that replaces itself faster than a
/// person answers: the dead go, who runs one of its files comes in.
base::Result<void> renew_members(const host::Host& host, FreezeRequest& request);

/// One line that says how a member belongs: "executable of 900 (/tmp/x), pipe of 901 (pipe 4711)".
std::string reason_of(const FamilyMember& member);

}  // namespace genba::act
