// SPDX-License-Identifier: Apache-2.0
#include "app/contain_stop.h"

#include "act/freeze/freeze_state.h"
#include "app/stop_run.h"
#include "base/text.h"
#include "fmt/format.h"

namespace genba::app {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

Result<void> check(const StopOptions& options, model::StopVerb verb) {
  const bool takes_id = verb != model::StopVerb::kFreeze;
  const bool takes_finding = verb != model::StopVerb::kThaw;
  const int named = (options.pid ? 1 : 0) + (options.finding ? 1 : 0) + (options.id ? 1 : 0);
  if (named != 1 || (options.id && !takes_id) || (options.finding && !takes_finding)) {
    return fail(ErrorCode::kInvalid,
                fmt::format("'genba contain {}' takes one of: a process id{}{}",
                            model::to_string(verb), takes_finding ? ", --finding F" : "",
                            takes_id ? ", --id ID of an earlier freeze" : ""));
  }
  if (options.pid && *options.pid <= 0) {
    return fail(ErrorCode::kInvalid, "a process id is a number from 1 on");
  }
  if (options.id && !act::is_freeze_id(*options.id)) {
    return fail(ErrorCode::kInvalid,
                fmt::format("'{}' is no id of a freeze; 'genba case log' lists them",
                            base::escape_for_terminal(*options.id)));
  }
  if (options.finding_case && !options.finding) {
    return fail(ErrorCode::kInvalid, "a case is looked into only for --finding F");
  }
  return {};
}

}  // namespace

Result<StopOutcome> run_freeze(const StopOptions& options, Progress& progress) {
  GENBA_TRY_VOID(check(options, model::StopVerb::kFreeze));
  return StopRun(options, progress, model::StopVerb::kFreeze).freeze();
}

Result<StopOutcome> run_kill(const StopOptions& options, Progress& progress) {
  GENBA_TRY_VOID(check(options, model::StopVerb::kKill));
  return StopRun(options, progress, model::StopVerb::kKill).kill();
}

Result<StopOutcome> run_thaw(const StopOptions& options, Progress& progress) {
  GENBA_TRY_VOID(check(options, model::StopVerb::kThaw));
  return StopRun(options, progress, model::StopVerb::kThaw).thaw();
}

}  // namespace genba::app
