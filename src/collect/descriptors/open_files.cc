// SPDX-License-Identifier: Apache-2.0
#include "collect/descriptors/open_files.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/number.h"
#include "collect/proc.h"
#include "fmt/format.h"
#include "model/tables/process_open_files.h"
#include "parse/proc_link/proc_link.h"

namespace genba::collect::descriptors {

namespace {

constexpr std::string_view kArea = "descriptors";
// A process may open a million; these are enough to judge it, and bound time and memory.
constexpr size_t kDescriptorsOfOneProcess = 131'072;

enum class KeepFiles : uint8_t { kYes, kNo };

struct ProcessDescriptors {
  std::vector<model::ProcessOpenFile> files;
  std::vector<SocketHolder> sockets;
  std::optional<base::Error> error;       ///< the listing failed
  std::optional<base::Error> link_error;  ///< some link was refused
  bool cut = false;
};

std::string_view kind_name(parse::LinkKind kind) {
  switch (kind) {
    case parse::LinkKind::kFile: return "file";
    case parse::LinkKind::kDevice: return "device";
    case parse::LinkKind::kMemfd: return "memfd";
    case parse::LinkKind::kPipe: return "pipe";
    case parse::LinkKind::kSocket:
    case parse::LinkKind::kNamespace:
    case parse::LinkKind::kAnonymous: break;
  }
  return "anon";
}

void take_link(int64_t pid, int64_t fd, const std::string& text, KeepFiles keep_files,
               ProcessDescriptors& out) {
  const parse::ProcLink link = parse::parse_proc_link(text);
  if (link.kind == parse::LinkKind::kSocket) {
    out.sockets.push_back({link.inode.value_or(0), pid, fd});
    return;
  }
  if (keep_files == KeepFiles::kNo) {
    return;
  }
  model::ProcessOpenFile row;
  row.pid = pid;
  row.fd = fd;
  row.path = link.path;
  row.kind = kind_name(link.kind);
  if (link.kind == parse::LinkKind::kPipe && link.inode) {
    row.inode = static_cast<int64_t>(*link.inode);
  }
  row.deleted = link.deleted;
  out.files.push_back(std::move(row));
}

ProcessDescriptors read_one(const host::Host& host, int64_t pid, KeepFiles keep_files) {
  ProcessDescriptors out;
  std::string path = proc_path(pid, "fd");
  const auto entries = host.read_directory(path);
  if (!entries) {
    out.error = as_gone(entries.error());
    return out;
  }
  path += '/';
  const size_t prefix = path.size();
  size_t count = 0;
  for (const host::DirectoryEntry& entry : *entries) {
    const auto fd = base::parse_number<int64_t>(entry.name);
    if (!fd) {
      continue;
    }
    if (++count > kDescriptorsOfOneProcess) {
      out.cut = true;
      break;
    }
    path.resize(prefix);
    path += entry.name;
    const auto text = host.read_link(path);
    if (text) {
      take_link(pid, *fd, *text, keep_files, out);
    } else if (as_gone(text.error()).code != base::ErrorCode::kGone && !out.link_error) {
      out.link_error = text.error();  // a descriptor closed meanwhile is no loss
    }
  }
  return out;
}

}  // namespace

SocketHolders::SocketHolders(std::vector<SocketHolder> holders) : holders_(std::move(holders)) {
  std::stable_sort(holders_.begin(), holders_.end(),
                   [](const SocketHolder& a, const SocketHolder& b) { return a.inode < b.inode; });
}

std::span<const SocketHolder> SocketHolders::of(uint64_t inode) const {
  const auto begin = std::lower_bound(
      holders_.begin(), holders_.end(), inode,
      [](const SocketHolder& holder, uint64_t wanted) { return holder.inode < wanted; });
  auto end = begin;
  while (end != holders_.end() && end->inode == inode) {
    ++end;
  }
  return {begin, end};
}

SocketHolders read_descriptors(Context& context, const std::vector<int64_t>& pids) {
  const bool wanted = context.wanted.wants(model::tables::process_open_files());
  const KeepFiles keep_files = wanted ? KeepFiles::kYes : KeepFiles::kNo;
  if (wanted) {
    context.facts.open(model::tables::process_open_files());
  }
  CoverageCounter coverage(kArea, "/proc/PID/fd");
  coverage.asked(static_cast<int64_t>(pids.size()));
  std::vector<SocketHolder> sockets;
  bool full = false;
  for_each_process<ProcessDescriptors>(
      pids, context.jobs, [&](int64_t pid) { return read_one(context.host, pid, keep_files); },
      [&](int64_t pid, ProcessDescriptors&& read) {
        if (read.error) {
          coverage.failed(*read.error);
          return;
        }
        coverage.seen();
        if (read.link_error) {
          coverage.failed(*read.link_error);
        }
        if (read.cut) {
          coverage.cut(fmt::format("process {} has more than {} open descriptors", pid,
                                   kDescriptorsOfOneProcess));
        }
        sockets.insert(sockets.end(), read.sockets.begin(), read.sockets.end());
        for (const model::ProcessOpenFile& file : read.files) {
          full = full || !context.facts.append_large(file);
        }
      });
  if (full) {
    coverage.cut("the table is full");
  }
  coverage.finish(context.facts);
  if (saw_nothing(context.facts, kArea, "/proc/PID/fd")) {
    context.facts.drop(model::tables::process_open_files());
  }
  return SocketHolders(std::move(sockets));
}

}  // namespace genba::collect::descriptors
