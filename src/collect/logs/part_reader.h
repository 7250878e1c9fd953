// SPDX-License-Identifier: Apache-2.0
//
// Reads one part of one log file into facts. Large text logs are cut into parts at line ends, so
// that several threads share one file; compressed and binary ones are one part. Files are read in
// pieces: memory does not grow with them. Years of year-less lines come from the part's bound: no
// line is younger than the file's last change or the next part's beginning.
// Covered by logs_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "collect/logs/log_set.h"
#include "collect/logs/part_facts.h"
#include "host/host.h"
#include "parse/zone_info/zone_info.h"

namespace genba::collect::logs {

/// A stretch of a file, and what is known of its times.
struct Part {
  const LogFile* log = nullptr;
  std::string_view source;  ///< name of its set
  uint16_t file = 0;        ///< number of the file in this run
  uint16_t source_number = 0;
  uint32_t number = 0;  ///< of the part in this run
  uint64_t from = 0;
  uint64_t to = UINT64_MAX;  ///< a line's beginning; UINT64_MAX: the file's end
  /// The first line's time.
  std::optional<parse::LogTime> first_time;
  /// No line is younger: seconds since 1970.
  int64_t bound = 0;
  /// The change of a file that this one followed, though it claims to have changed before that.
  std::optional<int64_t> followed;
  int32_t first_year = 1970;  ///< of its first line, if that tells none
};

/// What all parts share.
struct Surroundings {
  const host::Host& host;
  const parse::ZoneInfo& zone;
  const std::map<int64_t, std::string>& usernames;  ///< by uid
  std::chrono::steady_clock::time_point deadline;
};

/// Whether the part's years are known only when it was read to its end. Then the first line's year
/// is a guess, and it is read again when another one is right.
bool may_span_years(const Part& part);

/// Reads a part; what is folded goes to `folds`, which one thread at a time may use.
PartFacts read_part(const Part& part, const Surroundings& surroundings, Folds& folds);

}  // namespace genba::collect::logs
