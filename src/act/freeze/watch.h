// SPDX-License-Identifier: Apache-2.0
//
// Who brings the malware back? What a frozen family looks like is remembered before it is killed;
// afterwards all processes are looked at again and again, and whoever resembles one of the dead is
// named, with the chain of those who started it: cron, a unit, a sibling that the family missed.
// Newcomers are looked at anew until they are ten seconds old: between fork and execve they still
// look like their parent. Where it does not hold: what lives for less than the interval is not
// seen; a new copy under another path, with other bytes and another command line resembles nothing.
// Covered by watch_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "act/freeze/freeze_state.h"
#include "act/freeze/process_scan.h"
#include "base/result.h"
#include "base/time.h"
#include "host/host.h"

namespace genba::act {

/// What is kept of a process to know it again.
struct Remembered {
  ProcessKey key;
  Executable executable;
  bool own_file = false;     ///< every process of this file belongs to the family
  std::string sha256;        ///< of an own file that is not too large; else empty
  std::string command;       ///< arguments joined by spaces
  bool own_command = false;  ///< says more than which program of the system it is
  std::string cgroup;        ///< where it was before the freeze
  bool own_cgroup = false;   ///< nobody else was in it
};

/// What is to be remembered of the processes of a freeze that still live. `own_files` as in
/// FreezeRequest::executables.
std::vector<Remembered> remember(const host::Host& host, const FreezeState& state,
                                 const std::vector<Executable>& own_files);

/// In what a process resembles a dead one.
enum class Likeness : uint8_t {
  kFile,     ///< the same file (device and inode)
  kPath,     ///< another file at the same path
  kContent,  ///< another file with the same SHA-256
  kCommand,  ///< the same command line
  kCgroup,   ///< in the family's own unit or container
};
/// "file", "path", "content", "command", "cgroup".
std::string_view to_string(Likeness likeness);

/// A process in the chain of those who started another.
struct Starter {
  ProcessKey key;
  std::string name;    ///< raw bytes
  std::string path;    ///< empty when unreadable
  std::string cgroup;  ///< empty when unreadable
};

struct Comeback {
  ProcessKey key;
  int64_t parent = 0;
  std::string path;
  std::string command;
  std::string cgroup;
  std::vector<Likeness> likeness;
  int64_t like = 0;           ///< the dead process that it resembles
  bool was_there = false;     ///< older than the watch: it was never caught
  std::vector<Starter> from;  ///< parent, its parent … below PID 1; those that have ended, too,
                              ///< when an earlier look saw them
  base::Timestamp seen_at;
};

/// The state between two looks.
class Watch {
 public:
  Watch(const host::Host& host, std::vector<Remembered> dead);
  /// Looks once; each process that resembles a dead one is told once.
  base::Result<std::vector<Comeback>> look();

 private:
  struct Candidate {
    ScannedProcess process;
    Executable executable;
    std::string command;
    std::string cgroup;
  };
  std::vector<Candidate> candidates(const Scan& scan);
  std::vector<Likeness> likeness(const Candidate& candidate, const Remembered& dead);
  bool is_starting(const Candidate& candidate, const std::vector<Likeness>& likeness) const;
  bool has_same_content(const Candidate& candidate, const Remembered& dead);
  std::vector<Starter> starters(const ScannedProcess& process) const;
  Comeback describe(const Candidate& candidate) const;

  const host::Host& host_;
  std::vector<Remembered> dead_;
  uint64_t began_;
  bool first_ = true;
  std::map<ProcessKey, bool> told_;
  std::map<int64_t, Starter> known_;  // who was seen, also those that have ended
  std::map<int64_t, ScannedProcess> last_;
  std::map<std::pair<uint64_t, uint64_t>, std::string> hashes_;  // by device and inode
};

}  // namespace genba::act
