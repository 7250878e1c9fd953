// SPDX-License-Identifier: Apache-2.0
//
// Which machine is this, which kernel runs it, and what do its clocks say? One row, also for a
// tree, where only the files that lie on disk answer. An answer that the kernel does not offer
// stays absent; a refused one is coverage. Source: os-release(5), machine-id(5), proc(5),
// namespaces(7). Covered by kernel_test.cc.
#include "collect/collector.h"

#include <optional>
#include <string>
#include <utility>

#include "base/split.h"
#include "model/tables/host_info.h"
#include "parse/kernel_text/kernel_text.h"
#include "parse/os_release/os_release.h"
#include "parse/proc_link/proc_link.h"

namespace genba::collect::kernel {

namespace {

using base::ErrorCode;

constexpr std::string_view kArea = "kernel";
constexpr uint64_t kSmallFile = 1ULL << 20;
constexpr uint64_t kStatLimit = 4ULL << 20;  // a line for each processor and interrupt

class Collection {
 public:
  explicit Collection(Context& context)
      : context_(context), host_(context.host), coverage_(kArea, "host_info") {}

  void run() {
    read_files();
    if (host_.kind() == host::HostKind::kLive) {
      read_kernel();
      read_container();
    }
    context_.facts.rows<model::HostInfo>().push_back(std::move(row_));
    coverage_.finish(context_.facts);
  }

 private:
  // The file's bytes; nothing, uncounted, when this system does not have it.
  std::optional<std::string> read(std::string_view path, uint64_t limit = kSmallFile) {
    auto bytes = host_.read_file(path, limit);
    if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
      return std::nullopt;
    }
    coverage_.asked();
    if (!bytes) {
      coverage_.failed(bytes.error());
      return std::nullopt;
    }
    coverage_.seen();
    return std::move(bytes->bytes);
  }

  std::optional<std::string> read_word(std::string_view path) {
    const auto bytes = read(path);
    const std::string_view word = bytes ? base::trim(*bytes) : std::string_view();
    return word.empty() ? std::nullopt : std::optional(std::string(word));
  }

  void read_files() {
    row_.hostname = read_word("/etc/hostname");
    row_.machine_id = read_word("/etc/machine-id");
    auto bytes = read("/etc/os-release");
    if (!bytes) {
      bytes = read("/usr/lib/os-release");
    }
    if (bytes) {
      parse::OsRelease release = parse::parse_os_release(*bytes);
      row_.os_id = std::move(release.id);
      row_.os_name = release.pretty_name ? std::move(release.pretty_name) : std::move(release.name);
      row_.os_version = std::move(release.version_id);
    }
  }

  std::optional<int64_t> read_number(std::string_view path) {
    const auto bytes = read(path);
    return bytes ? parse::parse_kernel_number(*bytes) : std::nullopt;
  }

  void read_kernel() {
    coverage_.asked();
    if (auto names = host_.kernel_names()) {
      coverage_.seen();
      row_.hostname = std::move(names->hostname);
      row_.kernel_release = std::move(names->release);
      row_.kernel_version = std::move(names->version);
      row_.architecture = std::move(names->machine);
    } else {
      coverage_.failed(names.error());
    }
    row_.kernel_arguments = read_word("/proc/cmdline");
    row_.boot_id = read_word("/proc/sys/kernel/random/boot_id");
    if (const auto stat = read("/proc/stat", kStatLimit)) {
      row_.boot_time = parse::parse_boot_time(*stat);
    }
    const host::ClockReading clocks = host_.clocks();
    row_.clock_realtime = clocks.realtime;
    row_.clock_boottime = clocks.boottime_nanoseconds;
    if (const auto lockdown = read("/sys/kernel/security/lockdown")) {
      row_.lockdown = parse::parse_bracketed_choice(*lockdown);
    }
    row_.tainted = read_number("/proc/sys/kernel/tainted");
    row_.pid_max = read_number("/proc/sys/kernel/pid_max");
    row_.euid = host_.euid();
    const auto modules = host_.lstat("/proc/modules");
    if (modules || modules.error().code == ErrorCode::kNotFound) {
      row_.modules_loadable = modules.has_value();
    }
  }

  void read_container() {
    // The first PID namespace has a fixed inode (PROC_PID_INIT_INO, include/linux/proc_ns.h).
    constexpr uint64_t kFirstPidNamespace = 0xEFFFFFFC;
    const auto text = host_.read_link("/proc/self/ns/pid");
    const auto inode = text ? parse::parse_proc_link(*text).inode : std::nullopt;
    if (inode && *inode != kFirstPidNamespace) {
      row_.is_container = true;
      return;
    }
    const auto first = host_.stat_magic("/proc/1/root");
    const auto own = host_.stat("/");
    if (inode && first && own) {
      row_.is_container = first->device != own->device || first->inode != own->inode;
    }
  }

  Context& context_;
  const host::Host& host_;
  CoverageCounter coverage_;
  model::HostInfo row_;
};

void collect(Context& context) {
  Collection(context).run();
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::host_info()};
  static const Collector kCollector{kArea, kProvides, {}, collect, nullptr};
  return kCollector;
}

}  // namespace genba::collect::kernel
