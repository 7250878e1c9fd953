// SPDX-License-Identifier: Apache-2.0
//
// The finding that a responder names by its id: judged anew from what runs now, else looked up in
// the cases that are kept where no directory was named, or in the one case that was named. The same
// finding has the same id wherever it is judged. Covered by tests/live/contain_stop_test.cc.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/contain_stop.h"
#include "base/result.h"
#include "host/host.h"
#include "model/facts.h"
#include "model/finding.h"

namespace genba::app {

struct KeptCase {
  std::string directory;  ///< absolute
  std::unique_ptr<host::Host> host;
};

struct NamedFinding {
  model::Finding finding;
  std::string kept_in;  ///< the directory of the case that has it; empty: it is one of now
};

/// The newest eight cases directly below the directory, newest first; open, since the sandbox
/// forbids it later. None when there is no such directory, or others than root may write there.
std::vector<KeptCase> open_kept_cases(const std::string& directory);

/// In `options.finding_case`. kInvalid when that is no case, or has no such finding.
base::Result<NamedFinding> find_finding_in_case(const StopOptions& options);

/// Among the findings of `facts`, else in the first of the cases that has it; one that cannot be
/// read has none. kInvalid when there is none, with where it was looked for.
base::Result<NamedFinding> find_finding(const StopOptions& options, const model::Facts& facts,
                                        const std::vector<KeptCase>& kept);

}  // namespace genba::app
