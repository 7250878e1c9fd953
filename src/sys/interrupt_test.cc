// SPDX-License-Identifier: Apache-2.0
#include "sys/interrupt.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace genba::sys {
namespace {

TEST(InterruptWatch, TheFirstInterruptIsNotedAndTheHandlingComesBack) {
  struct sigaction before {};
  ::sigaction(SIGINT, nullptr, &before);
  {
    const InterruptWatch watch;
    EXPECT_FALSE(watch.interrupted());
    ::raise(SIGINT);
    EXPECT_TRUE(watch.interrupted());
  }
  struct sigaction after {};
  ::sigaction(SIGINT, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
  const InterruptWatch again;
  EXPECT_FALSE(again.interrupted());
}

TEST(InterruptWatch, ASecondInterruptEndsTheProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGINT, SIG_DFL);
    const InterruptWatch watch;
    ::raise(SIGINT);
    ::raise(SIGINT);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
}

}  // namespace
}  // namespace genba::sys
