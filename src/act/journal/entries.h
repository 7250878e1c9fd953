// SPDX-License-Identifier: Apache-2.0
//
// The lines of the journal and what they mean. An action is two lines: genba.intention before it
// begins, genba.outcome behind it, which names the intention by its number. An intention alone says
// that Genba was killed in the middle, or is at it right now. Pure: bytes to structs and back.
// Covered by entries_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "model/action.h"
#include "store/case/chained_log.h"

namespace genba::act {

/// Of the journal in its directory.
inline constexpr store::ChainedLogName kJournalName{"actions.jsonl", "actions.lock",
                                                    "genba.actions"};

/// What the first line says.
store::CaseLineBuilder header_line(std::string_view version, std::string_view host,
                                   const model::ActionTime& now);
/// The line that must be on the disk before the action begins; of `action` what is known then.
store::CaseLineBuilder intention_line(uint64_t number, const model::Action& action);
/// The line behind it: outcome, ended, after and detail of `action`.
store::CaseLineBuilder outcome_line(uint64_t number, const model::Action& action);

/// What the lines say. `boot_id` is that of now, or empty when the journal is not read on the host
/// that it is about: then nothing counts as gone. Kinds of another version are noted.
model::ActionLog read_entries(const store::ChainedLogContents& contents, std::string_view boot_id);

}  // namespace genba::act
