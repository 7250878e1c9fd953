// SPDX-License-Identifier: Apache-2.0
//
// The facts behind family.h, arranged for the questions that it asks: who is whose child, who
// shares a pipe, a socket, a file or code with whom, which programs packages brought. Nothing is
// judged here. The facts must outlive it. Covered by family_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "act/freeze/family.h"
#include "model/facts.h"
#include "model/finding.h"
#include "model/tables/processes.h"

namespace genba::act {

/// What several processes have open together.
struct Channel {
  Tie tie = Tie::kPipe;
  std::string name;                              ///< "pipe 4711", "file /dev/shm/x"
  std::map<int64_t, std::set<int64_t>> holders;  ///< descriptors by process
  bool serves = false;  ///< a unix socket with a name, which lies in no meeting place
};

class FamilyIndex {
 public:
  explicit FamilyIndex(const model::Facts& facts);

  const std::map<int64_t, const model::Process*>& processes() const { return processes_; }
  /// nullptr when there is none.
  const model::Process* find(int64_t pid) const;
  const std::vector<const model::Process*>& children(int64_t pid) const;
  const std::vector<const model::Process*>& traced_by(int64_t pid) const;
  /// Parent, its parent …, the nearest first.
  std::vector<int64_t> ancestors(int64_t pid) const;
  /// SHA-256 of what a process runs; empty when it was not computed.
  std::string_view hash(int64_t pid) const;
  const std::map<std::string, Channel>& channels() const { return channels_; }
  /// nullptr when no process holds it.
  const Channel* socket(int64_t inode) const;
  /// Processes by group, of groups with one purpose.
  const std::map<std::string_view, std::vector<const model::Process*>>& cgroups() const {
    return cgroups_;
  }
  /// False for a file of this host that none of its packages brought. True when packages are not
  /// known, and for files of containers.
  bool may_be_packaged(const model::Process& process) const;
  /// Whether it is known which files packages brought where the process runs.
  bool knows_packages(const model::Process& process) const {
    return packages_known_ && !process.in_container.value_or(false);
  }

 private:
  void index_processes(const model::Facts& facts);
  void index_packages(const model::Facts& facts);
  void index_files(const model::Facts& facts);
  void index_sockets(const model::Facts& facts);
  void index_code(const model::Facts& facts);

  std::map<int64_t, const model::Process*> processes_;
  std::map<int64_t, std::vector<const model::Process*>> children_;
  std::map<int64_t, std::vector<const model::Process*>> traced_;
  std::map<int64_t, std::string_view> hashes_;
  std::map<std::string, Channel> channels_;
  std::map<std::string_view, std::vector<const model::Process*>> cgroups_;
  bool packages_known_ = false;
  std::set<std::string_view> packaged_;  // of the paths that run
};

/// The processes that hold /dev/fuse: one of them serves any FUSE filesystem that a case may lie
/// on.
std::vector<int64_t> find_fuse_daemons(const model::Facts& facts);

/// What a family was judged without: a line for each table that was not read.
std::vector<model::Text> unread_for_family(const model::Facts& facts);

}  // namespace genba::act
