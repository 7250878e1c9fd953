// SPDX-License-Identifier: Apache-2.0
//
// Which processes are there, what do they run and as whom? One row a process (thread group), from
// /proc/PID/{stat,status,cmdline,exe,cwd,root,cgroup,ns,loginuid}. osquery's columns where it has
// them. Sources: proc(5), kernel fs/proc/array.c.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// All processes that a listing of /proc shows, without Genba's own.
struct Process {
  int64_t pid = 0;
  int64_t parent = 0;
  std::string name;
  std::optional<std::string> path;
  std::optional<std::string> cmdline;
  std::optional<std::string> argv0;
  std::string state;
  std::optional<std::string> cwd;
  std::optional<std::string> root;
  int64_t uid = 0;
  int64_t euid = 0;
  int64_t suid = 0;
  int64_t gid = 0;
  int64_t egid = 0;
  int64_t sgid = 0;
  std::optional<int64_t> loginuid;
  int64_t session = 0;
  int64_t pgroup = 0;
  std::optional<std::string> tty;
  int64_t threads = 0;
  int64_t nice = 0;
  std::optional<int64_t> resident_size;
  std::optional<int64_t> total_size;
  int64_t user_time = 0;
  int64_t system_time = 0;
  std::optional<double> cpu_percent;
  std::optional<double> cpu_percent_lifetime;
  base::Timestamp start_time;
  std::optional<bool> on_disk;
  std::optional<bool> deleted;
  std::optional<std::string> replaced_by;
  std::optional<std::string> exe_kind;
  std::optional<int64_t> exe_device;
  std::optional<int64_t> exe_inode;
  std::optional<int64_t> exe_size;
  std::optional<base::Timestamp> exe_mtime;
  std::optional<base::Timestamp> exe_ctime;
  std::optional<int64_t> exe_uid;
  std::optional<std::string> exe_mode;
  bool kernel_thread = false;
  std::optional<int64_t> tracer_pid;
  std::optional<int64_t> cap_effective;
  std::optional<bool> no_new_privs;
  std::optional<int64_t> seccomp;
  std::optional<std::string> cgroup_path;
  std::optional<int64_t> mnt_namespace;
  std::optional<int64_t> net_namespace;
  std::optional<int64_t> pid_namespace;
  std::optional<int64_t> user_namespace;
  std::optional<bool> in_container;
};

template <>
struct TableOf<Process> {
  static constexpr ColumnInfo kColumns[] = {
      column<&Process::pid>("pid", "Process id."),
      column<&Process::parent>("parent", "Parent process id."),
      column<&Process::name>(
          "name", "The command name (comm, at most 15 bytes), which the process can set freely."),
      column<&Process::path>("path",
                             "The executable as the kernel names it, without the \" (deleted)\" "
                             "ending; absent for kernel threads and when unreadable."),
      column<&Process::cmdline>(
          "cmdline", "Arguments, joined by spaces; absent when unreadable or when there are none."),
      column<&Process::argv0>("argv0", "The first argument as given."),
      column<&Process::state>(
          "state",
          "One letter: R running, S sleeping, D uninterruptible, Z zombie, T stopped, I idle."),
      column<&Process::cwd>("cwd", "Current directory."),
      column<&Process::root>("root", "Root directory as seen from the host."),
      column<&Process::uid>("uid", "Real user id."),
      column<&Process::euid>("euid", "Effective user id."),
      column<&Process::suid>("suid", "Saved user id."),
      column<&Process::gid>("gid", "Real group id."),
      column<&Process::egid>("egid", "Effective group id."),
      column<&Process::sgid>("sgid", "Saved group id."),
      column<&Process::loginuid>(
          "loginuid", "Audit login user id: who logged in to start this; absent when never set."),
      column<&Process::session>("session", "Session id."),
      column<&Process::pgroup>("pgroup", "Process group id."),
      column<&Process::tty>("tty",
                            "Controlling terminal (pts/0, tty1); absent when there is none."),
      column<&Process::threads>("threads", "Number of threads."),
      column<&Process::nice>("nice", "Nice value."),
      column<&Process::resident_size>("resident_size", "Resident memory in bytes."),
      column<&Process::total_size>("total_size", "Virtual memory in bytes."),
      column<&Process::user_time>("user_time", "CPU time in user mode, in milliseconds."),
      column<&Process::system_time>("system_time", "CPU time in kernel mode, in milliseconds."),
      column<&Process::cpu_percent>("cpu_percent",
                                    "Share of one CPU between two readings of this run, in "
                                    "percent; absent when it was read only once."),
      column<&Process::cpu_percent_lifetime>(
          "cpu_percent_lifetime", "Share of one CPU since the process started, in percent."),
      column<&Process::start_time>(
          "start_time", "When the process started (start ticks on /proc/stat btime, 10 ms steps)."),
      column<&Process::on_disk>("on_disk",
                                "Whether the path leads to the very file that runs (same device "
                                "and inode), seen through the root of the process; osquery only "
                                "asks whether something is there, and has -1 for unknown."),
      column<&Process::deleted>("deleted",
                                "Whether the running file has no name left (st_nlink is 0)."),
      column<&Process::replaced_by>("replaced_by",
                                    "Path of another file that now stands at the path of the "
                                    "running one; absent when none does."),
      column<&Process::exe_kind>(
          "exe_kind",
          "How the executable came to be: file, deleted, memfd, or kernel for kernel threads."),
      column<&Process::exe_device>("exe_device", "Device number of the running file."),
      column<&Process::exe_inode>("exe_inode", "Inode number of the running file."),
      column<&Process::exe_size>("exe_size", "Size of the running file in bytes."),
      column<&Process::exe_mtime>("exe_mtime", "Modification time of the running file."),
      column<&Process::exe_ctime>("exe_ctime", "Change time of the running file."),
      column<&Process::exe_uid>("exe_uid", "Owner of the running file."),
      column<&Process::exe_mode>("exe_mode", "Mode of the running file, four octal digits."),
      column<&Process::kernel_thread>(
          "kernel_thread",
          "Whether the kernel marks it as its own thread (PF_KTHREAD in stat flags)."),
      column<&Process::tracer_pid>("tracer_pid",
                                   "Process that traces it (TracerPid); absent when none."),
      column<&Process::cap_effective>("cap_effective", "Effective capabilities, a bit mask."),
      column<&Process::no_new_privs>("no_new_privs", "Whether no_new_privs is set."),
      column<&Process::seccomp>("seccomp", "Seccomp mode: 0 none, 1 strict, 2 filter."),
      column<&Process::cgroup_path>(
          "cgroup_path",
          "Path in the unified hierarchy, else in the systemd or first v1 hierarchy."),
      column<&Process::mnt_namespace>("mnt_namespace", "Inode of its mount namespace."),
      column<&Process::net_namespace>("net_namespace", "Inode of its network namespace."),
      column<&Process::pid_namespace>("pid_namespace", "Inode of its PID namespace."),
      column<&Process::user_namespace>("user_namespace", "Inode of its user namespace."),
      column<&Process::in_container>("in_container",
                                     "Whether it lives in another mount namespace and on another "
                                     "root directory than Genba: its files are not this host's. A "
                                     "PID namespace of its own makes no container."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<Process>(
        "processes", "All processes that a listing of /proc shows, without Genba's own.",
        TableScope::kLiveOnly, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& processes() {
  return TableOf<Process>::info();
}
}  // namespace tables

}  // namespace genba::model
