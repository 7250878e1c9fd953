// SPDX-License-Identifier: Apache-2.0
//
// The journal of actions: what Genba did to this host, who wanted it and why, the state before and
// after. The intention is on the disk before an action begins and its outcome after it, so that a
// Genba that is killed between any two steps leaves a trace that the next one finds (log().open).
// The order is that of the lines, ages come from CLOCK_BOOTTIME: a clock set back a year changes
// nothing. The journal stands in a directory that the responder names (a case may be one: it is
// written beside the case's sealed log), by default kDefaultJournal; nothing is written elsewhere.
// The chain has no key: an intruder who is root can take lines off the end, or write the whole
// journal anew, unseen. The chain value that is told after each run is worth noting elsewhere.
// Covered by journal_test.cc.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "act/journal/entries.h"
#include "base/result.h"
#include "host/host.h"
#include "model/action.h"
#include "store/case/chained_log.h"

namespace genba::act {

/// Where the journal is when the responder names no directory.
inline constexpr std::string_view kDefaultJournal = "/var/lib/genba/actions";

/// Whether an action may go on whose intention cannot be written (no room, read-only disk, a
/// journal that was altered). What only lifts something may: whoever filled the disk must not keep
/// a machine closed or its processes frozen. What establishes something must not: it could not be
/// found again.
enum class Unrecorded : uint8_t { kRefused, kAllowed };

struct JournalOptions {
  std::string directory = std::string(kDefaultJournal);
  std::string version;       ///< of this Genba
  model::ActionActor actor;  ///< read_actor(), and the session's address
  std::string why;           ///< the responder's words; may be empty
  Unrecorded unrecorded = Unrecorded::kRefused;
  /// Told, in one line each, what could not be written: the reason, and the entry itself. The
  /// caller prints it to standard error.
  std::function<void(std::string_view line)> tell;
};

/// A step that is about to begin.
struct Step {
  std::string verb;     ///< "contain apply"
  std::string subject;  ///< what a later step lifts it by; empty only with kNone
  model::ActionEffect effect = model::ActionEffect::kNone;
  std::string plan_sha256;  ///< of the plan as it was shown; empty without one
  std::string before;       ///< the state before, JSON text; long ones become an object
};

/// How it came out.
struct Ending {
  model::ActionOutcome outcome = model::ActionOutcome::kDone;
  std::string after;   ///< the state after, JSON text
  std::string detail;  ///< the error, or what the proof was
};

/// The journal of one run. It holds the lock as long as it lives. Moves, never copies.
class Journal {
 public:
  /// Opens or makes the journal. kTimedOut when another Genba writes it (the words say who),
  /// kDamaged when it was altered; each error says what to do. With Unrecorded::kAllowed all but
  /// the first are told instead, recorded() is false, and log() has what could be read. Nobody
  /// holds the lock then.
  static base::Result<Journal> open(JournalOptions options);

  bool recorded() const { return log_.has_value(); }

  /// What stood in it when it was opened: open intentions, what is in force.
  const model::ActionLog& log() const { return entries_; }

  /// Writes the intention; returns the action's id when it is on the disk. On an error the action
  /// must not begin. With Unrecorded::kAllowed the entry is told instead, and there is no error.
  base::Result<uint64_t> begin(const Step& step);

  /// Writes the outcome, also of an action that an earlier run left open. On an error the entry is
  /// told: what was done is not lost, but the caller must not report success (exit code 4).
  base::Result<void> end(uint64_t action, const Ending& ending);

  /// Keeps a content (a memory image is the case's, not the journal's) and returns its SHA-256.
  base::Result<std::string> add_object(std::string_view source, std::string_view bytes);

  /// Behind the last line.
  std::string_view chain() const { return log_ ? std::string_view(log_->chain()) : ""; }

 private:
  explicit Journal(JournalOptions options) : options_(std::move(options)) {}
  base::Result<model::ActionState> keep_state(std::string_view source, std::string_view text);
  base::Result<void> write(store::CaseLineBuilder line);
  void tell(std::string_view line) const;

  JournalOptions options_;
  std::optional<store::ChainedLog> log_;
  model::ActionLog entries_;
  uint64_t unrecorded_ = 0;
};

/// Reads the journal of a directory opened as a tree (host::open_tree_host), without its lock.
/// `boot_id` as in read_entries. kNotFound when there is none.
base::Result<model::ActionLog> read_journal(const host::Host& directory, std::string_view boot_id);

}  // namespace genba::act
