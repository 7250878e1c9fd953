// SPDX-License-Identifier: Apache-2.0
//
// What would bring a family of processes back after it is killed? Compares recorded facts with the
// family's files, inodes, hashes and cgroups. Pure: it reads no host, and so sees only what the
// tables hold; what they do not hold is named in `unread`, never passed over. An interpreter is no
// part of a family, but for one where nobody installs any: a unit that runs the same shell or
// Python is an innocent twin, and only the script's path counts. A program that is started through
// a wrapper of another name, or by a process that decodes its command when it runs, is not found
// here; watching after the kill is what finds that. host_respawners.h looks at what no table holds.
// Sources: crontab(5), systemd.service(5), systemd.timer(5), ld.so(8). Covered by respawn_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/facts.h"
#include "model/respawner.h"

namespace genba::act {

/// What is to be killed.
struct RespawnTarget {
  std::vector<int64_t> pids;
  std::vector<std::string> paths;  ///< programs and scripts, absolute; no installed interpreters
  std::vector<std::pair<int64_t, int64_t>> inodes;  ///< device and inode of their programs
  std::vector<std::string> sha256;                  ///< of these files
  std::vector<std::string> cgroups;
};

/// The family of these processes, as far as `processes` and `hash` tell it. Interpreters are left
/// out and replaced by the script that they run, where the command line names it.
RespawnTarget respawn_target_of(const model::Facts& facts, const std::vector<int64_t>& pids);

using model::Respawner;
using model::RespawnKind;
using model::RespawnReport;

RespawnReport find_respawners(const model::Facts& facts, const RespawnTarget& family);

}  // namespace genba::act
