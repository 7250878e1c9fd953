// SPDX-License-Identifier: Apache-2.0
//
// One line on a terminal's stderr that says what is being read; nothing in a pipe. It is redrawn
// at most ten times a second and wiped at the end. What is read may bear a name that an attacker
// chose: it is escaped, and cut to the columns of the terminal. Covered by progress_test.cc (pty).
#pragma once

#include <chrono>
#include <mutex>
#include <string_view>

#include "model/finding.h"

namespace genba::app {

enum class ProgressMode : uint8_t { kSilent, kShown };

/// The progress line. Thread-safe; wipes itself when destroyed.
class Progress {
 public:
  Progress(ProgressMode mode, model::Language language);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Shows that `what` (a collector's name, a directory, "judge") is at work; any bytes.
  void show(std::string_view what);
  void wipe();

 private:
  std::mutex mutex_;
  ProgressMode mode_;
  model::Language language_;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point drawn_;
  bool visible_ = false;
};

}  // namespace genba::app
