// SPDX-License-Identifier: Apache-2.0
//
// Where freezing and killing happen: the machine, opened and looked at, inside the sandbox of
// containment. Acting is additive to looking, so the `look` profile, which forbids signals, is
// never entered. Covered by tests/live/contain_stop_test.cc.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "act/contain/responder.h"
#include "act/freeze/process_scan.h"
#include "app/contain_stop.h"
#include "app/stop_finding.h"
#include "base/result.h"
#include "host/host.h"
#include "judge/rule.h"
#include "model/facts.h"
#include "model/finding.h"

namespace genba::app {

/// What is known of a process that was named by number, at the very start: it may be gone by the
/// time everything has been read.
struct NamedProcess {
  act::ProcessKey key;
  std::optional<act::Executable> executable;
};

/// What a number in the options stands for: a process that runs, or one that a freeze holds.
enum class Naming : uint8_t { kProcess, kFreeze };

struct StopScene {
  std::unique_ptr<host::Host> host;
  std::unique_ptr<host::Host> journal;  ///< its directory; nullptr when there is none yet
  std::string journal_directory;        ///< absolute
  std::string hostname;
  base::Timestamp started;
  uint64_t looked_at_ticks = 0;  ///< since boot, as act::ProcessKey has them
  std::optional<NamedProcess> named;

  model::Facts facts;                      ///< empty until look()
  std::vector<KeptCase> kept_cases;        ///< where a finding may stand that is not one of now
  std::optional<NamedFinding> finding;     ///< the one that was named
  std::vector<model::Text> not_looked_at;  ///< what look() could not do
  act::Responder responder;
  std::vector<std::pair<int64_t, int64_t>> socket_peers;
};

/// Opens the machine and enters the sandbox. kDenied without root, kInvalid when the named process
/// is not there.
base::Result<StopScene> open_stop_scene(const StopOptions& options, Naming naming);

/// Reads the tables that judging a family needs, and finds the finding that was named; kInvalid
/// when there is none of that id. May be called again: what an earlier look saw is forgotten.
base::Result<void> look(const StopOptions& options, Progress& progress, StopScene& scene);

/// An absolute path for what is relative to the directory in which Genba was started.
std::string absolute_path(const host::Host& host, std::string_view path);

}  // namespace genba::app
