// SPDX-License-Identifier: Apache-2.0
#include "sys/signal.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/process.h"

namespace genba::sys {
namespace {

using base::ErrorCode;

class SignalTest : public testing::Test {
 protected:
  void SetUp() override {
    child_ = *fork();
    if (child_ == 0) {
      ::alarm(30);
      while (true) {
        ::pause();
      }
    }
  }
  void TearDown() override {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
  }
  // What waitpid tells next of the child.
  int next_status() {
    int status = 0;
    EXPECT_EQ(::waitpid(child_, &status, WUNTRACED | WCONTINUED), child_);
    if (WIFSIGNALED(status)) {
      child_ = -1;
    }
    return status;
  }

  pid_t child_ = -1;
};

TEST_F(SignalTest, AProcessIsStoppedContinuedAndKilledThroughItsPidfd) {
  const auto pidfd = pidfd_open(child_);
  if (!pidfd) {
    GTEST_SKIP() << "SKIPPED: needs pidfd_open: " << pidfd.error().what;
  }
  ASSERT_TRUE(pidfd_send_signal(*pidfd, Signal::kStop));
  EXPECT_TRUE(WIFSTOPPED(next_status()));
  ASSERT_TRUE(pidfd_send_signal(*pidfd, Signal::kContinue));
  EXPECT_TRUE(WIFCONTINUED(next_status()));
  ASSERT_TRUE(pidfd_send_signal(*pidfd, Signal::kKill));
  EXPECT_EQ(WTERMSIG(next_status()), SIGKILL);
  EXPECT_EQ(pidfd_send_signal(*pidfd, Signal::kKill).error().code, ErrorCode::kGone);
}

TEST_F(SignalTest, TheOldCallTakesOneProcessAndNeverAGroup) {
  EXPECT_EQ(kill(0, Signal::kStop).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(kill(-1, Signal::kStop).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(kill(1, Signal::kStop).error().code, ErrorCode::kInvalid);
  ASSERT_TRUE(kill(child_, Signal::kKill));
  EXPECT_EQ(WTERMSIG(next_status()), SIGKILL);
}

}  // namespace
}  // namespace genba::sys
