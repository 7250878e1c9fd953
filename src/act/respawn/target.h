// SPDX-License-Identifier: Apache-2.0
//
// Whether a text, a path or a process belongs to a family. Covered by respawn_test.cc.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "act/respawn/respawn.h"
#include "model/tables/processes.h"

namespace genba::act {

/// The script that such a process runs: its first argument that is an absolute path, or "".
std::string script_of(const model::Process& process);

/// A family, ready to be asked.
class TargetMatcher {
 public:
  TargetMatcher(const model::Facts& facts, const RespawnTarget& family);

  /// Whether the text names one of the paths, as a whole: "/tmp/x" not in "/tmp/x.sh". Also
  /// "cd /tmp && ./x".
  bool named_in(std::string_view text) const;
  /// Whether the file is one of the family's, or has the bytes of one.
  bool is_file(std::string_view path) const;
  bool is_member(int64_t pid) const { return pids_.count(pid) > 0; }
  bool runs_same_file(std::string_view path, const std::optional<int64_t>& device,
                      const std::optional<int64_t>& inode) const;

 private:
  std::set<std::string, std::less<>> paths_;  ///< with copies by hash
  std::set<int64_t> pids_;
  std::set<std::pair<int64_t, int64_t>> inodes_;
};

}  // namespace genba::act
