// SPDX-License-Identifier: Apache-2.0
//
// Who, among the processes of a quick look, belongs to a family that is being frozen or has just
// been killed? The slow judgement was family.h's, over facts; this one goes on with what a stat
// file and the executable tell: children of members, the same executable, and those born since the
// freeze began whose own parent has gone but whose session or process group a member leads.
// Covered by kinship_test.cc.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "act/freeze/process_scan.h"
#include "host/host.h"

namespace genba::act {

class Kinship {
 public:
  /// `executables`: files of which every process belongs. `spared`: who never does.
  Kinship(const host::Host& host, std::vector<Executable> executables,
          std::map<int64_t, std::string> spared);

  void add(const ScannedProcess& member);
  bool is_member(const ProcessKey& key) const { return members_.contains(key); }
  bool is_spared(int64_t pid) const { return spared_.contains(pid); }

  /// One line that says why the process belongs; nothing when it does not. Members are asked for
  /// their own number: a zombie never belongs.
  std::optional<std::string> why(const ScannedProcess& process);

  struct Found {
    ScannedProcess process;
    std::string why;
  };
  /// All of the look that belong and are no members yet; they become members.
  std::vector<Found> take_newcomers(const Scan& scan);

 private:
  bool runs_family_file(const ScannedProcess& process);
  bool is_orphan_of_family(const ScannedProcess& process) const;
  bool is_members_number(int64_t pid) const;

  const host::Host& host_;
  std::vector<Executable> executables_;
  std::map<int64_t, std::string> spared_;
  uint64_t began_;
  std::set<ProcessKey> members_;
  std::map<int64_t, ProcessKey> member_of_pid_;
  std::map<ProcessKey, bool> seen_;  // settled: started long ago, and will hardly execve now
};

}  // namespace genba::act
