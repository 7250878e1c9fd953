// SPDX-License-Identifier: Apache-2.0
//
// Which findings are one thing told many times? A rule that speaks about each of fifty processes of
// one program has one thing to say: such findings form a family, told once with its process ids.
// Findings without a process stay alone, since two cron entries of one file differ in what they
// run. JSON keeps every finding. Covered by families_test.cc.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "render/brief.h"

namespace genba::render {

/// Findings of one rule, severity and confidence about processes of one path; or one finding.
struct Family {
  std::vector<const model::Finding*> members;  ///< at least one; the first speaks for all
  std::string path;                            ///< empty when no process has a path
  std::vector<std::string> pids;               ///< of all members, each once
  std::set<std::string> known_pids;            ///< the same, for looking one up
};

/// The findings as families, in the order of their first members.
std::vector<Family> families_of(const std::vector<const model::Finding*>& findings);

/// "5 processes: pids 4242, 4250 …"; empty for a finding that stands alone.
std::string processes_line(const Family& family, model::Language language);

}  // namespace genba::render
