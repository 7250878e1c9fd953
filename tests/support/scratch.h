// SPDX-License-Identifier: Apache-2.0
//
// A directory for one test, and the things that a test puts there: files, links, FIFOs, sockets,
// device nodes, old times. Gone, with everything in it, when the test ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace genba::test {

class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& path() const { return path_; }
  /// `relative` under the directory.
  std::string at(std::string_view relative) const;

  // Each makes the directories above it; each aborts the test when it fails.
  void file(std::string_view relative, std::string_view bytes);
  void directory(std::string_view relative);
  void link(std::string_view relative, std::string_view target);
  void fifo(std::string_view relative);
  void socket(std::string_view relative);
  /// A character device 1:3 (null). False when this machine does not allow it.
  bool device(std::string_view relative);
  /// Access and modification time, in seconds since 1970; of the link itself.
  void times(std::string_view relative, int64_t seconds);
  /// The access time of the link or file itself.
  int64_t access_time(std::string_view relative) const;

 private:
  void parents(std::string_view relative);
  std::string path_;
};

}  // namespace genba::test
