// SPDX-License-Identifier: Apache-2.0
//
// Runs the built binary (GENBA_BINARY), or any program, and tells what came of it. Each run is a
// child that first does what the test wants done to it: another user, other mounts, a filter.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace genba::test {

struct RunResult {
  int exit_code = -1;  ///< 128 + signal when it was killed
  std::string out;
  std::string err;
  double seconds = 0;
};

struct RunOptions {
  std::vector<std::string> environment;  ///< "NAME=value"; nothing is inherited
  std::function<bool()> before_exec;     ///< in the child; false ends it with exit code 126
  int timeout_seconds = 300;             ///< SIGKILL after it
};

/// Runs `arguments[0]` (a path) and waits.
RunResult run_program(const std::vector<std::string>& arguments, const RunOptions& options = {});

/// The path in GENBA_BINARY; the test skips loudly (and this is empty) when there is none.
std::string genba_binary();
/// Whether the binary needs no loader: only then are its first system calls its own.
bool is_static(const std::string& binary);
/// Whether we are root; tests that need it skip loudly.
bool is_root();

}  // namespace genba::test

#define GENBA_NEEDS(condition, words)               \
  do {                                              \
    if (!(condition)) {                             \
      GTEST_SKIP() << "SKIPPED: needs " << (words); \
    }                                               \
  } while (false)
