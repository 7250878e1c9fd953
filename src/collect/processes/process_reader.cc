// SPDX-License-Identifier: Apache-2.0
#include "collect/processes/process_reader.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/number.h"
#include "base/split.h"
#include "collect/proc.h"
#include "model/tables/process_changes.h"
#include "parse/cgroup/cgroup.h"
#include "parse/kernel_text/kernel_text.h"
#include "parse/proc_link/proc_link.h"
#include "parse/process_stat/process_stat.h"
#include "parse/process_status/process_status.h"

namespace genba::collect::processes {

namespace {

using base::ErrorCode;

constexpr int64_t kNanosecondsPerTick = 10'000'000;  // USER_HZ is 100
constexpr int64_t kMillisecondsPerTick = 10;
constexpr uint64_t kSmallFile = 64ULL << 10;  // stat, status and cgroup stay far below

struct ColumnSource {
  std::string_view column;
  Source source;
};

// A column may stand here more than once; those that only stat gives do not stand here at all.
constexpr ColumnSource kColumnSources[] = {
    {"uid", Source::kStatus},
    {"euid", Source::kStatus},
    {"suid", Source::kStatus},
    {"gid", Source::kStatus},
    {"egid", Source::kStatus},
    {"sgid", Source::kStatus},
    {"resident_size", Source::kStatus},
    {"tracer_pid", Source::kStatus},
    {"cap_effective", Source::kStatus},
    {"no_new_privs", Source::kStatus},
    {"seccomp", Source::kStatus},
    {"cmdline", Source::kCmdline},
    {"argv0", Source::kCmdline},
    {"path", Source::kExe},
    {"deleted", Source::kExe},
    {"exe_kind", Source::kExe},
    {"exe_device", Source::kExe},
    {"exe_inode", Source::kExe},
    {"exe_size", Source::kExe},
    {"exe_mtime", Source::kExe},
    {"exe_ctime", Source::kExe},
    {"exe_uid", Source::kExe},
    {"exe_mode", Source::kExe},
    {"on_disk", Source::kPath},
    {"replaced_by", Source::kPath},
    {"cwd", Source::kCwd},
    {"root", Source::kRoot},
    {"mnt_namespace", Source::kNamespaces},
    {"net_namespace", Source::kNamespaces},
    {"pid_namespace", Source::kNamespaces},
    {"user_namespace", Source::kNamespaces},
    {"in_container", Source::kNamespaces},
    {"cgroup_path", Source::kCgroup},
    {"loginuid", Source::kLoginuid},
};

bool is_same_file(const host::FileStatus& a, const host::FileStatus& b) {
  return a.device == b.device && a.inode == b.inode;
}

// Reads one process step by step; each step leaves its columns or its error.
class Reader {
 public:
  Reader(const host::Host& host, int64_t pid, const Sources& sources,
         const Surroundings& surroundings)
      : host_(host), pid_(pid), sources_(sources), surroundings_(surroundings) {}

  Reading read() && {
    if (!read_stat() || (sources_.has(Source::kStatus) && !read_status())) {
      return std::move(reading_);
    }
    if (sources_.has(Source::kRoot)) {
      read_text_link(Source::kRoot, "root", row_.root);
    }
    if (sources_.has(Source::kCwd)) {
      read_text_link(Source::kCwd, "cwd", row_.cwd);
    }
    if (sources_.has(Source::kNamespaces)) {
      read_namespaces();
    }
    if (sources_.has(Source::kExe)) {
      read_exe();
    }
    if (sources_.has(Source::kCgroup)) {
      read_cgroup();
    }
    if (sources_.has(Source::kLoginuid)) {
      read_loginuid();
    }
    reading_.row = std::move(row_);
    return std::move(reading_);
  }

 private:
  void ask(Source source) { reading_.asked[static_cast<size_t>(source)] = true; }
  void fail(Source source, base::Error error) {
    auto& slot = reading_.errors[static_cast<size_t>(source)];
    if (!slot) {
      slot = as_gone(std::move(error));
    }
  }

