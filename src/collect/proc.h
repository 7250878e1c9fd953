// SPDX-License-Identifier: Apache-2.0
//
// What the collectors of the running system share: the listing of /proc, its paths, namespaces and
// their members, and work spread over processes. A file of a listed process that is not found any
// more means that the process ended: kGone, not kNotFound. Covered by proc_test.cc and through the
// collectors.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collect/collector.h"
#include "collect/ordered_work.h"
#include "host/host.h"

namespace genba::collect {

/// "/proc/42/stat".
std::string proc_path(int64_t pid, std::string_view file);

/// The process ids that a listing of /proc shows, ascending, without those of this run; at least
/// one. A listing without any is a failure to look: outside a PID namespace of our own there is
/// always a process that started this run. Call it before a table of processes is opened, so that
/// rules say that they could not judge.
base::Result<std::vector<int64_t>> list_processes(const host::Host& host);

/// The same error, with kNotFound as kGone: for files of a process that was listed.
base::Error as_gone(base::Error error);

/// The inode in a link such as /proc/PID/ns/net ("net:[4026531840]").
base::Result<int64_t> read_namespace(const host::Host& host, int64_t pid, std::string_view kind);

/// One namespace and processes that live in it.
struct NamespaceMembers {
  int64_t inode = 0;
  std::vector<int64_t> pids;  ///< ascending, at most kMaxMembers: the others are not needed
};
inline constexpr size_t kMaxMembers = 8;

/// The namespaces of that kind ("net", "mnt"), in the order of their first process. Every process
/// is counted in `coverage`.
std::vector<NamespaceMembers> group_by_namespace(const host::Host& host,
                                                 const std::vector<int64_t>& pids,
                                                 std::string_view kind, int jobs,
                                                 CoverageCounter& coverage);

/// Counts a live-only table as not applicable; false when the host is live.
bool not_live(Context& context, std::string_view area, std::string_view subject);

/// Calls work(pid) for each process on up to `jobs` threads, and take(pid, result) on one thread at
/// a time, in the order of `pids`.
template <class Result>
void for_each_process(const std::vector<int64_t>& pids, int jobs,
                      const std::function<Result(int64_t)>& work,
                      const std::function<void(int64_t, Result&&)>& take) {
  constexpr size_t kChunk = 32;  // large enough that handing over costs nothing
  using Range = std::pair<size_t, size_t>;
  OrderedWork<Range, std::vector<Result>> ordered(
      [&](const Range& range) {
        std::vector<Result> results;
        results.reserve(range.second - range.first);
        for (size_t i = range.first; i < range.second; ++i) {
          results.push_back(work(pids[i]));
        }
        return results;
      },
      [&](Range&& range, std::vector<Result>&& results, std::vector<Range>&) {
        for (size_t i = 0; i < results.size(); ++i) {
          take(pids[range.first + i], std::move(results[i]));
        }
      });
  for (size_t i = 0; i < pids.size(); i += kChunk) {
    ordered.add({i, std::min(i + kChunk, pids.size())});
  }
  ordered.run(std::max(1, jobs));
}

}  // namespace genba::collect
