// SPDX-License-Identifier: Apache-2.0
//
// Twins of the system calls about processes and clocks, with the kernel's names. The
// only signals that can be sent from here are 0, and SIGKILL to a child of ours through its pidfd.
// Covered by sys/process_test.cc.
#pragma once

#include <sys/types.h>
#include <time.h>

#include <cstdint>
#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace genba::sys {

using base::Result;

/// fork(2). 0 in the child. Only from a process with one thread.
Result<pid_t> fork();
/// Leaves at once: no destructors, no flushing.
[[noreturn]] void exit_now(int code);
/// waitid(2) for one child of ours; its si_status. kGone when it is not, or no longer, a child.
Result<int> wait_for(pid_t child);

/// The kernel reaps this process's children by itself (SIGCHLD ignored); wait_for no longer works.
void let_kernel_reap_children();

/// pidfd_open(2), Linux 5.3.
Result<Fd> pidfd_open(pid_t pid);
/// pidfd_send_signal(2) with SIGKILL, Linux 5.1. Only for children of ours.
Result<void> kill_child(const Fd& pidfd);

/// How many processors this process may use, from sched_getaffinity(2); at least 1. The library's
/// own way reads a path below /sys.
int usable_processors();

/// Bytes in a page of memory, as /proc/PID/pagemap counts them.
uint64_t page_size();

pid_t getpid();
pid_t getppid();
uint32_t geteuid();

/// Signal for this process when the thread that forked it ends (PR_SET_PDEATHSIG, SIGKILL).
/// kGone when `parent` has ended already.
Result<void> die_with_parent(pid_t parent);
/// The name in /proc/PID/comm, at most 15 bytes.
void set_name(const char* name);
/// No core dump, no ptrace by equals, no core_pattern helper (PR_SET_DUMPABLE 0).
Result<void> set_undumpable();
/// Interrupts from the terminal end only the process that the person started.
void ignore_terminal_signals();

/// setsid(2): no terminal, and no longer of its parent's session. kDenied in a group's leader.
Result<void> setsid();

/// setns(2) into the network namespace that `fd` holds. Only from a process with one thread.
Result<void> enter_network_namespace(const Fd& fd);

/// clock_gettime(2) in nanoseconds; 0 when the kernel lacks the clock.
int64_t clock_nanoseconds(clockid_t clock);
/// Sleeps the whole time, interruptions notwithstanding.
void sleep_nanoseconds(int64_t nanoseconds);

/// uname(2).
struct SystemNames {
  std::string nodename;
  std::string release;
  std::string version;
  std::string machine;
};
Result<SystemNames> uname();

}  // namespace genba::sys
