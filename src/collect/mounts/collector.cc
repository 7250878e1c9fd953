// SPDX-License-Identifier: Apache-2.0
//
// What is mounted where, and what does it cover? mountinfo is the same for all processes of a mount
// namespace and slow on hosts with many mounts, so it is read once a namespace, through a process
// that lives there; when that one ends meanwhile, through the next. Namespaces that no process
// lives in are not seen. Source: proc(5), mount_namespaces(7). Covered by mounts_test.cc.
#include "collect/collector.h"

#include <optional>
#include <utility>
#include <vector>

#include "collect/proc.h"
#include "model/tables/mounts.h"
#include "parse/mountinfo/mountinfo.h"

namespace genba::collect::mounts {

namespace {

constexpr std::string_view kArea = "mounts";
constexpr uint64_t kLimit = 32ULL << 20;  // 100,000 mounts (fs.mount-max) of some 200 bytes

class Collection {
 public:
  explicit Collection(Context& context) : context_(context), coverage_(kArea, "mountinfo") {}

  void run() {
    const auto pids = list_processes(context_.host);
    if (!pids) {
      coverage_.asked();
      coverage_.failed(pids.error());
      coverage_.finish(context_.facts);
      return;
    }
    context_.facts.open(model::tables::mounts());
    CoverageCounter namespaces(kArea, "/proc/PID/ns/mnt");
    const auto groups = group_by_namespace(context_.host, *pids, "mnt", context_.jobs, namespaces);
    namespaces.finish(context_.facts);
    for (const NamespaceMembers& group : groups) {
      coverage_.asked();
      read_namespace_mounts(group);
    }
    coverage_.finish(context_.facts);
    if (saw_nothing(context_.facts, kArea)) {
      context_.facts.drop(model::tables::mounts());
    }
  }

 private:
  void read_namespace_mounts(const NamespaceMembers& group) {
    std::optional<base::Error> last;
    for (const int64_t pid : group.pids) {
      base::Result<host::FileBytes> bytes = read_one(pid);
      if (bytes) {
        coverage_.seen();
        add_rows(group.inode, pid, *bytes);
        return;
      }
      last = as_gone(std::move(bytes).error());
      if (last->code != base::ErrorCode::kGone) {
        break;  // the next member would be refused, or hang, as well
      }
    }
    if (last) {
      coverage_.failed(*last);
    }
  }

  base::Result<host::FileBytes> read_one(int64_t pid) const {
    base::Result<host::FileBytes> result =
        base::fail(base::ErrorCode::kIo, "no answer from the reading helper");
    const host::RiskyRead read{proc_path(pid, "mountinfo"), kLimit};
    context_.host.read_risky({&read, 1}, [&](size_t, base::Result<host::FileBytes> bytes) {
      result = std::move(bytes);
    });
    return result;
  }

  void add_rows(int64_t inode, int64_t pid, const host::FileBytes& bytes) {
    std::vector<base::Note> notes;
    auto& rows = context_.facts.rows<model::Mount>();
    for (parse::MountEntry& mount : parse::parse_mountinfo(bytes.bytes, notes)) {
      model::Mount row;
      row.device = std::move(mount.source);
      row.path = std::move(mount.path);
      row.type = std::move(mount.type);
      row.flags = std::move(mount.flags);
      if (!mount.super_options.empty()) {
        row.super_options = std::move(mount.super_options);
      }
      row.mount_id = mount.mount_id;
      row.parent_id = mount.parent_id;
      row.root = std::move(mount.root);
      row.device_number = std::move(mount.device_number);
      row.mnt_namespace = inode;
      row.pid = pid;
      rows.push_back(std::move(row));
    }
    if (bytes.truncated) {
      coverage_.cut("a list of mounts is larger than 32 MiB; its beginning is kept");
    } else if (!notes.empty()) {
      notes.front().source = proc_path(pid, "mountinfo");
      coverage_.note(notes.front());
    }
  }

  Context& context_;
  CoverageCounter coverage_;
};

void collect(Context& context) {
  if (!not_live(context, kArea, "mountinfo")) {
    Collection(context).run();
  }
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::mounts()};
  static const Collector kCollector{kArea, kProvides, {}, collect, nullptr};
  return kCollector;
}

}  // namespace genba::collect::mounts
