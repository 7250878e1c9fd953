// SPDX-License-Identifier: Apache-2.0
//
// What kind of log is this? Binary ones have magic numbers or fixed names; of text, the first lines
// decide, because names differ between distributions and a forger can choose them. A file whose
// first lines are damaged (NULs left by a truncation) is told by the first that are not.
// Covered by log_format_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "parse/log_time/log_time.h"

namespace genba::collect::logs {

/// Kinds of logs that are read.
enum class LogFormat : uint8_t {
  kUnknown,
  kSyslog,
  kWebAccess,
  kWebError,
  kJournal,
  kUtmp,  ///< wtmp and its like: what happened
  kBtmp,  ///< the same records: what was refused
  kLastlog,
  kLastlog2,
  kWtmpdb,
  kAudit,
  kDpkg,
  kApt,
  kYum,
  kDnf,
  kZypper,
  kFtp,
  kFail2ban,
  kDocker,
};

/// As the table log_files shows it.
std::string_view to_string(LogFormat format);

/// The format of a file by its path and its first bytes (decompressed). kUnknown: text or data that
/// is none of ours.
LogFormat detect_format(std::string_view path, std::string_view head);

/// Whether the format is text in lines that begin with a time, read as they come.
bool is_text(LogFormat format);

/// The time that a line tells, for text formats. Nothing for lines that continue another.
std::optional<parse::LogTime> time_of_line(LogFormat format, std::string_view line);

/// The time with which a stretch of lines begins: of the first line that the next one follows
/// within a week, so that one odd line does not date all.
std::optional<parse::LogTime> first_time_of(LogFormat format, std::string_view lines);

}  // namespace genba::collect::logs
