// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/newborn.h"

#include <algorithm>

#include "act/freeze/family.h"
#include "act/freeze/family_rules.h"

namespace genba::act {

namespace {

constexpr int kNewbornLooks = 2;  // one may miss who replaces itself just then
constexpr size_t kMostNewborn = 50;

// From where nobody starts services; elsewhere a parent is responsible for it.
bool is_suspicious_newborn(const ScannedProcess& process, const Executable& executable) {
  model::Process facts;
  facts.path = executable.path;
  facts.deleted = executable.deleted;
  facts.exe_kind = executable.path.starts_with("/memfd:") ? "memfd" : "file";
  return runs_from_telling_place(facts) || (process.parent <= 1 && !is_vouched_by_place(facts));
}

}  // namespace

std::vector<NotFrozen> find_newborn(const host::Host& host, const Kinship& kinship,
                                    uint64_t born_after) {
  std::vector<NotFrozen> found;
  const auto is_told = [&](const ProcessKey& key) {
    return std::any_of(found.begin(), found.end(),
                       [&](const NotFrozen& each) { return each.key == key; });
  };
  for (int look = 0; look < kNewbornLooks; ++look) {
    const auto scan = scan_processes(host);
    for (const auto& [pid, process] : scan ? *scan : Scan()) {
      const bool newborn = process.key.start_ticks >= born_after && !process.zombie &&
                           !process.kernel_thread && !kinship.is_member(process.key) &&
                           !kinship.is_spared(pid);
      if (!newborn || is_told(process.key) || found.size() >= kMostNewborn) {
        continue;
      }
      const auto executable = executable_of(host, pid);
      if (executable && is_suspicious_newborn(process, *executable) &&
          is_alive(host, process.key)) {
        found.push_back({process.key, executable->path});
      }
    }
  }
  return found;
}

}  // namespace genba::act
