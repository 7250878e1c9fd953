// SPDX-License-Identifier: Apache-2.0
//
// `genba case log` and `genba case verify`: what Genba did to a host, and whether what was kept is
// as it was kept. Reads the directory and nothing else. Covered by tests/whole/case_test.cc.
#pragma once

#include <optional>
#include <string>

#include "app/output.h"
#include "base/result.h"
#include "render/report.h"

namespace genba::app {

struct CaseOptions {
  std::string directory;  ///< of a case or of the journal of actions
  bool json = false;
  std::optional<std::string> chain;  ///< verify: a value that was noted elsewhere
  render::TerminalStyle style;
};

enum class CaseOutcome : uint8_t { kHolds, kDoesNotHold, kReaderGone };

/// Tells the actions. kDoesNotHold when the journal was altered or has lost its beginning.
/// kNotFound when the directory holds neither a journal nor a case; a case without a journal is one
/// in which nothing was done.
base::Result<CaseOutcome> run_case_log(const CaseOptions& options);

/// Checks chain, seal and objects of both logs. kDoesNotHold when anything was altered, cut or
/// lost.
base::Result<CaseOutcome> run_case_verify(const CaseOptions& options);

}  // namespace genba::app
