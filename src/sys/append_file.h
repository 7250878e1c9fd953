// SPDX-License-Identifier: Apache-2.0
//
// A file that outlives its writer and is only added to: a journal. Each piece is there whole and
// on the disk when append() returns, or not there at all; a lock tells a second writer to wait.
// The lock is one of the open file description (fcntl(2), OFD): it goes with the descriptor, also
// when the process is killed, and no other descriptor of this process can lose it. Such a lock does
// not tell its holder's pid, so the holder writes into the locked file who it is. Sources: open(2),
// fcntl(2), fsync(2). Covered by append_file_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/fd.h"
#include "sys/file_writer.h"

namespace genba::sys {

enum class Lock : uint8_t {
  kOurs,
  kTaken,      ///< another writer has it
  kNotOffered  ///< this filesystem keeps no locks
};

/// A regular file, ours, under one name, mode 0600. Moves, never copies.
class AppendFile {
 public:
  AppendFile() = default;

  /// Opens the file of that name in the directory, or makes it. kWrongType when it is not regular,
  /// kLoop for a link, kInvalid when it belongs to another user or has another name somewhere.
  static base::Result<AppendFile> open(const DirectoryWriter& directory, std::string_view name);

  /// Tries for the lock, and does not wait. Gone when the file is closed.
  base::Result<Lock> try_lock() const;

  base::Result<uint64_t> size() const;
  /// All that is in it; kTooLarge beyond `limit` bytes.
  base::Result<std::string> read_all(uint64_t limit) const;

  /// Adds the bytes and waits until they are on the disk (fdatasync). On an error nothing of them
  /// stays, as far as the filesystem lets them be taken back.
  base::Result<void> append(std::string_view bytes) const;
  /// Shortens the file to `size` bytes, which is on the disk afterwards.
  base::Result<void> cut(uint64_t size) const;

 private:
  AppendFile(Fd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}

  Fd fd_;
  std::string name_;
};

}  // namespace genba::sys
