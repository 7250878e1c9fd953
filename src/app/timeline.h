// SPDX-License-Identifier: Apache-2.0
//
// `genba timeline`: what happened in a stretch of time, from logs, logins, files, processes and
// histories, in one order. Of a case, whose logs are not kept line by line, it shows the events
// that the logs were read for. Covered by tests/whole/timeline_test.cc.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/observe.h"
#include "app/output.h"
#include "render/report.h"

namespace genba::app {

enum class TimelineFormat : uint8_t { kText, kJson, kCsv, kBodyfile, kTimesketch };

enum class Histogram : uint8_t { kNone, kByHour, kByMinute };

struct TimelineOptions {
  ObserveOptions observe;
  std::optional<base::Timestamp> since;
  std::optional<base::Timestamp> until;
  std::string grep;  ///< texts must hold it, letters of ASCII alike; empty: all
  std::string path;  ///< paths must hold it; empty: all
  /// Only these: logs, logins, files, processes, histories; empty: all.
  std::vector<std::string> only;
  std::optional<size_t> limit;  ///< the newest of so many
  TimelineFormat format = TimelineFormat::kText;
  Histogram histogram = Histogram::kNone;
  render::TerminalStyle style;
  bool quiet = false;
};

struct TimelineOutcome {
  size_t events = 0;
  Reader reader = Reader::kListens;
  bool could_not_look = false;
};

/// Prints the timeline. kInvalid for what cannot be obeyed.
base::Result<TimelineOutcome> run_timeline(const TimelineOptions& options, Progress& progress);

}  // namespace genba::app
