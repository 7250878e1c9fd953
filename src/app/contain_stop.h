// SPDX-License-Identifier: Apache-2.0
//
// `genba contain freeze`, `kill` and `thaw`: evidence first, then the whole family stopped
// together, then, when asked, ended, and a watch for whoever brings it back. Each step stands in
// the journal before it is taken, so that a later run takes back what a killed one left. What is to
// be done is told before it is asked for. Covered by tests/live/contain_stop_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "act/freeze/snapshot.h"
#include "app/act_scene.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/query.h"
#include "base/result.h"
#include "render/report.h"

namespace genba::app {

/// Where cases are kept when the responder names no directory.
inline constexpr std::string_view kDefaultCases = "/var/lib/genba/cases";

/// The steps of a run, in order. kFreezing comes before each change that a freeze makes, when what
/// it will have changed is on the disk.
enum class StopStage : uint8_t { kLook, kAsk, kSave, kFreezing, kSaveFrozen, kKill, kWatch, kThaw };

/// What a kill of an earlier freeze does when nothing more can be kept of who is frozen.
enum class Evidence : uint8_t { kRequired, kIfPossible };

struct StopOptions {
  // Which family: exactly one of the first two, or for kill and thaw `id`.
  std::optional<int64_t> pid;
  std::optional<std::string> finding;       ///< "f-…"
  std::optional<std::string> id;            ///< of an earlier freeze
  std::optional<std::string> finding_case;  ///< the case in which the finding was found
  /// Without it, and when the finding is none of now: where the newest cases are looked through.
  std::string kept_cases = std::string(kDefaultCases);

  std::optional<std::string> save_dir;  ///< of the case; default: a new one in kDefaultCases
  act::MemoryChoice memory = act::MemoryChoice::kLeave;
  Evidence evidence = Evidence::kRequired;
  uint64_t memory_limit = 1ULL << 30;  ///< bytes of all processes together
  std::chrono::seconds watch{120};     ///< after a kill; 0: none

  ActOptions act;
  std::vector<std::string> rule_directories;

  Format format = Format::kTable;  ///< kTable: text for people
  render::TerminalStyle style;
  std::string program = "genba";  ///< how this binary was started
  /// Asked after the plan was told; false ends the run with nothing changed. Empty: yes.
  std::function<bool()> confirm;
  /// Told before each step.
  std::function<void(StopStage)> stage;
};

enum class StopOutcome : uint8_t {
  kDone,        ///< exit code 0
  kFailed,      ///< not all are frozen, dead or thawed, or evidence is missing: exit code 4
  kDeclined,    ///< by the person; nothing was changed: exit code 4
  kReaderGone,  ///< nobody reads the plan on standard output; nothing was changed: exit code 4
};

/// kInvalid, with nothing changed, for what cannot be obeyed: no such process, one that must not be
/// touched, options that contradict each other. kDenied without root. kOutput when something had
/// been begun and failed. All of them say what to do.
base::Result<StopOutcome> run_freeze(const StopOptions& options, Progress& progress);

/// Freezes first what is not frozen yet. What an earlier freeze holds is ended although the journal
/// cannot be written: the entries are told on standard error. kFailed also when somebody came back
/// or was never caught.
base::Result<StopOutcome> run_kill(const StopOptions& options, Progress& progress);

/// Lets a frozen family go on as it was, recorded or not. Asks too: it is malware that goes on.
base::Result<StopOutcome> run_thaw(const StopOptions& options, Progress& progress);

}  // namespace genba::app
