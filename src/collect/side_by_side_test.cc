// SPDX-License-Identifier: Apache-2.0
#include "collect/side_by_side.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

namespace genba::collect {
namespace {

TEST(SideBySide, EveryThreadIsWaitedFor) {
  std::atomic<int> runs = 0;
  run_side_by_side(4, [&] { ++runs; });
  EXPECT_EQ(runs, 4);
}

// In a child, because limits are for good; root has none, so it becomes someone of whom there is
// no other process.
TEST(SideBySide, WithoutFurtherThreadsTheCallingOneDoesTheWork) {
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    constexpr unsigned kNobodyElse = 64123;
    const rlimit one{1, 1};
    if (::geteuid() == 0 &&
        (::setgroups(0, nullptr) != 0 || ::setresuid(kNobodyElse, kNobodyElse, kNobodyElse) != 0)) {
      ::_exit(77);
    }
    if (::setrlimit(RLIMIT_NPROC, &one) != 0) {
      ::_exit(77);
    }
    std::atomic<int> runs = 0;
    run_side_by_side(4, [&] { ++runs; });
    ::_exit(runs == 1 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  ASSERT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
  if (WEXITSTATUS(status) == 77) {
    GTEST_SKIP() << "SKIPPED: needs to become another user";
  }
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace genba::collect
