// SPDX-License-Identifier: Apache-2.0
#include "sys/process.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

namespace genba::sys {

namespace {

tl::unexpected<base::Error> failed(const char* call) {
  return base::fail(base::error_from_errno(errno, call));
}

}  // namespace

Result<pid_t> fork() {
  const pid_t pid = ::fork();
  if (pid < 0) {
    return failed("fork");
  }
  return pid;
}

void exit_now(int code) {
  ::_exit(code);
}

Result<int> wait_for(pid_t child) {
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED) < 0) {
    if (errno == ECHILD) {
      return base::fail(base::ErrorCode::kGone, "waitid: not a child");
    }
    if (errno != EINTR) {
      return failed("waitid");
    }
  }
  return info.si_status;
}

void let_kernel_reap_children() {
  ::signal(SIGCHLD, SIG_IGN);
}

Result<Fd> pidfd_open(pid_t pid) {
  const long fd = ::syscall(SYS_pidfd_open, pid, 0);
  if (fd < 0) {
    return failed("pidfd_open");
  }
  return Fd(static_cast<int>(fd));
}

Result<void> kill_child(const Fd& pidfd) {
  if (::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0) < 0) {
    return failed("pidfd_send_signal");
  }
  return {};
}

int usable_processors() {
  // Room for the kernel's largest NR_CPUS, 8192; a smaller set is refused with EINVAL.
  std::array<unsigned long, 8192 / (8 * sizeof(unsigned long))> mask{};
  const long bytes = ::syscall(SYS_sched_getaffinity, 0, sizeof mask, mask.data());
  int count = 0;
  for (size_t i = 0; bytes > 0 && i * sizeof mask[0] < static_cast<size_t>(bytes); ++i) {
    count += std::popcount(mask[i]);
  }
  return count > 0 ? count : 1;
}

uint64_t page_size() {
  constexpr uint64_t kUsual = 4096;
  const long size = ::sysconf(_SC_PAGESIZE);
  return size > 0 ? static_cast<uint64_t>(size) : kUsual;
}

pid_t getpid() {
  return ::getpid();
}

pid_t getppid() {
  return ::getppid();
}

uint32_t geteuid() {
  return ::geteuid();
}

Result<void> die_with_parent(pid_t parent) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) {
    return failed("prctl");
  }
  // It may have ended before the call above.
  if (::getppid() != parent) {
    return base::fail(base::ErrorCode::kGone, "prctl: the parent has ended");
  }
  return {};
}

void set_name(const char* name) {
  ::prctl(PR_SET_NAME, name, 0, 0, 0);
}

Result<void> set_undumpable() {
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) {
    return failed("prctl");
  }
  return {};
}

void ignore_terminal_signals() {
  for (const int number : {SIGINT, SIGQUIT, SIGHUP, SIGTSTP, SIGTTIN, SIGTTOU}) {
    ::signal(number, SIG_IGN);
  }
}

Result<void> setsid() {
  if (::setsid() < 0) {
    return failed("setsid");
  }
  return {};
}

Result<void> enter_network_namespace(const Fd& fd) {
  if (::setns(fd.get(), CLONE_NEWNET) < 0) {
    return failed("setns");
  }
  return {};
}

int64_t clock_nanoseconds(clockid_t clock) {
  timespec time{};
  if (::clock_gettime(clock, &time) < 0) {
    return 0;
  }
  return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

void sleep_nanoseconds(int64_t nanoseconds) {
  if (nanoseconds <= 0) {
    return;
  }
  timespec left{static_cast<time_t>(nanoseconds / 1'000'000'000), nanoseconds % 1'000'000'000};
  while (::clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
  }
}

Result<SystemNames> uname() {
  utsname names{};
  if (::uname(&names) < 0) {
    return failed("uname");
  }
  return SystemNames{names.nodename, names.release, names.version, names.machine};
}

}  // namespace genba::sys
