// SPDX-License-Identifier: Apache-2.0
#include "support/private_machine.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "support/private_network.h"

namespace genba::test {

namespace {

bool has_own_proc() {
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0;
}

}  // namespace

void on_private_machine(const std::function<void()>& body) {
  in_private_network([&] {
    if (::unshare(CLONE_NEWPID | CLONE_NEWNS) != 0) {
      network_cannot_be_made_here();
    }
    const pid_t first = ::fork();
    if (first == 0) {
      // The whole machine ends with the process that waits for it, also when its time is over.
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (!has_own_proc()) {
        network_cannot_be_made_here();
      }
      body();
      std::fflush(nullptr);
      ::_exit(::testing::Test::HasFailure() ? 1 : 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(first, &status, 0), first);
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
      ::_exit(WEXITSTATUS(status));
    }
    ASSERT_EQ(status, 0);
  });
}

}  // namespace genba::test
