// SPDX-License-Identifier: Apache-2.0
//
// What freezing, killing and thawing a family of processes has to tell, as data: computed by app
// from act's answers, told by render. Reasons stand as act gives them, in English; render knows
// their Japanese. Covered by render/stopping_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/finding.h"
#include "model/respawner.h"

namespace genba::model {

enum class StopVerb : uint8_t { kFreeze, kKill, kThaw };
/// freeze kill thaw.
std::string_view to_string(StopVerb verb);

/// Why a process belongs: act's name of the tie (named, descendant, executable …), the member that
/// it leads to, and the path, inode or group that is shared.
struct FamilyLink {
  std::string tie;
  int64_t through = 0;
  std::string detail;
};

/// A process that is, or almost was, one of the family.
struct FamilyProcess {
  int64_t pid = 0;
  std::optional<base::Timestamp> start_time;
  std::string path;     ///< raw bytes; empty when it was unreadable
  std::string command;  ///< raw bytes
  std::vector<FamilyLink> links;
  std::string why;  ///< in words, where there are no links
};

/// What will be done, told before it is asked for.
struct StopPlan {
  StopVerb verb = StopVerb::kFreeze;
  std::string id;       ///< of the freeze; what thaw and kill name it by
  Text target;          ///< "process 42", "finding f-7c1e…"
  std::string version;  ///< of this Genba
  std::string host;
  bool is_frozen = false;  ///< by an earlier run
  std::vector<FamilyProcess> members;
  std::vector<FamilyProcess> left_out;
  std::vector<Respawner> respawners;  ///< surest first
  std::vector<Text> not_looked_at;
  std::vector<Text> notes;
  std::string evidence;  ///< the directory of the case; empty when nothing is to be kept
  std::string journal;   ///< the directory of the journal
  /// Bytes of memory that are kept at most, of all together; nothing: memory is not kept.
  std::optional<uint64_t> memory_limit;
  int64_t watch_seconds = 0;
};

/// A content that could not be kept, or not whole.
struct KeptInPart {
  std::string source;
  std::string why;
};

/// What was saved before anything was stopped.
struct KeptEvidence {
  std::string directory;
  std::string chain;  ///< of the sealed case; empty when it could not be sealed
  uint64_t processes = 0;
  uint64_t contents = 0;
  uint64_t bytes = 0;
  uint64_t executables = 0;   ///< processes whose program's bytes were kept
  uint64_t memory_bytes = 0;  ///< of private memory
  /// Processes that ended, or became others, while they were read.
  std::vector<int64_t> changed;
  std::vector<KeptInPart> in_part;
};

/// A process and what became of it.
struct StoppedProcess {
  int64_t pid = 0;
  std::string why;
};

struct FreezeTold {
  std::string id;
  std::string method;  ///< cgroup2, cgroup1, stop
  bool all_frozen = false;
  std::vector<StoppedProcess> frozen;  ///< each with how it belongs
  std::vector<StoppedProcess> not_frozen;
  std::vector<std::string> notes;
  int64_t microseconds = 0;  ///< from the first change to the last proof
};

struct KillTold {
  std::string id;
  bool complete = false;
  std::vector<int64_t> killed;
  std::vector<int64_t> gone;
  std::vector<StoppedProcess> survivors;
  std::vector<std::string> notes;
};

struct ThawTold {
  std::string id;
  bool complete = false;
  bool booted_since = false;  ///< nothing of the freeze can be left
  std::vector<int64_t> thawed;
  std::vector<int64_t> gone;
  std::vector<std::string> notes;
};

/// One that started a process, or started who started it.
struct StarterTold {
  int64_t pid = 0;
  std::string name;
  std::string path;
  std::string cgroup;
};

/// A process that resembles a dead one.
struct ComebackTold {
  int64_t pid = 0;
  int64_t parent = 0;
  std::string path;
  std::string command;
  std::string cgroup;
  std::vector<std::string> likeness;  ///< file path content command cgroup
  int64_t like = 0;                   ///< the dead one
  bool was_there = false;             ///< it was never caught
  std::vector<StarterTold> from;      ///< its parent first
  base::Timestamp seen_at;
};

struct WatchTold {
  int64_t seconds_asked = 0;
  int64_t seconds = 0;  ///< that were watched
  int64_t looks = 0;
  bool interrupted = false;  ///< by the person
  uint64_t comebacks = 0;
  std::string error;  ///< why the watch ended early, else empty
};

}  // namespace genba::model
