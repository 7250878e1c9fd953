// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/process_scan.h"

#include "base/number.h"
#include "fmt/format.h"
#include "parse/proc_link/proc_link.h"
#include "parse/process_stat/process_stat.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr uint64_t kStatLimit = 4096;                // a stat line is below 500 bytes
constexpr int64_t kNanosecondsPerTick = 10'000'000;  // USER_HZ is 100
constexpr size_t kMostAncestors = 4096;

ScannedProcess to_scanned(const parse::ProcessStat& stat) {
  ScannedProcess process;
  process.key = {stat.pid, stat.start_ticks};
  process.parent = stat.parent;
  process.session = stat.session;
  process.pgroup = stat.pgroup;
  process.state = stat.state;
  process.name = stat.name;
  process.kernel_thread = (stat.flags & parse::kKernelThreadFlag) != 0;
  process.zombie = (stat.state == 'Z' && stat.threads <= 1) || stat.state == 'X';
  return process;
}

}  // namespace

Result<ScannedProcess> scan_process(const host::Host& host, int64_t pid) {
  const auto file = host.read_file(fmt::format("/proc/{}/stat", pid), kStatLimit);
  if (!file) {
    return fail(file.error().code == ErrorCode::kNotFound
                    ? base::Error{ErrorCode::kGone, file.error().sys_errno, file.error().what}
                    : file.error());
  }
  GENBA_TRY(const auto stat, parse::parse_process_stat(file->bytes));
  return to_scanned(stat);
}

Result<Scan> scan_processes(const host::Host& host) {
  GENBA_TRY(const auto entries, host.read_directory("/proc"));
  Scan scan;
  for (const host::DirectoryEntry& entry : entries) {
    const auto pid = base::parse_number<int64_t>(entry.name);
    if (!pid || *pid <= 0) {
      continue;
    }
    if (auto process = scan_process(host, *pid)) {
      scan.emplace(*pid, *std::move(process));
    }
  }
  if (scan.empty()) {
    return fail(ErrorCode::kUnsupported, "/proc shows no process: mount a procfs there");
  }
  return scan;
}

Result<Executable> executable_of(const host::Host& host, int64_t pid) {
  const std::string link = fmt::format("/proc/{}/exe", pid);
  GENBA_TRY(const host::FileStatus status, host.stat_magic(link));
  Executable executable{status.device, status.inode, status.size, "", status.hard_links == 0};
  // The text may be refused where the file is not; the file is what counts.
  if (const auto text = host.read_link(link)) {
    executable.path = parse::parse_proc_link(*text).path;
  }
  return executable;
}

bool is_alive(const host::Host& host, const ProcessKey& key) {
  const auto process = scan_process(host, key.pid);
  return process && process->key == key && !process->zombie;
}

uint64_t ticks_now(const host::Host& host) {
  const int64_t now = host.clocks().boottime_nanoseconds;
  return now > 0 ? static_cast<uint64_t>(now / kNanosecondsPerTick) : 0;
}

std::map<int64_t, std::string> untouchable(const host::Host& host, const Scan& scan) {
  std::map<int64_t, std::string> result;
  for (const auto& [pid, process] : scan) {
    if (process.kernel_thread) {
      result.emplace(pid, "a thread of the kernel");
    }
  }
  result.emplace(1, "PID 1, without which the machine stops");
  for (const int64_t own : host.own_processes()) {
    result[own] = "Genba itself";
    auto at = scan.find(own);
    for (size_t i = 0; at != scan.end() && i < kMostAncestors; ++i) {
      const int64_t parent = at->second.parent;
      if (parent <= 1) {
        break;
      }
      result.emplace(parent, "an ancestor of Genba: this very session runs in it");
      at = scan.find(parent);
    }
  }
  return result;
}

}  // namespace genba::act
