// SPDX-License-Identifier: Apache-2.0
#include "act/journal/standing_state.h"

#include "base/digest.h"
#include "fmt/format.h"
#include "host/host.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

// The text of a state, also of one that was kept as an object.
Result<std::string> state_text(const model::ActionState& state, std::string_view directory) {
  if (state.sha256.empty()) {
    return state.text;
  }
  GENBA_TRY(const auto tree, host::open_tree_host(directory));
  GENBA_TRY(auto file, tree->read_file("/objects/" + state.sha256));
  if (base::sha256_of(file.bytes) != state.sha256) {
    return fail(ErrorCode::kDamaged,
                fmt::format("the journal's object {} was altered", state.sha256));
  }
  return std::move(file.bytes);
}

}  // namespace

Result<std::string> find_standing_state(const model::ActionLog& log, std::string_view subject,
                                        std::string_view directory) {
  for (auto action = log.actions.rbegin(); action != log.actions.rend(); ++action) {
    const bool failed = action->outcome == model::ActionOutcome::kFailed;
    if (action->subject != subject || action->effect == model::ActionEffect::kNone) {
      continue;
    }
    if (action->effect == model::ActionEffect::kLifts) {
      if (action->outcome == model::ActionOutcome::kIntended || failed) {
        continue;  // it may still be there: what stood before counts
      }
      break;
    }
    const model::ActionState& state = action->after.empty() ? action->before : action->after;
    if (!state.empty()) {
      return state_text(state, directory);
    }
    // Refused before anything was known.
  }
  return fail(ErrorCode::kNotFound, fmt::format("the journal tells of no {} in force", subject));
}

}  // namespace genba::act
