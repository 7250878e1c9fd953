// SPDX-License-Identifier: Apache-2.0
#include "support/private_mounts.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/stuck_filesystem.h"

namespace genba::test {

namespace {

constexpr int kSkipped = 77;

}  // namespace

void cannot_be_made_here() {
  ::_exit(kSkipped);
}

void in_private_mounts(const std::function<void()>& body) {
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    if (!enter_private_mounts()) {
      cannot_be_made_here();
    }
    body();
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kSkipped) {
    GTEST_SKIP() << "SKIPPED: needs root, mounts of its own, and for some FUSE or Linux 5.2";
  }
  ASSERT_EQ(status, 0);
}

bool mount_strict_times(const char* directory) {
  return ::mount("genba-test", directory, "tmpfs", MS_STRICTATIME, nullptr) == 0;
}

}  // namespace genba::test
