// SPDX-License-Identifier: Apache-2.0
//
// Tells what Genba did to a host, from its journal of actions, and how a case's logs held when they
// were verified. Covered by actions_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/action.h"
#include "render/report.h"

namespace genba::render {

/// `genba case log`: what is in force, what was begun and has no outcome, then every action.
std::string render_actions(const model::ActionLog& log, const TerminalStyle& style);

/// The same as JSON lines: journal, action…, in_force…, note…, summary.
std::string render_actions_json(const model::ActionLog& log);

enum class LogState : uint8_t {
  kSealed,  ///< a case's log, whole
  kWhole,   ///< a journal, whole as far as it goes
  kCut,     ///< no seal, half a line at the end, or not begun as a journal is
  kAltered,
  kShortened  ///< the chain value that was noted elsewhere does not stand in it
};

/// Stable names: sealed whole cut altered shortened.
std::string_view to_string(LogState state);

/// What verifying one log brought.
struct LogCheck {
  std::string name;  ///< log.jsonl, actions.jsonl
  LogState state = LogState::kWhole;
  uint64_t lines = 0;
  std::string chain;
  size_t objects = 0;
  size_t objects_wrong = 0;
  std::vector<base::Note> notes;

  bool holds() const {
    return (state == LogState::kSealed || state == LogState::kWhole) && objects_wrong == 0;
  }
};

/// `genba case verify`.
std::string render_checks(const std::vector<LogCheck>& checks, const TerminalStyle& style);
std::string render_checks_json(const std::vector<LogCheck>& checks);

}  // namespace genba::render
