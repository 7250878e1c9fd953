// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/family_request.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "parse/kernel_text/kernel_text.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr int64_t kNanosecondsPerTick = 10'000'000;  // USER_HZ is 100
// btime is cut to seconds, and clocks are slewed; a number does not come again as fast.
constexpr int64_t kAgree = 2'000'000'000;
constexpr uint64_t kStatLimit = 4ULL << 20;

// When the kernel booted, by the clocks and by its own word: facts go by one of the two.
std::vector<int64_t> boot_times(const host::Host& host) {
  const host::ClockReading clocks = host.clocks();
  std::vector<int64_t> times = {clocks.realtime.nanoseconds - clocks.boottime_nanoseconds};
  if (const auto stat = host.read_file("/proc/stat", kStatLimit)) {
    if (const auto boot = parse::parse_boot_time(stat->bytes)) {
      times.push_back(boot->nanoseconds);
    }
  }
  return times;
}

bool started_at(uint64_t ticks, base::Timestamp start, const std::vector<int64_t>& boots) {
  const int64_t since_boot =
      static_cast<int64_t>(std::min<uint64_t>(ticks, INT64_MAX / 100'000'000)) *
      kNanosecondsPerTick;
  return std::any_of(boots.begin(), boots.end(), [&](int64_t boot) {
    const int64_t difference = boot + since_boot - start.nanoseconds;
    return difference > -kAgree && difference < kAgree;
  });
}

// A scan is not taken at one moment: a number that was given out again may close a circle.
std::map<int64_t, ProcessKey> with_ancestors(const Scan& scan, const std::vector<int64_t>& pids) {
  std::map<int64_t, ProcessKey> found;
  for (const int64_t pid : pids) {
    auto at = scan.find(pid);
    while (at != scan.end() && found.emplace(at->first, at->second.key).second) {
      at = scan.find(at->second.parent);
    }
  }
  return found;
}

void add_spared(const Scan& scan, const FamilyOptions& options, FreezeRequest& request) {
  for (const auto& [pid, why] : options.spared) {
    if (const auto at = scan.find(pid); at != scan.end()) {
      request.spared.push_back({at->second.key, why});
    }
  }
  for (const auto& [pid, key] : with_ancestors(scan, options.session)) {
    request.spared.push_back({key, "part of this very session"});
  }
}

void renew(const host::Host& host, const Scan& scan, FreezeRequest& request) {
  std::erase_if(request.members, [&](const FreezeMember& member) {
    const auto at = scan.find(member.key.pid);
    return at == scan.end() || at->second.key != member.key || at->second.zombie;
  });
  std::set<ProcessKey> known;
  for (const FreezeMember& member : request.members) {
    known.insert(member.key);
  }
  for (const SparedProcess& spared : request.spared) {
    known.insert(spared.key);
  }
  const auto untouchables = untouchable(host, scan);
  for (const auto& [pid, process] : scan) {
    if (process.zombie || process.kernel_thread || known.contains(process.key) ||
        untouchables.contains(pid)) {
      continue;
    }
    const auto executable = executable_of(host, pid);
    const bool own =
        executable && std::any_of(request.executables.begin(), request.executables.end(),
                                  [&](const auto& file) { return file.same_file(*executable); });
    if (own && is_alive(host, process.key)) {
      request.members.push_back(
          {process.key, fmt::format("runs {}, as the family does", executable->path)});
    }
  }
}

}  // namespace

std::vector<Executable> own_files_of(const model::Facts& facts, const Family& family) {
  std::vector<Executable> files;
  for (const model::Process& process : facts.read<model::Process>()) {
    if (!process.exe_inode || !process.exe_device ||
        !std::binary_search(family.executable_pids.begin(), family.executable_pids.end(),
                            process.pid)) {
      continue;
    }
    Executable file;
    file.device = static_cast<uint64_t>(*process.exe_device);
    file.inode = static_cast<uint64_t>(*process.exe_inode);
    file.size = static_cast<uint64_t>(process.exe_size.value_or(0));
    file.path = process.path.value_or("");
    file.deleted = process.deleted.value_or(false);
    if (std::none_of(files.begin(), files.end(),
                     [&](const Executable& known) { return known.same_file(file); })) {
      files.push_back(std::move(file));
    }
  }
  return files;
}

Result<void> renew_members(const host::Host& host, FreezeRequest& request) {
  GENBA_TRY(const Scan scan, scan_processes(host));
  renew(host, scan, request);
  return {};
}

std::string reason_of(const FamilyMember& member) {
  std::string reason;
  for (const FamilyTie& tie : member.ties) {
    if (!reason.empty()) {
      reason += ", ";
    }
    if (tie.tie == Tie::kNamed) {
      reason += "the process that was named";
      continue;
    }
    reason += fmt::format("{} of {}", to_string(tie.tie), tie.through);
    if (!tie.detail.empty()) {
      reason += fmt::format(" ({})", tie.detail);
    }
  }
  return reason;
}

Result<FreezeRequest> to_freeze_request(const host::Host& host, const Family& family,
                                        const FamilyOptions& options, std::string id,
                                        std::vector<Executable> own_files) {
  const std::vector<int64_t> boots = boot_times(host);
  GENBA_TRY(const Scan scan, scan_processes(host));
  FreezeRequest request;
  request.id = std::move(id);
  const bool renews = !own_files.empty();
  request.executables = std::move(own_files);
  std::set<std::pair<uint64_t, uint64_t>> files;
  for (const Executable& file : request.executables) {
    files.emplace(file.device, file.inode);
  }
  for (const FamilyMember& member : family.members) {
    const auto at = scan.find(member.pid);
    if (at == scan.end() || at->second.zombie ||
        !started_at(at->second.key.start_ticks, member.start_time, boots)) {
      continue;
    }
    request.members.push_back({at->second.key, reason_of(member)});
    if (!std::binary_search(family.executable_pids.begin(), family.executable_pids.end(),
                            member.pid)) {
      continue;
    }
    const auto executable = executable_of(host, member.pid);
    if (executable && is_alive(host, at->second.key) &&
        files.emplace(executable->device, executable->inode).second) {
      request.executables.push_back(*executable);
    }
  }
  add_spared(scan, options, request);
  if (renews) {
    renew(host, scan, request);
  }
  if (request.members.empty()) {
    return fail(ErrorCode::kGone,
                "no member lives any more with the start that was recorded: look again");
  }
  return request;
}

}  // namespace genba::act
