// SPDX-License-Identifier: Apache-2.0
//
// Gets the facts that a verb works on, from wherever the responder pointed it: the running
// machine, a tree, or a stored case. Covered by tests/whole.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "app/progress.h"
#include "collect/collector.h"
#include "model/facts.h"
#include "render/report.h"
#include "sys/sandbox.h"

namespace genba::app {

enum class Walk : uint8_t { kYes, kNo };

/// What to look at and how.
struct ObserveOptions {
  std::optional<std::string> root;      ///< a tree to read as if it were /
  std::optional<std::string> case_dir;  ///< a stored case
  std::optional<std::string> save_dir;  ///< keep what was seen here
  collect::Depth depth = collect::Depth::kDefault;
  Walk walk = Walk::kYes;
  bool allow_module_load = false;
  /// Whether this run writes a file (a case, a report); else the sandbox forbids all writing.
  sys::Writing writing = sys::Writing::kForbidden;
  int jobs = 0;  ///< 0: one a processor, at most 4
  std::string version;
  std::string command;
};

/// Facts and what it cost to get them.
struct Observation {
  model::Facts facts;
  render::RunFigures run;
  /// Whether --save could keep it all; told after the answer, which must not be lost with it.
  base::Result<void> kept;
  /// Why nothing of a --root says anything, when it holds no system (a disk that is not mounted).
  std::optional<base::Error> no_system;
};

/// What a verb does while the machine can still be asked: after the collectors have run, inside the
/// sandbox. `context` is that of a collector whose facts are the run's.
using HostWork = std::function<base::Result<void>(collect::Context& context)>;

/// An Observation, or kInvalid for options that cannot be obeyed (a --root that is no directory, a
/// --save that exists), kDamaged for a case that cannot be read at all.
/// `work` is not done for a case, which has no machine; its error becomes the result.
base::Result<Observation> observe(const ObserveOptions& options, const collect::Wanted& wanted,
                                  Progress& progress, const HostWork& work = {});

/// Fills in what is known only at the end: the seconds since `started`, bytes written, memory.
void complete_figures(std::chrono::steady_clock::time_point started, render::RunFigures& run);

/// Whether anything useful was read: more than coverage, the machine's name and its root directory,
/// not of a tree that holds no system, and of a running machine not without its processes.
bool saw_anything(const model::Facts& facts);

}  // namespace genba::app
