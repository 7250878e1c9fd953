// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/snapshot.h"

#include <array>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "act/freeze/memory_dump.h"
#include "base/number.h"
#include "base/split.h"
#include "fmt/format.h"
#include "parse/proc_link/proc_link.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr uint64_t kTextLimit = 4ULL << 20;
constexpr size_t kMostDescriptors = 65'536;
constexpr size_t kMostSockets = 65'536;  // told of one process
constexpr size_t kPiece = 256U << 10;

// Cannot block.
constexpr std::string_view kPlain[] = {"stat",     "status",    "cgroup", "limits",
                                       "loginuid", "sessionid", "wchan",  "stack"};
// Can: they take the lock of the process's memory map.
constexpr std::string_view kRisky[] = {"cmdline", "environ", "maps"};
constexpr std::string_view kLinks[] = {"exe",    "cwd",    "root",   "ns/mnt",  "ns/net",
                                       "ns/pid", "ns/ipc", "ns/uts", "ns/user", "ns/cgroup"};

class Snapshotter {
 public:
  Snapshotter(const host::Host& host, const SnapshotOptions& options, EvidenceWriter& evidence)
      : host_(host), options_(options), evidence_(evidence), memory_left_(options.memory_limit) {}

  Result<ProcessSnapshot> take(const ProcessKey& key);

 private:
  using FileKey = std::tuple<uint64_t, uint64_t, uint64_t>;

  std::string path(std::string_view file) const { return fmt::format("/proc/{}/{}", pid_, file); }
  Result<void> keep(std::string source, const Result<host::FileBytes>& bytes);
  Result<void> keep_text(std::string source, std::string text);
  Result<void> keep_executable();
  Result<void> copy(host::FileReader& reader, SnapshotItem& item);
  Result<void> keep_risky();
  Result<void> keep_links();
  Result<void> keep_descriptors();
  Result<void> keep_sockets(const std::set<uint64_t>& inodes);
  Result<void> keep_memory();
  Result<void> finish(SnapshotItem item);
  void failed(std::string source, const base::Error& error) {
    SnapshotItem item;
    item.source = std::move(source);
    item.error = error.what;
    result_.items.push_back(std::move(item));
  }
  const Result<std::vector<host::DiagSocket>>& sockets();

  const host::Host& host_;
  const SnapshotOptions& options_;
  EvidenceWriter& evidence_;
  uint64_t memory_left_;
  std::map<FileKey, SnapshotItem> executables_;
  std::map<std::string, Result<std::vector<host::DiagSocket>>> sockets_;  // by network namespace
  int64_t pid_ = 0;
  std::string maps_;
  ProcessSnapshot result_;
};

Result<void> as_output(Result<void> result) {
  if (!result) {
    return fail(ErrorCode::kOutput, result.error().what);
  }
  return {};
}

Result<void> Snapshotter::finish(SnapshotItem item) {
  auto hash = evidence_.finish(item.source);
  if (!hash) {
    return fail(ErrorCode::kOutput, hash.error().what);
  }
  item.sha256 = *std::move(hash);
  result_.items.push_back(std::move(item));
  return {};
}

Result<void> Snapshotter::keep(std::string source, const Result<host::FileBytes>& bytes) {
  if (!bytes) {
    failed(std::move(source), bytes.error());
    return {};
  }
  GENBA_TRY_VOID(as_output(evidence_.begin()));
  GENBA_TRY_VOID(as_output(evidence_.append(bytes->bytes)));
  SnapshotItem item;
  item.source = std::move(source);
  item.bytes = bytes->bytes.size();
  item.truncated = bytes->truncated;
  return finish(std::move(item));
}

Result<void> Snapshotter::keep_text(std::string source, std::string text) {
  return keep(std::move(source), host::FileBytes{std::move(text), false});
}

Result<void> Snapshotter::copy(host::FileReader& reader, SnapshotItem& item) {
  std::vector<char> buffer(kPiece);
  while (true) {
    const auto got = reader.read(buffer);
    if (!got) {
      item.error = got.error().what;
      return {};
    }
    if (*got == 0) {
      return {};
    }
    if (item.bytes + *got > options_.executable_limit) {
      item.truncated = true;
      return {};
    }
    GENBA_TRY_VOID(as_output(evidence_.append({buffer.data(), *got})));
    item.bytes += *got;
  }
}

Result<void> Snapshotter::keep_executable() {
  const std::string source = path("exe");
  const auto reader = host_.open_magic(source);
  if (!reader) {
    failed(source, reader.error());
    return {};
  }
  const host::FileStatus& status = (*reader)->status();
  const FileKey file{status.device, status.inode, status.size};
  if (const auto known = executables_.find(file); known != executables_.end()) {
    result_.items.push_back(known->second);
    result_.items.back().source = source;
    return {};
  }
  SnapshotItem item;
  item.source = source;
  GENBA_TRY_VOID(as_output(evidence_.begin()));
  GENBA_TRY_VOID(copy(**reader, item));
  GENBA_TRY_VOID(finish(std::move(item)));
  executables_.emplace(file, result_.items.back());
  return {};
}

Result<void> Snapshotter::keep_risky() {
  std::vector<host::RiskyRead> reads;
  for (const std::string_view file : kRisky) {
    reads.push_back({path(file), kTextLimit});
  }
  std::vector<Result<host::FileBytes>> answers(
      reads.size(), Result<host::FileBytes>(fail(ErrorCode::kTimedOut, "no answer")));
  host_.read_risky(reads, [&](size_t index, Result<host::FileBytes> bytes) {
    answers[index] = std::move(bytes);
  });
  for (size_t i = 0; i < reads.size(); ++i) {
    GENBA_TRY_VOID(keep(reads[i].path, answers[i]));
  }
  maps_ = answers.back() ? std::move(answers.back()->bytes) : "";
  return {};
}

