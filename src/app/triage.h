// SPDX-License-Identifier: Apache-2.0
//
// `genba triage`: read, record, judge, tell. Covered by tests/whole/triage_test.cc and the
// re-enactment tests.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/observe.h"
#include "app/output.h"
#include "app/query.h"
#include "model/finding.h"

namespace genba::app {

struct TriageOptions {
  ObserveOptions observe;
  std::vector<std::string> rule_directories;
  std::optional<std::string> report;  ///< one HTML file to write
  Format format = Format::kTable;     ///< kTable: text for people
  render::TerminalStyle style;
  std::string program = "genba";  ///< how this binary was started
};

/// What triage ended with.
struct TriageOutcome {
  model::Verdict verdict = model::Verdict::kNothingFound;
  Reader reader = Reader::kListens;  ///< of standard output
  /// Why nothing could be looked at, when there is more to say than the report does.
  std::optional<base::Error> no_system;
};

base::Result<TriageOutcome> run_triage(const TriageOptions& options, Progress& progress);

}  // namespace genba::app
