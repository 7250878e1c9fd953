// SPDX-License-Identifier: Apache-2.0
//
// Writing what the responder named, and nothing else: a directory that was not there before, or
// was empty, and new files in it. Names never lead through a link, nothing is overwritten, nobody
// else may read. Every path is taken relative to the open directory, so that renaming it from
// outside cannot redirect a write. Source: open(2), mkdir(2). Covered by file_writer_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/fd.h"

namespace genba::sys {

/// A new file that is being written. Closes at its end; what close_file() did not write out by
/// then is lost. Moves, never copies.
class FileWriter {
 public:
  FileWriter() = default;
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&& other) noexcept;
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;
  ~FileWriter();

  /// Makes ready the one file that the responder named for a result. A new one is only tried: it
  /// comes to stay with replace_content(), so that a run that fails or is interrupted leaves
  /// nothing. One that is there must be a regular file (kWrongType; kLoop for a symbolic link),
  /// ours and under one name (kInvalid); it becomes 0600 and keeps its content until
  /// replace_content().
  static base::Result<FileWriter> open_output(std::string_view path);
  /// Makes or empties a file that was made ready by open_output and writes `bytes` into it.
  base::Result<void> replace_content(std::string_view bytes);

  /// Appends; small pieces are gathered before they are written.
  base::Result<void> append(std::string_view bytes);
  /// Writes out what was gathered.
  base::Result<void> flush();
  /// Writes out, waits until it is on the disk (fdatasync) and closes.
  base::Result<void> close_file();

 private:
  friend class DirectoryWriter;
  FileWriter(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  int fd_ = -1;
  Fd directory_;  ///< where a new output will stand
  std::string name_;
  std::string gathered_;
};

/// Bytes that this process has written to files so far; for the footprint.
uint64_t bytes_written();
/// For sys's other writers: counts what they have written.
void add_bytes_written(uint64_t bytes);

/// An open directory that new things are put into. Moves, never copies.
class DirectoryWriter {
 public:
  DirectoryWriter() = default;
  DirectoryWriter(DirectoryWriter&& other) noexcept;
  DirectoryWriter& operator=(DirectoryWriter&& other) noexcept;
  DirectoryWriter(const DirectoryWriter&) = delete;
  DirectoryWriter& operator=(const DirectoryWriter&) = delete;
  ~DirectoryWriter();

  /// Makes `path` with mode 0700. One that exists must be ours and empty (kInvalid), not a link to
  /// one (kLoop or kWrongType); its mode becomes 0700.
  static base::Result<DirectoryWriter> create(std::string_view path);

  /// Opens `path`, whatever is in it, or makes it and what is missing above it, each with mode
  /// 0700. One that exists must be ours and closed to the writing of others (kInvalid), not a link
  /// to one (kLoop or kWrongType); its mode stays as it is.
  static base::Result<DirectoryWriter> open_or_create(std::string_view path);

  /// Makes a directory below, mode 0700. Names here hold no slash.
  base::Result<DirectoryWriter> make_directory(std::string_view name) const;
  /// The same, or the one that is there, which must be no link.
  base::Result<DirectoryWriter> open_or_make_directory(std::string_view name) const;
  /// Makes a new file, mode 0600; kInvalid when the name is taken.
  base::Result<FileWriter> create_file(std::string_view name) const;
  /// Gives a file another name; kInvalid when that is taken.
  base::Result<void> rename_file(std::string_view from, std::string_view to) const;
  base::Result<void> remove_file(std::string_view name) const;
  /// Waits until the names in it are on the disk (fsync).
  base::Result<void> sync() const;

 private:
  friend class AppendFile;
  explicit DirectoryWriter(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace genba::sys
