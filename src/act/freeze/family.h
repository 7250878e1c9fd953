// SPDX-License-Identifier: Apache-2.0
//
// Which processes belong together with one that is to be stopped, and why? Judged over facts alone.
// Freezing one of a pair of watchdogs wakes the other, freezing too much takes a server down, so
// each kind of tie has a rule for when it counts, and what almost counted is told too. The main
// rule: a tie downwards (children) counts for whatever runs; any other tie counts only for programs
// that nothing vouches for. cron, sshd, a shell or a web server that started, serves or feeds the
// malware stays out, and so does who merely passed a descriptor on to it. Where it does not hold:
// malware that runs as an interpreter from a system directory with an innocent command line is tied
// by ancestry only; facts name only executable mappings, so shared memory is seen through open
// files and mapped code; naming a worker of a server that no package brought takes all of it.
// Covered by family_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/facts.h"
#include "model/tables/processes.h"

namespace genba::act {

/// Why a process belongs.
enum class Tie : uint8_t {
  kNamed,       ///< the process that was named
  kDescendant,  ///< started by a member, at any distance
  kExecutable,  ///< runs the same file (device and inode), or another deleted copy of it (path and
                ///< SHA-256), and nothing vouches for that file
  kCommand,   ///< the same program, user and command line, which runs a script of a volatile place
              ///< or names a program that it is not
  kLauncher,  ///< the parent, which runs a file or a script of a volatile or hidden place
  kCgroup,    ///< in the same unit or container, of which a member is the oldest process
  kPipe,      ///< the other end of a pipe
  kSocket,    ///< holds the same socket, or the other end of a socket pair
  kSharedFile,  ///< has the same shared memory or lock file open, in a volatile place
  kSharedCode,  ///< has the same code of a volatile place mapped, which nothing of the system has
  kTracer,      ///< traces a member, or is traced by one
};

/// "named", "descendant", "executable" …
std::string_view to_string(Tie tie);

/// One reason; `through` is the member it leads to (the process itself for kNamed).
struct FamilyTie {
  Tie tie = Tie::kNamed;
  int64_t through = 0;
  std::string detail;  ///< the path, inode or cgroup that is shared

  friend bool operator==(const FamilyTie&, const FamilyTie&) = default;
};

struct FamilyMember {
  int64_t pid = 0;
  base::Timestamp start_time;
  std::vector<FamilyTie> ties;  ///< in the order in which they were found; never empty
};

/// A process with a tie that did not count, or that must not be touched.
struct LeftOut {
  int64_t pid = 0;
  base::Timestamp start_time;
  FamilyTie tie;
  std::string why;
};

/// What must stay, beyond PID 1 and kernel threads.
struct FamilyOptions {
  /// Processes that must not be touched, each with the reason. To begin with untouchable(), which
  /// knows Genba and its ancestors; then the daemon behind the filesystem that the case is written
  /// to (find_fuse_daemons in family_index.h).
  std::map<int64_t, std::string> spared;
  /// Processes of this very session that are no ancestors of Genba: its sshd where tmux or screen
  /// stands in between. They and all their ancestors are spared.
  std::vector<int64_t> session;
  /// Inodes of connected unix sockets, as UNIX_DIAG_PEER tells; the table of sockets has no peers.
  std::vector<std::pair<int64_t, int64_t>> socket_peers;
  /// Whether a program is the system's own. Default: is_vouched_by_place, and where packages are
  /// known (package_files) one of them brought it.
  std::function<bool(const model::Process&)> is_vouched;
};

struct Family {
  std::vector<FamilyMember> members;  ///< by pid; the named one is among them
  std::vector<LeftOut> left_out;      ///< by pid, one a process
  /// Members' executables of which every process belongs: those that nothing vouches for.
  std::vector<int64_t> executable_pids;
};

/// The family of the process with this number and start. kGone when the facts do not have it;
/// kInvalid, with the reason, when it must not be touched; kUnsupported when processes were not
/// read. Tables of descriptors, sockets, mappings and hashes that were not read give fewer ties,
/// and without packages a place vouches alone, except for the named process's own file when nobody
/// else runs it: unread_for_family (family_index.h) tells which.
base::Result<Family> find_family(const model::Facts& facts, int64_t pid, base::Timestamp start_time,
                                 const FamilyOptions& options);

/// A file on disk, or one that an upgrade has replaced, in a directory that packages fill (/usr,
/// /bin, /sbin, /lib), without a hidden name in its path; or a kernel thread.
bool is_vouched_by_place(const model::Process& process);

}  // namespace genba::act