  bool read_stat() {
    ask(Source::kStat);
    const auto bytes = host_.read_file(proc_path(pid_, "stat"), kSmallFile);
    if (!bytes) {
      fail(Source::kStat, bytes.error());
      return false;
    }
    auto stat = parse::parse_process_stat(bytes->bytes);
    if (!stat) {
      fail(Source::kStat, stat.error().with_context(proc_path(pid_, "stat")));
      return false;
    }
    reading_.start_ticks = stat->start_ticks;
    row_.pid = pid_;
    row_.parent = stat->parent;
    row_.name = std::move(stat->name);
    row_.state = std::string(1, stat->state);
    row_.session = stat->session;
    row_.pgroup = stat->pgroup;
    if (stat->tty_number != 0) {
      row_.tty = parse::tty_name(stat->tty_number);
    }
    row_.threads = stat->threads;
    row_.nice = stat->nice;
    row_.user_time = static_cast<int64_t>(stat->user_ticks) * kMillisecondsPerTick;
    row_.system_time = static_cast<int64_t>(stat->system_ticks) * kMillisecondsPerTick;
    row_.kernel_thread = (stat->flags & parse::kKernelThreadFlag) != 0;
    if (row_.kernel_thread) {
      row_.exe_kind = "kernel";
    } else if (stat->state != 'Z' && stat->state != 'X') {
      row_.total_size = static_cast<int64_t>(stat->virtual_size);
    }
    set_times(stat->start_ticks);
    return true;
  }

  void set_times(uint64_t start_ticks) {
    // More ticks than fit would be a clock of 2,900 years.
    const auto start =
        static_cast<int64_t>(std::min<uint64_t>(start_ticks, INT64_MAX / 100'000'000)) *
        kNanosecondsPerTick;
    row_.start_time = base::Timestamp{surroundings_.boot_time.nanoseconds + start};
    const int64_t age = surroundings_.boottime_nanoseconds - start;
    if (age > 0) {
      const auto used = static_cast<double>(row_.user_time + row_.system_time) * 1e6;
      row_.cpu_percent_lifetime = 100.0 * used / static_cast<double>(age);
    }
  }

  bool read_status() {
    ask(Source::kStatus);
    const auto bytes = host_.read_file(proc_path(pid_, "status"), kSmallFile);
    auto status = bytes ? parse::parse_process_status(bytes->bytes)
                        : base::Result<parse::ProcessStatus>(base::fail(bytes.error()));
    if (!status) {
      fail(Source::kStatus, status.error());
      // A row whose owner is not known would say root; -1 is nobody's id.
      row_.uid = row_.euid = row_.suid = row_.gid = row_.egid = row_.sgid = -1;
      return as_gone(status.error()).code != ErrorCode::kGone;
    }
    row_.uid = status->uid.real;
    row_.euid = status->uid.effective;
    row_.suid = status->uid.saved;
    row_.gid = status->gid.real;
    row_.egid = status->gid.effective;
    row_.sgid = status->gid.saved;
    row_.resident_size = status->resident_size;
    if (status->tracer_pid && *status->tracer_pid != 0) {
      row_.tracer_pid = status->tracer_pid;
    }
    if (status->cap_effective) {
      row_.cap_effective = static_cast<int64_t>(*status->cap_effective);
    }
    row_.no_new_privs = status->no_new_privs;
    row_.seccomp = status->seccomp;
    return true;
  }

  bool is_zombie() const { return row_.state == "Z" || row_.state == "X"; }

  // Zombies have no files any more: their links are not found, which is no failure.
  void fail_link(Source source, const base::Error& error) {
    if (!is_zombie() || error.code == ErrorCode::kDenied) {
      fail(source, error);
    }
  }

  void read_text_link(Source source, std::string_view name, std::optional<std::string>& column) {
    ask(source);
    auto text = host_.read_link(proc_path(pid_, name));
    if (text) {
      column = *std::move(text);
    } else {
      fail_link(source, text.error());
    }
  }

  void read_namespaces() {
    ask(Source::kNamespaces);
    const std::pair<std::string_view, std::optional<int64_t>*> kinds[] = {
        {"mnt", &row_.mnt_namespace},
        {"net", &row_.net_namespace},
        {"pid", &row_.pid_namespace},
        {"user", &row_.user_namespace}};
    for (const auto& [kind, column] : kinds) {
      const auto inode = read_namespace(host_, pid_, kind);
      if (inode) {
        *column = *inode;
        continue;
      }
      const bool old_kernel =
          inode.error().code == ErrorCode::kNotFound && (row_.mnt_namespace || row_.net_namespace);
      if (!old_kernel) {
        fail_link(Source::kNamespaces, inode.error());
      }
    }
    if (row_.kernel_thread) {
      row_.in_container = false;  // kdevtmpfs has a mount namespace of its own
      return;
    }
    row_.in_container = lives_in_container();
  }

