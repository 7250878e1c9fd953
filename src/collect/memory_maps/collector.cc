// SPDX-License-Identifier: Apache-2.0
//
// Which code does each process have mapped? The x mappings of /proc/PID/maps, read by helpers
// because maps blocks while a stuck process holds its memory map. " (deleted)" in maps is text: a
// file really named so is told apart by looking whether it is there. Source: proc(5), kernel
// fs/proc/task_mmu.c. Covered by memory_maps_test.cc.
#include "collect/collector.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "collect/proc.h"
#include "fmt/format.h"
#include "model/tables/process_memory_map.h"
#include "parse/memory_map/memory_map.h"

namespace genba::collect::memory_maps {

namespace {

constexpr std::string_view kArea = "memory_maps";
constexpr std::string_view kSubject = "/proc/PID/maps";
// 65,530 mappings (vm.max_map_count) of some 100 bytes.
constexpr uint64_t kLimit = 16ULL << 20;
constexpr size_t kBatch = 256;
// A process can map a page executable as often as it likes; these are enough to judge it.
constexpr size_t kMappingsOfOneProcess = 16'384;

class Collection {
 public:
  explicit Collection(Context& context) : context_(context), coverage_(kArea, kSubject) {}

  void run() {
    const auto pids = list_processes(context_.host);
    if (!pids) {
      coverage_.asked();
      coverage_.failed(pids.error());
      coverage_.finish(context_.facts);
      return;
    }
    context_.facts.open(model::tables::process_memory_map());
    coverage_.asked(static_cast<int64_t>(pids->size()));
    for (size_t begin = 0; begin < pids->size(); begin += kBatch) {
      std::vector<host::RiskyRead> reads;
      for (size_t i = begin; i < std::min(begin + kBatch, pids->size()); ++i) {
        reads.push_back({proc_path((*pids)[i], "maps"), kLimit});
      }
      context_.host.read_risky(reads, [&](size_t index, base::Result<host::FileBytes> bytes) {
        take((*pids)[begin + index], std::move(bytes));
      });
    }
    coverage_.finish(context_.facts);
    if (saw_nothing(context_.facts, kArea)) {
      context_.facts.drop(model::tables::process_memory_map());
    }
  }

 private:
  void take(int64_t pid, base::Result<host::FileBytes> bytes) {
    if (!bytes) {
      coverage_.failed(as_gone(std::move(bytes).error()));
      return;
    }
    coverage_.seen();
    std::vector<base::Note> notes;
    auto mappings = parse::parse_executable_mappings(bytes->bytes, notes);
    if (bytes->truncated) {
      coverage_.cut("a list of mappings is larger than 16 MiB; its beginning is kept");
    } else if (!notes.empty()) {
      notes.front().source = proc_path(pid, "maps");
      coverage_.note(notes.front());
    }
    if (mappings.size() > kMappingsOfOneProcess) {
      mappings.resize(kMappingsOfOneProcess);
      coverage_.cut(fmt::format("process {} has more than {} executable mappings", pid,
                                kMappingsOfOneProcess));
    }
    for (const parse::MemoryMapping& mapping : mappings) {
      if (!context_.facts.append_large(row_of(pid, mapping))) {
        coverage_.cut("the table is full");
        return;
      }
    }
  }

  model::ProcessMemoryMap row_of(int64_t pid, const parse::MemoryMapping& mapping) {
    model::ProcessMemoryMap row;
    parse::MappedPath mapped = parse::mapped_path(mapping);
    row.pid = pid;
    row.start = fmt::format("{:#x}", mapping.start);
    row.end = fmt::format("{:#x}", mapping.end);
    row.permissions = mapping.permissions;
    row.offset = static_cast<int64_t>(mapping.offset);
    row.device = mapping.device;
    row.inode = static_cast<int64_t>(mapping.inode);
    row.pseudo = mapped.pseudo;
    row.deleted = mapped.deleted;
    if (mapped.deleted && !mapped.pseudo) {
      const std::string full = mapped.path + " (deleted)";
      if (inode_at(full) == mapping.inode) {
        row.deleted = false;
        mapped.path = full;
      }
    }
    if (!mapped.path.empty()) {
      row.path = std::move(mapped.path);
    }
    return row;
  }

  // The inode that has this name now; 0 for none. Asked once a name: libraries repeat.
  uint64_t inode_at(const std::string& path) {
    const auto known = inodes_.find(path);
    if (known != inodes_.end()) {
      return known->second;
    }
    const auto status = context_.host.lstat(path);
    return inodes_[path] = status ? status->inode : 0;
  }

  Context& context_;
  CoverageCounter coverage_;
  std::map<std::string, uint64_t, std::less<>> inodes_;
};

void collect(Context& context) {
  if (!not_live(context, kArea, kSubject)) {
    Collection(context).run();
  }
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::process_memory_map()};
  static const Collector kCollector{kArea, kProvides, {}, collect, nullptr};
  return kCollector;
}

}  // namespace genba::collect::memory_maps
