// SPDX-License-Identifier: Apache-2.0
//
// One event of the timeline as text, JSON, CSV, a line of a bodyfile, or for Timesketch. Bytes of
// the host are escaped in each. Sources: The Sleuth Kit's body file 3.x; Timesketch's importer
// (message, datetime, timestamp in microseconds, timestamp_desc); RFC 4180. A CSV cell that a
// spreadsheet would take for a formula gets an apostrophe in front. Covered by timeline_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "render/report.h"

namespace genba::render {

/// Where an event comes from; also Timesketch's data_type.
enum class TimelineSource : uint8_t { kLog, kLogin, kFile, kProcess, kHistory, kEvent };

/// "log", "login", "file", "process", "history", "event".
std::string_view to_string(TimelineSource source);

/// One event, put together when it is shown. Texts are raw.
struct TimelineEvent {
  base::Timestamp time;
  std::string certainty;
  TimelineSource source = TimelineSource::kLog;
  /// What the time is of: "log", "login", "modified", "accessed", "changed", "born", joined by
  /// blanks when one time is all of them; "started", "typed", "last login".
  std::string what;
  std::string path;  ///< log, file or history
  std::optional<int64_t> line;
  std::string username;
  std::string address;
  std::optional<int64_t> pid;
  std::string message;
};

/// A file for the bodyfile; times in seconds, absent as 0.
struct BodyFile {
  std::string path;
  std::string link_target;
  int64_t inode = 0;
  std::string type;
  std::string mode;
  int64_t uid = 0;
  int64_t gid = 0;
  int64_t size = 0;
  int64_t atime = 0, mtime = 0, ctime = 0, btime = 0;
};

/// One line each, with its newline.
std::string timeline_text(const TimelineEvent& event, const TerminalStyle& style);
std::string timeline_json(const TimelineEvent& event);
std::string timeline_csv_header();
std::string timeline_csv(const TimelineEvent& event);
std::string timeline_timesketch(const TimelineEvent& event);
std::string timeline_body(const BodyFile& file);

/// Events in one piece of time, for the histogram; or no event in several, up to `until`.
struct TimelineCount {
  base::Timestamp from;
  int64_t events = 0;
  std::optional<base::Timestamp> until = std::nullopt;
};
/// A line for each piece, with a bar.
std::string timeline_histogram(const std::vector<TimelineCount>& counts,
                               const TerminalStyle& style);

}  // namespace genba::render
