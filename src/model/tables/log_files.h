// SPDX-License-Identifier: Apache-2.0
//
// Which logs are there, from when to when, and in what state? One row for each file, so that what
// is missing can be seen: a rotation without number 2, a file that begins in the middle, one that
// is there and empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// Log files, what they span and in what state they are.
struct LogFile {
  std::string path;
  std::string source;
  std::string format;
  std::optional<std::string> compression;
  int64_t size = 0;
  std::optional<int64_t> lines;
  int64_t unread = 0;
  std::optional<base::Timestamp> first_time;
  std::optional<base::Timestamp> last_time;
  std::optional<std::string> certainty;
  std::optional<base::Timestamp> mtime;
  std::optional<base::Timestamp> ctime;
  std::optional<base::Timestamp> btime;
  int64_t inode = 0;
  std::string mode;
  int64_t uid = 0;
  std::string state;
  int64_t damaged_bytes = 0;
  int64_t nul_bytes = 0;
};

template <>
struct TableOf<LogFile> {
  static constexpr ColumnInfo kColumns[] = {
      column<&LogFile::path>("path", "File."),
      column<&LogFile::source>("source", "The rotated set it belongs to."),
      column<&LogFile::format>(
          "format", "syslog, web_access, web_error, journal, utmp, audit, dpkg …, or unknown."),
      column<&LogFile::compression>("compression", "gzip, xz, zstd or bzip2."),
      column<&LogFile::size>("size", "Size in bytes, as it lies there."),
      column<&LogFile::lines>("lines", "Lines or records read."),
      column<&LogFile::unread>("unread", "1 when time was up before it was read."),
      column<&LogFile::first_time>("first_time", "Its first event."),
      column<&LogFile::last_time>("last_time", "Its last event."),
      column<&LogFile::certainty>(
          "certainty", "How sure the time is: exact, anchored, assumed_zone, inferred_year."),
      column<&LogFile::mtime>("mtime", "Modification time."),
      column<&LogFile::ctime>("ctime", "Change time."),
      column<&LogFile::btime>("btime", "Birth time."),
      column<&LogFile::inode>("inode", "Inode."),
      column<&LogFile::mode>("mode", "Permission bits."),
      column<&LogFile::uid>("uid", "Owner."),
      column<&LogFile::state>("state",
                              "whole, truncated, damaged, empty, unreadable, unread or unknown."),
      column<&LogFile::damaged_bytes>("damaged_bytes", "Bytes that could not be used."),
      column<&LogFile::nul_bytes>(
          "nul_bytes", "Bytes in runs of NULs, as a truncation under a writer leaves them."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo =
        small_table<LogFile>("log_files", "Log files, what they span and in what state they are.",
                             TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& log_files() {
  return TableOf<LogFile>::info();
}
}  // namespace tables

}  // namespace genba::model