  // A namespace alone says nothing: services with PrivateTmp have a mount namespace of their own,
  // sandboxes of browsers a PID namespace, and anyone can make one (unshare); they still run the
  // host's files. Another root filesystem does.
  std::optional<bool> lives_in_container() {
    if (!row_.mnt_namespace || !surroundings_.own_mnt_namespace) {
      return std::nullopt;
    }
    if (row_.mnt_namespace == surroundings_.own_mnt_namespace) {
      return false;
    }
    const auto root = host_.stat_magic(proc_path(pid_, "root"));
    if (!root || !surroundings_.own_root) {
      return std::nullopt;
    }
    return root->device != surroundings_.own_root->device ||
           root->inode != surroundings_.own_root->inode;
  }

  // The running file's path as this run can look it up: plain in our own mount namespace, below
  // /proc/PID/root in another one.
  base::Result<host::FileStatus> stat_as_process(const std::string& path) {
    const bool same = !row_.mnt_namespace || !surroundings_.own_mnt_namespace ||
                      row_.mnt_namespace == surroundings_.own_mnt_namespace;
    if (same) {
      return host_.stat(path);
    }
    std::string_view inside = path;
    // The link's text starts at the namespace's root, /proc/PID/root at the process's own.
    if (row_.root && row_.root->size() > 1 && inside.starts_with(*row_.root) &&
        inside.substr(row_.root->size()).starts_with('/')) {
      inside.remove_prefix(row_.root->size());
    }
    return host_.stat_magic(proc_path(pid_, "root").append(inside));
  }

  void read_exe() {
    if (row_.kernel_thread) {
      return;
    }
    ask(Source::kExe);
    const auto text = host_.read_link(proc_path(pid_, "exe"));
    if (!text) {
      fail_link(Source::kExe, text.error());
      return;
    }
    const parse::ProcLink link = parse::parse_proc_link(*text);
    row_.path = std::string(link.path);
    const auto file = host_.stat_magic(proc_path(pid_, "exe"));
    if (!file) {
      fail_link(Source::kExe, file.error());
      return;
    }
    set_file(*file);
    const bool memory_file = link.kind == parse::LinkKind::kMemfd && *row_.deleted;
    row_.exe_kind = memory_file ? "memfd" : *row_.deleted ? "deleted" : "file";
    if (link.deleted && !*row_.deleted) {
      // Either a file really named so, or one that lost this name but has others left.
      const auto named = stat_as_process(*text);
      if (named && is_same_file(*named, *file)) {
        row_.path = *text;
      }
    }
    if (sources_.has(Source::kPath)) {
      look_at_path(*file, memory_file);
    }
  }

  void set_file(const host::FileStatus& file) {
    row_.deleted = file.hard_links == 0;
    row_.exe_device = static_cast<int64_t>(file.device);
    row_.exe_inode = static_cast<int64_t>(file.inode);
    row_.exe_size = static_cast<int64_t>(file.size);
    row_.exe_mtime = file.mtime;
    row_.exe_ctime = file.ctime;
    row_.exe_uid = file.uid;
    row_.exe_mode = host::mode_text(file.mode);
  }

  void look_at_path(const host::FileStatus& running, bool memory_file) {
    ask(Source::kPath);
    if (memory_file) {
      row_.on_disk = false;
      return;
    }
    const auto there = stat_as_process(*row_.path);
    if (there) {
      row_.on_disk = is_same_file(*there, running);
      if (!*row_.on_disk) {
        row_.replaced_by = row_.path;
      }
      return;
    }
    const ErrorCode code = there.error().code;
    if (code == ErrorCode::kNotFound || code == ErrorCode::kGone) {
      row_.on_disk = false;
    } else {
      fail(Source::kPath, there.error());
    }
  }

  void read_cgroup() {
    ask(Source::kCgroup);
    const auto bytes = host_.read_file(proc_path(pid_, "cgroup"), kSmallFile);
    if (bytes) {
      row_.cgroup_path = parse::parse_cgroup_path(bytes->bytes);
    } else if (bytes.error().code != ErrorCode::kNotFound) {  // a kernel without cgroups
      fail(Source::kCgroup, bytes.error());
    }
  }

