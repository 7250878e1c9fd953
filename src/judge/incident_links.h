// SPDX-License-Identifier: Apache-2.0
//
// By what may two findings belong together? Turns each finding into keys: things (a process and
// its kin, a file, a key, an address) and accounts. Two findings that share a key are candidates
// for one incident. A program that a package owns, or that is an interpreter, is no key of its own:
// half of a server runs on bash and python. Covered by incidents_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/facts.h"
#include "model/finding.h"
#include "model/tables/processes.h"

namespace genba::judge {

/// The keys of one finding.
struct Links {
  std::vector<std::string> things;
  std::vector<std::string> kin;       ///< sessions and parents: they link processes only
  std::vector<std::string> accounts;  ///< names
};

class LinkFinder {
 public:
  /// Both must outlive it.
  LinkFinder(const std::vector<model::Finding>& findings, const model::Facts& facts);

  Links links_of(const model::Finding& finding) const;
  /// The process of a subject, when it was seen; nullptr otherwise.
  const model::Process* process_of(const model::Subject& subject) const;

 private:
  bool is_common(const std::string& path) const;
  void add_path(const std::string& path, Links& links) const;
  void add_subject(const model::Subject& subject, Links& links) const;
  void add_process(const model::Subject& subject, Links& links) const;
  void add_evidence(const model::Evidence& evidence, Links& links) const;
  void add_mentions(const std::string& command, Links& links) const;
  void add_accounts(const model::Finding& finding, Links& links) const;
  void add_owner_of_file(const std::string& path, Links& links) const;
  std::string account_of(int64_t uid) const;

  const model::Facts& facts_;
  std::unordered_map<int64_t, const model::Process*> processes_;
  std::map<int64_t, std::string> accounts_;
  std::set<std::string, std::less<>> subject_files_;
  std::set<int64_t> subject_pids_;
};

/// A path as links compare it: /bin, /sbin and /lib* are the same as those under /usr.
std::string merged_path(std::string_view path);

}  // namespace genba::judge
