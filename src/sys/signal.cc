// SPDX-License-Identifier: Apache-2.0
#include "sys/signal.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424  // include/uapi/asm-generic/unistd.h
#endif

namespace genba::sys {

using base::Result;

namespace {

int number_of(Signal signal) {
  switch (signal) {
    case Signal::kKill: return SIGKILL;
    case Signal::kStop: return SIGSTOP;
    case Signal::kContinue: return SIGCONT;
  }
  return 0;
}

}  // namespace

Result<void> pidfd_send_signal(const Fd& pidfd, Signal signal) {
  if (::syscall(SYS_pidfd_send_signal, pidfd.get(), number_of(signal), nullptr, 0) < 0) {
    return base::fail(base::error_from_errno(errno, "pidfd_send_signal"));
  }
  return {};
}

Result<void> kill(pid_t pid, Signal signal) {
  if (pid <= 1) {
    return base::fail(base::ErrorCode::kInvalid, "kill: not the number of one process");
  }
  if (::kill(pid, number_of(signal)) < 0) {
    return base::fail(base::error_from_errno(errno, "kill"));
  }
  return {};
}

}  // namespace genba::sys