  void read_loginuid() {
    ask(Source::kLoginuid);
    const auto bytes = host_.read_file(proc_path(pid_, "loginuid"), kSmallFile);
    if (!bytes) {
      if (bytes.error().code != ErrorCode::kNotFound) {  // a kernel without audit
        fail(Source::kLoginuid, bytes.error());
      }
      return;
    }
    constexpr int64_t kUnset = 4294967295;  // AUDIT_UID_UNSET, include/linux/audit.h
    const auto uid = parse::parse_kernel_number(bytes->bytes);
    if (uid && *uid != kUnset) {
      row_.loginuid = uid;
    }
  }

  const host::Host& host_;
  int64_t pid_;
  const Sources& sources_;
  const Surroundings& surroundings_;
  model::Process row_;
  Reading reading_;
};

}  // namespace

std::string_view subject_of(Source source) {
  static constexpr std::array<std::string_view, kSources> kSubjects = {
      "/proc/PID/stat",        "/proc/PID/status",  "/proc/PID/cmdline", "/proc/PID/exe",
      "path of /proc/PID/exe", "/proc/PID/cwd",     "/proc/PID/root",    "/proc/PID/ns",
      "/proc/PID/cgroup",      "/proc/PID/loginuid"};
  return kSubjects[static_cast<size_t>(source)];
}

Sources Sources::wanted_by(const Wanted& wanted) {
  Sources sources;
  sources.add(Source::kStat);
  for (const auto& [column, source] : kColumnSources) {
    if (wanted.wants(model::tables::processes(), column)) {
      sources.add(source);
    }
  }
  if (wanted.wants(model::tables::process_changes())) {
    sources.add(Source::kStatus);
    sources.add(Source::kExe);
  }
  if (sources.has(Source::kPath)) {
    sources.add(Source::kExe);
    sources.add(Source::kNamespaces);
    sources.add(Source::kRoot);
  }
  return sources;
}

namespace {

// btime is cut to the second; the clocks tell the same moment finer, unless they are another
// machine's or another namespace's. Rounded to the tick, so that a run sees it like the next one.
base::Timestamp boot_time_of(const std::optional<base::Timestamp>& btime,
                             const host::ClockReading& clocks) {
  constexpr int64_t kTick = 10'000'000;
  constexpr int64_t kAgree = 2'000'000'000;
  const int64_t exact = clocks.realtime.nanoseconds - clocks.boottime_nanoseconds;
  const int64_t rounded = (exact + kTick / 2) / kTick * kTick;
  if (btime && (rounded < btime->nanoseconds || rounded >= btime->nanoseconds + kAgree)) {
    return *btime;
  }
  return base::Timestamp{rounded};
}

}  // namespace

Surroundings read_surroundings(const host::Host& host, const Sources& sources) {
  Surroundings surroundings;
  std::optional<base::Timestamp> boot_time;
  constexpr uint64_t kStatLimit = 4ULL << 20;  // a line for each processor and interrupt
  if (const auto stat = host.read_file("/proc/stat", kStatLimit)) {
    boot_time = parse::parse_boot_time(stat->bytes);
  }
  const host::ClockReading clocks = host.clocks();
  surroundings.boottime_nanoseconds = clocks.boottime_nanoseconds;
  surroundings.boot_time = boot_time_of(boot_time, clocks);
  if (!sources.has(Source::kNamespaces)) {
    return surroundings;
  }
  const auto inode_of = [&](std::string_view path) -> std::optional<int64_t> {
    const auto text = host.read_link(path);
    const auto inode = text ? parse::parse_proc_link(*text).inode : std::nullopt;
    return inode ? std::optional(static_cast<int64_t>(*inode)) : std::nullopt;
  };
  surroundings.own_mnt_namespace = inode_of("/proc/self/ns/mnt");
  if (const auto root = host.stat("/")) {
    surroundings.own_root = *root;
  }
  return surroundings;
}

Reading read_process(const host::Host& host, int64_t pid, const Sources& sources,
                     const Surroundings& surroundings) {
  return Reader(host, pid, sources, surroundings).read();
}

}  // namespace genba::collect::processes
