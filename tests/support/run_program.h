// SPDX-License-Identifier: Apache-2.0
//
// Runs a program as a person would: in a pipe or on a terminal, with an environment that the test
// chose in full, and never longer than its deadline. For the tests of the whole binary.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace genba::test {

enum class Where : uint8_t {
  kPipe,      ///< stdout and stderr are pipes
  kTerminal,  ///< each is a pseudo-terminal of its own, raw, so that they can be told apart
  kClosed     ///< the reader of stdout is gone already
};

/// Exit code of a child whose before_exec said no: this machine cannot make the situation.
inline constexpr int kNotPrepared = 126;

struct ProgramOptions {
  std::vector<std::string> environment = {"PATH=/usr/bin:/bin", "TERM=xterm"};  ///< all of it
  Where where = Where::kPipe;
  uint16_t columns = 80;               ///< of the terminals
  std::optional<uint32_t> user;        ///< user and group id to become, without other groups
  std::optional<int> mount_namespace;  ///< a file descriptor of /proc/PID/ns/mnt
  std::function<bool()> before_exec;   ///< in the child, last; false ends it with kNotPrepared
  std::chrono::seconds deadline{300};
};

struct ProgramResult {
  int status = -1;  ///< exit code; 128 + n when signal n ended it
  bool timed_out = false;
  std::string out;
  std::string err;
};

/// Standard input is empty. A program that cannot be started exits with 127.
ProgramResult run_program(const std::vector<std::string>& words,
                          const ProgramOptions& options = {});

/// run_program of the genba that was built with this test.
ProgramResult run_genba(std::vector<std::string> words, const ProgramOptions& options = {});

/// The value of a variable that cmake/Tests.cmake sets; fails the test when it is not there.
std::string given(const char* variable);

std::vector<std::string> lines_of(std::string_view text);

/// The path in GENBA_BINARY; empty when nothing was built there.
std::string genba_binary();
/// Whether the binary needs no loader: only then are its first system calls its own.
bool is_static(const std::string& binary);
bool is_root();

/// For before_exec: becomes the user nobody, without other groups.
bool become_nobody();

}  // namespace genba::test

#define GENBA_NEEDS(condition, words)               \
  do {                                              \
    if (!(condition)) {                             \
      GTEST_SKIP() << "SKIPPED: needs " << (words); \
    }                                               \
  } while (false)
