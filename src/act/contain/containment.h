// SPDX-License-Identifier: Apache-2.0
//
// A containment that is in force, or was meant to be: all that a later run of Genba needs to
// confirm, extend, watch or undo it. A plain struct, kept in the journal of actions as one JSON
// object: before the kernel is touched as the state before, and after it as what there is now.
// Names of devices and paths are bytes; what is not printable ASCII, and '%', stands as %NN.
// Covered by containment_test.cc and containment_fuzz.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "act/contain/ruleset.h"
#include "act/freeze/process_scan.h"
#include "base/result.h"
#include "model/action.h"
#include "model/containment.h"

namespace genba::act {

/// A ruleset of others in a few words, to see later whether it is the same.
struct RulesetDigest {
  std::string sha256;  ///< of what stays until somebody changes it (sys/nf_tables/nf_tables_dump.h)
  uint64_t tables = 0;
  uint64_t rules = 0;
  std::vector<std::string> names;  ///< of the tables, the first kMostTableNames
  uint32_t generation = 0;
  friend bool operator==(const RulesetDigest&, const RulesetDigest&) = default;
};
inline constexpr size_t kMostTableNames = 64;

/// What was done in one network namespace.
struct ContainedNamespace {
  int64_t inode = 0;
  bool own = false;  ///< Genba's, as the plan sees it
  // How to enter: a process that lives there, or where it is mounted.
  ProcessKey process;
  std::string path;
  RulesetDigest before;
  /// The kernel took our tables.
  bool contained = false;
  /// It was there when the plan was made, and nobody lives in it now.
  bool gone = false;
  bool owned = false;  ///< the tables had an owner when this was written
  DeviceHooks hooks = DeviceHooks::kNone;
  std::vector<HookedName> devices;
  /// SHA-256 of what our tables hold, as the kernel told it right after.
  std::string contents;
  std::string trouble;  ///< why it is not contained
  std::vector<std::string> notes;
  friend bool operator==(const ContainedNamespace&, const ContainedNamespace&) = default;
};

struct Containment {
  std::string id;
  std::string version;  ///< of the Genba that made it
  std::string rung = "nf_tables";
  std::string boot_id;
  bool hold = false;
  int64_t timeout = 0;           ///< seconds that the timer was set to last; 0 with hold
  int64_t armed_utc = 0;         ///< nanoseconds since 1970, by a clock that may be wrong
  int64_t armed_since_boot = 0;  ///< nanoseconds of CLOCK_BOOTTIME, when the timer was last set
  bool confirmed = false;
  ProcessKey guard;  ///< pid 0: none
  /// What the rules were made of. Of flows no reasons, of blocked networks all.
  std::vector<model::AllowedFlow> flows;
  std::vector<base::Network> blocked;
  int64_t session_namespace = 0;  ///< where the responder's session lives; 0 for none
  std::vector<int64_t> kept;      ///< inodes of namespaces that were left out on purpose (--keep)
  std::vector<ContainedNamespace> namespaces;

  bool keeps(int64_t inode) const;
  /// Whether the kernel will open it by itself.
  bool has_timer() const { return !hold && !confirmed; }
  const ContainedNamespace* own() const;
  ContainedNamespace* find(int64_t inode);
};

/// At most as many of each list in one state.
inline constexpr size_t kMostContained = 4096;

/// One line of ASCII JSON.
std::string to_json(const Containment& containment);
/// kDamaged for anything that to_json does not write; unknown keys are passed over.
base::Result<Containment> containment_from_json(std::string_view text);

/// What a step has to say to people: an id that stays, and one line.
using ContainNote = model::PlanNote;
/// "our network namespace", "network namespace 4026532208".
model::Text name_of(const ContainedNamespace& where);
/// A note about a namespace: its name, a colon, the words.
ContainNote note_about(const ContainedNamespace& where, std::string id, const model::Text& words);
/// The same words in both languages: what the kernel or the system says.
model::Text untranslated(const std::string& words);

/// A name for a containment that begins now: "c-" and eight hex digits.
std::string new_containment_id(const model::ActionTime& now);

/// What the journal calls it.
inline constexpr std::string_view kContainSubject = "containment";

/// The verb of the entry that tells that a timer ran out.
inline constexpr std::string_view kTimerVerb = "contain timer";
/// Whether the journal's last containment was ended by its timer: nobody had confirmed it.
bool was_ended_by_timer(const model::ActionLog& log);

/// What a recorded state says that it stands on; empty when it says nothing. States of other rungs
/// are read by act/ladder.
std::string recorded_rung(std::string_view text);

/// The last containment that the journal tells of and that was not lifted, also one whose apply
/// failed half way or never ended. kNotFound when there is none, or it stands on another rung than
/// nf_tables; kDamaged when it cannot be read.
/// `directory` is the journal's, where long states are kept as objects.
base::Result<Containment> find_containment(const model::ActionLog& log, std::string_view directory);

}  // namespace genba::act
