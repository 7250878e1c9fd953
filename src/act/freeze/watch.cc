// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/watch.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "act/freeze/family_rules.h"
#include "base/digest.h"
#include "base/interpreters.h"
#include "fmt/format.h"
#include "parse/cgroup/cgroup.h"
#include "parse/nul_blocks/nul_blocks.h"

namespace genba::act {

using base::Result;

namespace {

constexpr uint64_t kSettledTicks = 1000;  // 10 s: a newcomer has called execve by then
constexpr uint64_t kStartingTicks = 500;  // 5 s: systemd's executor has called execve by then
constexpr uint64_t kCommandLimit = 64ULL << 10;
constexpr uint64_t kHashLimit = 64ULL << 20;  // a file that is hashed between two looks
constexpr size_t kMostStarters = 64;
constexpr size_t kMostKnown = 100'000;

std::string hash_of(const host::Host& host, int64_t pid, uint64_t size) {
  if (size > kHashLimit) {
    return "";
  }
  const auto file = host.open_magic(fmt::format("/proc/{}/exe", pid));
  if (!file) {
    return "";
  }
  base::Sha256 digest;
  std::array<char, 65536> buffer{};
  for (uint64_t done = 0; done <= kHashLimit;) {
    const auto got = (*file)->read(buffer);
    if (!got) {
      return "";
    }
    if (*got == 0) {
      return digest.hex();
    }
    digest.add({buffer.data(), *got});
    done += *got;
  }
  return "";
}

std::string cgroup_of(const host::Host& host, int64_t pid) {
  const auto file = host.read_file(fmt::format("/proc/{}/cgroup", pid));
  return file ? parse::parse_cgroup_path(file->bytes).value_or("") : "";
}

// Joined by spaces, in the order of `pids`; empty where there is none.
std::vector<std::string> commands_of(const host::Host& host, const std::vector<int64_t>& pids) {
  std::vector<host::RiskyRead> reads;
  for (const int64_t pid : pids) {
    reads.push_back({fmt::format("/proc/{}/cmdline", pid), kCommandLimit});
  }
  std::vector<std::string> commands(pids.size());
  host.read_risky(reads, [&](size_t index, Result<host::FileBytes> bytes) {
    if (bytes) {
      if (auto line = parse::parse_command_line(bytes->bytes)) {
        commands[index] = std::move(line->joined);
      }
    }
  });
  return commands;
}

// "bash" or "sleep 60" is anybody's; a script's path or a program of the family's own is not.
bool is_own_command(const Remembered& one) {
  return !one.command.empty() &&
         (one.own_file || !telling_word(one.command).empty() ||
          (base::runs_scripts(one.executable.path) && one.command.find('/') != std::string::npos));
}

}  // namespace

std::string_view to_string(Likeness likeness) {
  switch (likeness) {
    case Likeness::kFile: return "file";
    case Likeness::kPath: return "path";
    case Likeness::kContent: return "content";
    case Likeness::kCommand: return "command";
    case Likeness::kCgroup: return "cgroup";
  }
  return "file";
}

std::vector<Remembered> remember(const host::Host& host, const FreezeState& state,
                                 const std::vector<Executable>& own_files) {
  std::vector<int64_t> pids;
  for (const FrozenProcess& process : state.processes) {
    pids.push_back(process.key.pid);
  }
  const std::vector<std::string> commands = commands_of(host, pids);
  std::map<std::pair<uint64_t, uint64_t>, std::string> hashes;
  std::vector<Remembered> all;
  for (size_t i = 0; i < pids.size(); ++i) {
    const FrozenProcess& process = state.processes[i];
    Remembered one;
    one.key = process.key;
    one.command = commands[i];
    if (auto executable = executable_of(host, pids[i])) {
      one.executable = *std::move(executable);
    }
    one.own_file = std::any_of(own_files.begin(), own_files.end(), [&](const Executable& own) {
      return own.same_file(one.executable);
    });
    if (one.own_file) {
      std::string& hash = hashes[{one.executable.device, one.executable.inode}];
      if (hash.empty()) {
        hash = hash_of(host, pids[i], one.executable.size);
      }
      one.sha256 = hash;
    }
    one.own_command = is_own_command(one);
    one.cgroup =
        process.method == FreezeMethod::kCgroup2 ? process.former_cgroup : cgroup_of(host, pids[i]);
    one.own_cgroup =
        is_cgroup_of_one_purpose(one.cgroup) &&
        std::any_of(state.cgroups.begin(), state.cgroups.end(), [&](const FrozenCgroup& cgroup) {
          return !cgroup.made && cgroup.path == process.cgroup;
        });
    if (is_alive(host, process.key)) {
      all.push_back(std::move(one));
    }
  }
  return all;
}

Watch::Watch(const host::Host& host, std::vector<Remembered> dead)
    : host_(host), dead_(std::move(dead)), began_(ticks_now(host)) {}

// Everybody at the first look; then those who are young.
std::vector<Watch::Candidate> Watch::candidates(const Scan& scan) {
  const std::map<int64_t, std::string> ours = untouchable(host_, scan);
  const uint64_t now = ticks_now(host_);
  std::vector<Candidate> found;
  std::vector<int64_t> pids;
  for (const auto& [pid, process] : scan) {
    const bool young = process.key.start_ticks + kSettledTicks >= now;
    if (process.zombie || told_.contains(process.key) || !(first_ || young)) {
      continue;
    }
    Candidate candidate;
    candidate.process = process;
    if (auto executable = executable_of(host_, pid)) {
      candidate.executable = *std::move(executable);
    }
    candidate.cgroup = cgroup_of(host_, pid);
    if (known_.size() < kMostKnown || known_.contains(pid)) {
      known_[pid] = {process.key, process.name, candidate.executable.path, candidate.cgroup};
    }
    if (!ours.contains(pid)) {
      found.push_back(std::move(candidate));
      pids.push_back(pid);
    }
  }
  std::vector<std::string> commands = commands_of(host_, pids);
  for (size_t i = 0; i < found.size(); ++i) {
    found[i].command = std::move(commands[i]);
  }
  return found;
}

bool Watch::has_same_content(const Candidate& candidate, const Remembered& dead) {
  if (dead.sha256.empty() || candidate.executable.size != dead.executable.size) {
    return false;
  }
  std::string& hash = hashes_[{candidate.executable.device, candidate.executable.inode}];
  if (hash.empty()) {
    hash = hash_of(host_, candidate.process.key.pid, candidate.executable.size);
  }
  return hash == dead.sha256;
}

std::vector<Likeness> Watch::likeness(const Candidate& candidate, const Remembered& dead) {
  std::vector<Likeness> found;
  const bool has_file = candidate.executable.inode != 0;
  if (dead.own_file && has_file) {
    if (candidate.executable.same_file(dead.executable)) {
      found.push_back(Likeness::kFile);
    } else {
      if (candidate.executable.path == dead.executable.path) {
        found.push_back(Likeness::kPath);
      }
      if (has_same_content(candidate, dead)) {
        found.push_back(Likeness::kContent);
      }
    }
  }
  if (dead.own_command && candidate.command == dead.command) {
    found.push_back(Likeness::kCommand);
  }
  if (dead.own_cgroup && candidate.cgroup == dead.cgroup) {
    found.push_back(Likeness::kCgroup);
  }
  return found;
}

// systemd joins the unit's group first and calls execve last: until then its own program is seen
// there, which would be told in place of what it starts. It is looked at again.
bool Watch::is_starting(const Candidate& candidate, const std::vector<Likeness>& likeness) const {
  const std::string_view path = candidate.executable.path;
  return likeness == std::vector<Likeness>{Likeness::kCgroup} && candidate.process.parent == 1 &&
         (path.ends_with("/lib/systemd/systemd") ||
          path.ends_with("/lib/systemd/systemd-executor")) &&
         candidate.process.key.start_ticks + kStartingTicks >= ticks_now(host_);
}

// Whose parent has ended is PID 1's child; the leader of its session or process group, which an
// earlier look saw, tells who had started it.
std::vector<Starter> Watch::starters(const ScannedProcess& process) const {
  std::vector<Starter> chain;
  std::set<int64_t> seen = {process.key.pid};
  ScannedProcess at = process;
  while (chain.size() < kMostStarters) {
    int64_t next = at.parent;
    for (const int64_t leader : {at.pgroup, at.session}) {
      if (next <= 1 && !seen.contains(leader) && known_.contains(leader)) {
        next = leader;
      }
    }
    const auto starter = known_.find(next);
    const auto scanned = last_.find(next);
    if (next <= 1 || starter == known_.end() || !seen.insert(next).second) {
      break;
    }
    chain.push_back(starter->second);
    if (scanned == last_.end()) {
      break;
    }
    at = scanned->second;
  }
  return chain;
}

Comeback Watch::describe(const Candidate& candidate) const {
  Comeback comeback;
  comeback.key = candidate.process.key;
  comeback.parent = candidate.process.parent;
  comeback.path = candidate.executable.path;
  comeback.command = candidate.command;
  comeback.cgroup = candidate.cgroup;
  comeback.was_there = candidate.process.key.start_ticks < began_;
  comeback.from = starters(candidate.process);
  comeback.seen_at = host_.clocks().realtime;
  return comeback;
}

Result<std::vector<Comeback>> Watch::look() {
  GENBA_TRY(const Scan scan, scan_processes(host_));
  const std::vector<Candidate> found = candidates(scan);
  first_ = false;
  for (const auto& [pid, process] : scan) {
    if (last_.size() < kMostKnown || last_.contains(pid)) {
      last_[pid] = process;
    }
  }
  std::vector<Comeback> comebacks;
  for (const Candidate& candidate : found) {
    for (const Remembered& dead : dead_) {
      if (dead.key == candidate.process.key) {
        continue;
      }
      auto alike = likeness(candidate, dead);
      if (!alike.empty() && !is_starting(candidate, alike)) {
        Comeback comeback = describe(candidate);
        comeback.likeness = std::move(alike);
        comeback.like = dead.key.pid;
        comebacks.push_back(std::move(comeback));
        told_[candidate.process.key] = true;
        break;
      }
    }
  }
  return comebacks;
}

}  // namespace genba::act