Result<void> Snapshotter::keep_links() {
  std::string text;
  for (const std::string_view link : kLinks) {
    const auto target = host_.read_link(path(link));
    text += fmt::format("{}\t{}\n", link, target ? *target : "? " + target.error().what);
  }
  return keep_text(path("(links)"), std::move(text));
}

// One line a descriptor: number, flags as open(2) had them (octal), what it leads to.
Result<void> Snapshotter::keep_descriptors() {
  const auto entries = host_.read_directory(path("fd"));
  if (!entries) {
    failed(path("fd"), entries.error());
    return {};
  }
  std::map<int64_t, std::string> lines;
  std::set<uint64_t> inodes;
  for (const host::DirectoryEntry& entry : *entries) {
    const auto number = base::parse_number<int64_t>(entry.name);
    if (!number || lines.size() == kMostDescriptors) {
      continue;
    }
    const auto target = host_.read_link(path("fd/" + entry.name));
    const auto info = host_.read_file(path("fdinfo/" + entry.name), kTextLimit);
    std::string_view flags = "?";
    for (const std::string_view line :
         info ? base::split(info->bytes, '\n') : std::vector<std::string_view>()) {
      if (line.starts_with("flags:")) {
        flags = base::trim(line.substr(line.find(':') + 1));
      }
    }
    if (target) {
      const parse::ProcLink link = parse::parse_proc_link(*target);
      if (link.kind == parse::LinkKind::kSocket && link.inode) {
        inodes.insert(*link.inode);
      }
    }
    lines[*number] =
        fmt::format("{}\t{}\t{}\n", *number, flags, target ? *target : "? " + target.error().what);
  }
  std::string text;
  for (const auto& [number, line] : lines) {
    text += line;
  }
  GENBA_TRY_VOID(keep_text(path("fd"), std::move(text)));
  result_.items.back().truncated = lines.size() == kMostDescriptors;
  return inodes.empty() ? Result<void>() : keep_sockets(inodes);
}

const Result<std::vector<host::DiagSocket>>& Snapshotter::sockets() {
  const auto name = host_.read_link(path("ns/net"));
  const std::string key = name ? *name : fmt::format("of {}", pid_);
  const auto known = sockets_.find(key);
  return known != sockets_.end() ? known->second
                                 : sockets_.emplace(key, host_.read_sock_diag(pid_)).first->second;
}

// One line a socket: inode, family, protocol, state (all numbers), local and remote address in
// hexadecimal with the port.
Result<void> Snapshotter::keep_sockets(const std::set<uint64_t>& inodes) {
  const auto& all = sockets();
  if (!all) {
    failed(path("(sockets)"), all.error());
    return {};
  }
  std::string text;
  size_t told = 0;
  for (const host::DiagSocket& socket : *all) {
    if (inodes.contains(socket.inode) && told < kMostSockets) {
      ++told;
      text +=
          fmt::format("{}\t{}\t{}\t{}\t{}:{}\t{}:{}\n", socket.inode, socket.family,
                      socket.protocol, socket.state, base::to_hex(socket.local_address),
                      socket.local_port, base::to_hex(socket.remote_address), socket.remote_port);
    }
  }
  return keep_text(path("(sockets)"), std::move(text));
}

Result<void> Snapshotter::keep_memory() {
  SnapshotItem item;
  item.source = path("mem (private writable)");
  GENBA_TRY_VOID(as_output(evidence_.begin()));
  auto dump = dump_memory(host_, pid_, maps_, memory_left_, evidence_);
  if (!dump) {
    if (dump.error().code == ErrorCode::kOutput) {
      return fail(dump.error());
    }
    failed(std::move(item.source), dump.error());
    return {};
  }
  memory_left_ -= dump->bytes;
  item.bytes = dump->bytes;
  item.truncated = dump->truncated;
  if (dump->unreadable > 0) {
    item.error = fmt::format("{} bytes could not be read and are zero", dump->unreadable);
  }
  GENBA_TRY_VOID(finish(std::move(item)));
  return keep_text(path("mem (index)"), std::move(dump->index));
}

Result<ProcessSnapshot> Snapshotter::take(const ProcessKey& key) {
  pid_ = key.pid;
  maps_.clear();
  result_ = ProcessSnapshot{key, {}, false};
  // What is lost first when the process ends by itself comes first.
  GENBA_TRY_VOID(keep_executable());
  for (const std::string_view file : kPlain) {
    GENBA_TRY_VOID(keep(path(file), host_.read_file(path(file), kTextLimit)));
  }
  GENBA_TRY_VOID(keep_links());
  GENBA_TRY_VOID(keep_descriptors());
  GENBA_TRY_VOID(keep_risky());
  if (options_.memory == MemoryChoice::kPrivateWritable) {
    GENBA_TRY_VOID(keep_memory());
  }
  result_.same_process = is_alive(host_, key);
  return std::move(result_);
}

}  // namespace

Result<std::vector<ProcessSnapshot>> snapshot(const host::Host& host,
                                              const std::vector<ProcessKey>& keys,
                                              const SnapshotOptions& options,
                                              EvidenceWriter& evidence) {
  Snapshotter snapshotter(host, options, evidence);
  std::vector<ProcessSnapshot> snapshots;
  for (const ProcessKey& key : keys) {
    if (is_alive(host, key)) {
      GENBA_TRY(auto one, snapshotter.take(key));
      snapshots.push_back(std::move(one));
    }
  }
  return snapshots;
}

}  // namespace genba::act
