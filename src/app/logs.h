// SPDX-License-Identifier: Apache-2.0
//
// `genba logs`: who tried, who got in, what they did, what is missing of the logs. Reads all logs,
// however long it takes, and judges them with the rules that read them.
// Covered by tests/whole/logs_test.cc.
#pragma once

#include "app/triage.h"
#include "render/log_brief.h"

namespace genba::app {

struct LogsOptions {
  ObserveOptions observe;
  std::vector<std::string> rule_directories;
  render::LogFilter filter;
  Format format = Format::kTable;  ///< kTable: text for people
  render::TerminalStyle style;
  std::string program = "genba";  ///< how this binary was started
};

base::Result<TriageOutcome> run_logs(const LogsOptions& options, Progress& progress);

}  // namespace genba::app
