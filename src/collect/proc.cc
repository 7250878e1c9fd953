// SPDX-License-Identifier: Apache-2.0
#include "collect/proc.h"

#include <unordered_map>

#include "base/number.h"
#include "parse/proc_link/proc_link.h"

namespace genba::collect {

std::string proc_path(int64_t pid, std::string_view file) {
  std::string path = "/proc/";
  path += std::to_string(pid);
  path += '/';
  path += file;
  return path;
}

base::Result<std::vector<int64_t>> list_processes(const host::Host& host) {
  GENBA_TRY(const auto entries, host.read_directory("/proc"));
  const std::vector<int64_t> own = host.own_processes();
  std::vector<int64_t> pids;
  for (const host::DirectoryEntry& entry : entries) {
    const auto pid = base::parse_number<uint32_t>(entry.name);
    if (pid && *pid > 0 && std::find(own.begin(), own.end(), *pid) == own.end()) {
      pids.push_back(*pid);
    }
  }
  if (pids.empty() && std::find(own.begin(), own.end(), 1) != own.end()) {
    return base::fail(base::ErrorCode::kUnsupported,
                      "/proc lists this run alone: it has a PID namespace of its own, as in a "
                      "container; start it on the host");
  }
  if (pids.empty()) {
    return base::fail(base::ErrorCode::kUnsupported,
                      "/proc lists no process but this run's own: it is mounted with hidepid, or "
                      "processes are hidden");
  }
  std::sort(pids.begin(), pids.end());
  return pids;
}

base::Error as_gone(base::Error error) {
  if (error.code == base::ErrorCode::kNotFound) {
    error.code = base::ErrorCode::kGone;
  }
  return error;
}

base::Result<int64_t> read_namespace(const host::Host& host, int64_t pid, std::string_view kind) {
  GENBA_TRY(const std::string text, host.read_link(proc_path(pid, "ns/").append(kind)));
  const auto inode = parse::parse_proc_link(text).inode;
  if (!inode) {
    return base::fail(base::ErrorCode::kDamaged, "a namespace link without an inode: " + text);
  }
  return static_cast<int64_t>(*inode);
}

std::vector<NamespaceMembers> group_by_namespace(const host::Host& host,
                                                 const std::vector<int64_t>& pids,
                                                 std::string_view kind, int jobs,
                                                 CoverageCounter& coverage) {
  std::vector<NamespaceMembers> groups;
  std::unordered_map<int64_t, size_t> positions;
  coverage.asked(static_cast<int64_t>(pids.size()));
  for_each_process<base::Result<int64_t>>(
      pids, jobs, [&](int64_t pid) { return read_namespace(host, pid, kind); },
      [&](int64_t pid, base::Result<int64_t>&& inode) {
        if (!inode) {
          coverage.failed(as_gone(std::move(inode).error()));
          return;
        }
        coverage.seen();
        const auto [position, added] = positions.try_emplace(*inode, groups.size());
        if (added) {
          groups.push_back({*inode, {}});
        }
        if (groups[position->second].pids.size() < kMaxMembers) {
          groups[position->second].pids.push_back(pid);
        }
      });
  return groups;
}

bool not_live(Context& context, std::string_view area, std::string_view subject) {
  if (context.host.kind() == host::HostKind::kLive) {
    return false;
  }
  CoverageCounter coverage(area, subject);
  coverage.not_applicable("only a running system has it");
  coverage.finish(context.facts);
  return true;
}

}  // namespace genba::collect
