// SPDX-License-Identifier: Apache-2.0
//
// From lines of one format to facts. One reader for each kind of text log; what they share (the
// clock, where a line stands) is in LineContext. A reader lives as long as one part of one file.
// Covered by logs_test.cc.
#pragma once

#include <memory>
#include <string_view>

#include "collect/logs/line_code.h"
#include "collect/logs/log_format.h"
#include "collect/logs/part_facts.h"
#include "parse/log_clock/log_clock.h"
#include "parse/text_scan/text_scan.h"

namespace genba::collect::logs {

/// What readers need to know of the part that they read.
struct LineContext {
  std::string_view path;
  std::string_view source;  ///< name of the set
  uint16_t file = 0;
  uint16_t source_number = 0;
  uint32_t part = 0;
  parse::LogClock& clock;
  PartFacts& facts;
  Folds& folds;

  LineCode line_of(const parse::LogLine& line) const { return line_code(part, line.number); }
  /// The line's place in a row of facts.
  template <class Row>
  void put_place(const parse::LogLine& line, Row& row) const {
    row.path = path;
    row.source = source;
    row.line = line_of(line);
    row.offset = static_cast<int64_t>(line.offset);
  }
  /// Resolves a line's time and gives it to the rhythm.
  base::Timestamp time_of(const parse::LogTime& time, const parse::LogLine& line) {
    const base::Timestamp resolved = time_of(time);
    facts.rhythm.add(resolved.nanoseconds / 1'000'000'000, line_of(line));
    return resolved;
  }
  /// The same for a time that the rhythm has had already.
  base::Timestamp time_of(const parse::LogTime& time) {
    const parse::ResolvedTime resolved = clock.resolve(time);
    facts.certainty = std::max(facts.certainty, resolved.certainty);
    certainty = resolved.certainty;
    return base::timestamp_from_unix(resolved.seconds, resolved.nanosecond);
  }
  base::Certainty certainty = base::Certainty::kExact;  ///< of the last time
};

class LineReader {
 public:
  virtual ~LineReader() = default;
  virtual void read(const parse::LogLine& line) = 0;
  /// After the last line.
  virtual void end() {}
};

std::unique_ptr<LineReader> make_syslog_reader(LineContext& context);
std::unique_ptr<LineReader> make_web_access_reader(LineContext& context);
std::unique_ptr<LineReader> make_web_error_reader(LineContext& context);
std::unique_ptr<LineReader> make_audit_reader(LineContext& context);
std::unique_ptr<LineReader> make_package_reader(LogFormat format, LineContext& context);
std::unique_ptr<LineReader> make_ftp_reader(LineContext& context);
std::unique_ptr<LineReader> make_fail2ban_reader(LineContext& context);
std::unique_ptr<LineReader> make_docker_reader(LineContext& context);

/// The reader of a text format (is_text).
std::unique_ptr<LineReader> make_reader(LogFormat format, LineContext& context);

}  // namespace genba::collect::logs
