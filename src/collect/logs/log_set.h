// SPDX-License-Identifier: Apache-2.0
//
// Which logs are there? Finds the files where Linux servers keep logs, tells their formats from
// their first bytes (names can lie, and differ between distributions), and puts the rotated ones of
// a log together: auth.log, auth.log.1, auth.log.2.gz are one source, in order of time.
// Covered by log_set_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/collector.h"
#include "collect/logs/log_format.h"
#include "parse/compressed/compressed.h"
#include "parse/log_time/log_time.h"

namespace genba::collect::logs {

/// One file of a log.
struct LogFile {
  std::string path;
  host::FileStatus status;
  parse::Compression compression = parse::Compression::kNone;
  LogFormat format = LogFormat::kUnknown;
  /// The first line's time, for text logs that tell one.
  std::optional<parse::LogTime> first_time;
  /// Why its beginning could not be read.
  std::optional<base::Error> error;
};

/// A log with its rotated predecessors, oldest first. `name` is the path without what rotation
/// added.
struct LogSet {
  std::string name;
  std::vector<LogFile> files;
};

/// What rotation made of a name: "auth.log.2.gz" is number 2 of "auth.log", "maillog-20261108"
/// the date 20261108.
struct RotatedName {
  std::string_view stem;
  int64_t number = 0;  ///< 0: not rotated; 1 is the youngest
  int64_t date = 0;    ///< a day as 20261108; 0: none
  int64_t time = 0;    ///< what stands behind the day, as a number
};
RotatedName parse_rotated_name(std::string_view name);

/// All logs of the host, and coverage for directories that could not be listed.
std::vector<LogSet> find_logs(Context& context);

}  // namespace genba::collect::logs
