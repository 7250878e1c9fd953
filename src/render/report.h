// SPDX-License-Identifier: Apache-2.0
//
// Everything a renderer may know: the judgement, the facts it rests on, and the run's own figures.
// Renderers turn it into text and never query the host. Covered by the tests of each renderer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/facts.h"
#include "model/finding.h"

namespace genba::render {

/// Whether the case that was read is as it was sealed; kNone when none was read.
enum class CaseState : uint8_t { kNone, kSealed, kCut, kAltered };

/// What the run itself did and cost.
struct RunFigures {
  std::string version;  ///< "0.1.0 (commit abc, release)"
  std::string command;  ///< the command line, for the record
  base::Timestamp started;
  double seconds = 0;
  std::string source;  ///< "live", "root /mnt/x", "case DIR"
  CaseState case_state = CaseState::kNone;
  /// How this binary was started, as a shell would take it: "./genba". Commands for a person begin
  /// with it, for on a hostile host a bare name may be another program.
  std::string program = "genba";
  uint64_t files_opened = 0;
  uint64_t directories_read = 0;
  uint64_t bytes_read = 0;
  uint64_t bytes_written = 0;
  uint64_t files_with_moved_access_time = 0;
  uint64_t helpers_started = 0;
  uint64_t helpers_abandoned = 0;
  uint64_t peak_memory_bytes = 0;
};

struct Report {
  const model::Facts* facts = nullptr;
  const model::Judgement* judgement = nullptr;
  RunFigures run;
};

enum class Colour : uint8_t { kPlain, kAnsi };
enum class Detail : uint8_t { kSummary, kFull };

struct TerminalStyle {
  Colour colour = Colour::kPlain;
  size_t columns = 80;
  model::Language language = model::Language::kEnglish;
  Detail detail = Detail::kFull;
};

/// The terminal summary: verdict, story, what to do now, what could not be looked at; then detail.
std::string render_terminal(const Report& report, const TerminalStyle& style);

/// One HTML file without scripts or references to anything outside it; at most 5 MB.
std::string render_html(const Report& report, model::Language language);

/// `triage --json`: JSON lines as docs/architecture.md contracts them. `more_lines`, whole lines of
/// another verb, come behind the first.
std::string render_json_lines(const Report& report, model::Language language,
                              std::string_view more_lines = {});

}  // namespace genba::render
