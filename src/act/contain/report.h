// SPDX-License-Identifier: Apache-2.0
//
// What apply, confirm, extend, undo and status found, as the model tells it to people. Pure. What
// only packets can show (paths, the session) is the caller's to add. Covered by report_test.cc.
#pragma once

#include <string_view>

#include "act/contain/apply.h"
#include "act/contain/control.h"
#include "act/contain/status.h"
#include "model/containment.h"

namespace genba::act {

/// `journal` is the directory that it was written to.
model::ContainmentReport to_report(const ApplyReport& applied, std::string_view plan_sha256,
                                   std::string_view journal);
model::ContainmentStatus to_status(const ContainStatus& found);
/// `kind` is confirm or extend.
model::ContainmentChange to_change(model::ContainmentChangeKind kind, const ControlReport& changed,
                                   std::string_view journal);
model::ContainmentChange to_change(const UndoReport& undone, std::string_view journal);

}  // namespace genba::act
