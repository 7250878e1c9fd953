// SPDX-License-Identifier: Apache-2.0
//
// Judges a trace (strace -f -y) of the whole binary against the promises of docs/architecture.md:
// it runs nothing, loads nothing, opens by path only what it must, writes only what it was told
// to, and touches no other process. Judged by the calls attempted, not by those that succeeded.
// Covered by whole/trace_test.cc, which also shows that each broken promise is noticed.
// Verbs that change the machine have promises of their own.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace genba::test {

/// What a run is there for.
enum class Deeds : uint8_t {
  kLook,
  kAct,    ///< changes the machine: see whole/trace_acting.h
  kProve,  ///< and sends packets that must not get through
};

struct TraceRules {
  Deeds deeds = Deeds::kLook;
  /// Paths, or beginnings of paths, that the responder named for writing.
  std::vector<std::string> outputs;
  /// Paths that may be opened by name from the working directory: what the responder named.
  std::vector<std::string> inputs;
  /// Processes that acting may end, besides its own.
  std::set<int64_t> may_end;
  /// A dynamic binary's loader works before main: its calls before the process is made undumpable
  /// are not ours.
  bool is_static = true;
};

/// One line for each broken promise; empty when all were kept.
std::vector<std::string> find_violations(std::string_view trace, const TraceRules& rules);

/// The options for strace that make such a trace, but for -o FILE and the program.
std::vector<std::string> strace_options();

}  // namespace genba::test
