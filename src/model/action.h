// SPDX-License-Identifier: Apache-2.0
//
// What Genba did to a host: the entries of the journal of actions, and what they left behind. Facts
// come from the host; these come from us. Written by act/journal, told by render.
// Covered by act/journal/entries_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace genba::model {

/// When, by the wall clock and by the clock that nobody can set. The order of the journal and the
/// age of an entry never come from the wall clock.
struct ActionTime {
  base::Timestamp utc;
  std::string boot_id;     ///< /proc/sys/kernel/random/boot_id; empty when it was unreadable
  int64_t since_boot = 0;  ///< nanoseconds of CLOCK_BOOTTIME
};

/// Who. What is unknown is absent.
struct ActionActor {
  int64_t uid = 0;
  std::optional<int64_t> loginuid;  ///< who logged in, through su and sudo
  std::string tty;                  ///< "pts/0"
  std::string address;              ///< the other end of the session
};

/// How far a step came.
enum class ActionOutcome : uint8_t {
  kIntended,  ///< it was about to begin; nothing is known of its end
  kDone,      ///< the kernel took it
  kFailed,    ///< it did not work; `after` says what there is now
  kProven,    ///< done, and tried from outside: it holds
  kAsserted,  ///< done, but it could not be tried
};

/// What a step does to the thing it is about, which tells what is in force.
enum class ActionEffect : uint8_t {
  kNone,         ///< a look, a copy, a kill: nothing stays that could be undone
  kEstablishes,  ///< from now on it is in force, or in another state
  kLifts,        ///< from now on it is not
};

/// Stable names: intended done failed proven asserted; none establishes lifts.
std::string_view to_string(ActionOutcome outcome);
std::string_view to_string(ActionEffect effect);
std::optional<ActionOutcome> parse_action_outcome(std::string_view name);
std::optional<ActionEffect> parse_action_effect(std::string_view name);

/// A state of the host as the acting code gives it: JSON text, or the digest of the object that
/// holds the text when it is long. Both empty: none was given.
struct ActionState {
  std::string text;
  std::string sha256;
  bool empty() const { return text.empty() && sha256.empty(); }
};

/// One step: its intention, and its end when one was written.
struct Action {
  uint64_t id = 0;  ///< the number of the intention's line
  ActionTime began;
  ActionActor actor;
  std::string verb;     ///< "contain apply", "freeze", "ban"
  std::string subject;  ///< what it is about and is lifted by: "containment", "freeze f-7c1e"
  std::string why;      ///< as the responder gave it
  std::string plan_sha256;
  ActionEffect effect = ActionEffect::kNone;
  ActionState before;

  ActionOutcome outcome = ActionOutcome::kIntended;
  std::optional<ActionTime> ended;
  ActionState after;
  std::string detail;  ///< the error of a failure, or a word about the proof

  /// Whether all its lines stand in an unbroken chain.
  bool proven = true;
};

/// A thing that is in force, as far as the journal knows.
struct InForce {
  std::string subject;
  uint64_t established_by = 0;  ///< the action whose state counts
  ActionState state;            ///< its `after`
  /// False when the host has been started again since: what the kernel held is gone.
  bool of_this_boot = true;
};

/// All that the journal says.
struct ActionLog {
  std::string version;  ///< of the Genba that began it
  std::string host;
  ActionTime began;
  std::vector<Action> actions;  ///< in order
  std::vector<uint64_t> open;   ///< ids of intentions without an end
  std::vector<InForce> in_force;
  struct Object {
    std::string sha256;
    int64_t bytes = 0;
    std::string source;
  };
  std::vector<Object> objects;
  uint64_t lines = 0;
  std::string chain;                ///< behind the last line; worth noting elsewhere
  std::vector<std::string> chains;  ///< behind each line
  bool altered = false;
  bool has_half_line = false;  ///< at its end: a full disk, a pulled plug, or a hand
  /// Its first line is not the one that every journal begins with: lines were taken off the front,
  /// or all of them, or Genba had no room to begin it.
  bool headless = false;
  std::vector<base::Note> notes;

  /// The action of that id, or nullptr.
  const Action* find(uint64_t id) const;
};

}  // namespace genba::model
