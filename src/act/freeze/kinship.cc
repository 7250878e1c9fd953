// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/kinship.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"

namespace genba::act {

namespace {

// A process that has run for 10 s is hardly a fork that is about to execve the family's file.
constexpr uint64_t kSettledTicks = 1000;

}  // namespace

Kinship::Kinship(const host::Host& host, std::vector<Executable> executables,
                 std::map<int64_t, std::string> spared)
    : host_(host),
      executables_(std::move(executables)),
      spared_(std::move(spared)),
      began_(ticks_now(host)) {}

void Kinship::add(const ScannedProcess& member) {
  members_.insert(member.key);
  member_of_pid_[member.key.pid] = member.key;
}

bool Kinship::runs_family_file(const ScannedProcess& process) {
  if (executables_.empty()) {
    return false;
  }
  const auto known = seen_.find(process.key);
  if (known != seen_.end()) {
    return known->second;
  }
  const auto executable = executable_of(host_, process.key.pid);
  const bool same =
      executable && std::any_of(executables_.begin(), executables_.end(),
                                [&](const Executable& one) { return one.same_file(*executable); });
  if (process.key.start_ticks + kSettledTicks < began_) {
    seen_.emplace(process.key, same);
  }
  return same;
}

// Not when the member died and its number went to a stranger. One that ended between the look and
// now was the member still: a number does not come again that fast.
bool Kinship::is_members_number(int64_t pid) const {
  const auto member = member_of_pid_.find(pid);
  if (member == member_of_pid_.end()) {
    return false;
  }
  const auto now = scan_process(host_, pid);
  return !now || now->key == member->second;
}

// Its parent has gone, so that PID 1 or a subreaper has it now; what it kept is the session and the
// process group that a member made. Only newborn ones: a shell's old background jobs stay out.
bool Kinship::is_orphan_of_family(const ScannedProcess& process) const {
  return process.key.start_ticks >= began_ &&
         (is_members_number(process.session) || is_members_number(process.pgroup));
}

std::optional<std::string> Kinship::why(const ScannedProcess& process) {
  if (process.zombie || process.kernel_thread || spared_.contains(process.key.pid)) {
    return std::nullopt;
  }
  if (is_member(process.key)) {
    return "a member already";
  }
  if (is_members_number(process.parent)) {
    return fmt::format("child of {}", process.parent);
  }
  if (runs_family_file(process)) {
    return "runs the family's executable";
  }
  if (is_orphan_of_family(process)) {
    return fmt::format("born meanwhile in session {} of the family", process.session);
  }
  return std::nullopt;
}

std::vector<Kinship::Found> Kinship::take_newcomers(const Scan& scan) {
  std::vector<Found> found;
  // A child may have a lower number than its parent: again until nobody is added.
  for (bool added = true; added;) {
    added = false;
    for (const auto& [pid, process] : scan) {
      if (is_member(process.key)) {
        continue;
      }
      if (auto reason = why(process)) {
        add(process);
        found.push_back({process, *std::move(reason)});
        added = true;
      }
    }
  }
  return found;
}

}  // namespace genba::act
