// SPDX-License-Identifier: Apache-2.0
#include "sys/process_setup.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <new>
#include <string_view>
#include <utility>

#include "sys/file.h"
#include "sys/process.h"

namespace genba::sys {

namespace {

// Not /dev/null: that is a path, and a path of the host can be anything.
int empty_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) {
    return -1;
  }
  ::close(ends[1]);
  return ends[0];
}

void reset_signals() {
  // A parent may have left signals ignored (nohup) or blocked. SIGHUP stays as nohup wanted it.
  for (const int number : {SIGINT, SIGQUIT, SIGTERM, SIGCHLD, SIGALRM, SIGUSR1, SIGUSR2, SIGABRT,
                           SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    ::signal(number, SIG_DFL);
  }
  // write(2) then says EPIPE or EFBIG (a limit on file sizes), and the verdict is still told.
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// A shell's small soft limit would leave most of /proc unread.
void raise_open_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

[[noreturn]] void end_without_memory() {
  constexpr std::string_view kLine =
      "genba: not enough memory: free some or raise the limit (ulimit -v), or look at less "
      "(triage --no-walk)\n";
  [[maybe_unused]] const ssize_t told = ::write(2, kLine.data(), kLine.size());
  exit_now(2);
}

}  // namespace

void detach_standard_streams() {
  const int empty = empty_pipe();
  for (int fd = 0; fd <= 2; ++fd) {
    if (empty >= 0) {
      ::dup2(empty, fd);
    } else {
      ::close(fd);
    }
  }
  if (empty > 2) {
    ::close(empty);
  }
}

base::Result<void> prepare_process() {
  ::clearenv();
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
      // The lowest free number is this one; the pipe may take it itself.
      const int empty = empty_pipe();
      if (empty >= 0 && empty != fd) {
        ::dup2(empty, fd);
        ::close(empty);
      } else if (empty == fd) {
        ::fcntl(fd, F_SETFD, 0);
      }
    }
  }
  close_from(3);
  reset_signals();
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  raise_open_file_limit();
  std::set_new_handler(end_without_memory);
  ::umask(077);
  return set_undumpable();
}

base::Result<Confinement> enter_look_sandbox(Writing writing) {
  if (auto entered = enter_sandbox(Profile::kLook, writing); !entered) {
    if (entered.error().code == base::ErrorCode::kUnsupported) {
      return Confinement::kNotOffered;
    }
    return base::fail(std::move(entered).error());
  }
  return Confinement::kInForce;
}

}  // namespace genba::sys
