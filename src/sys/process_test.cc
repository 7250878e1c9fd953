// SPDX-License-Identifier: Apache-2.0
#include "sys/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "sys/channel.h"

namespace genba::sys {
namespace {

using base::ErrorCode;

TEST(Process, AChildIsKilledThroughItsPidfdAndReaped) {
  const pid_t child = *fork();
  if (child == 0) {
    while (true) {
      ::pause();
    }
  }
  const auto pidfd = pidfd_open(child);
  if (!pidfd) {
    ASSERT_EQ(pidfd.error().code, ErrorCode::kUnsupported);
    ::kill(child, SIGKILL);  // a kernel before 5.3: the promise is about Genba, not about its tests
  } else {
    ASSERT_TRUE(kill_child(*pidfd));
  }
  EXPECT_EQ(*wait_for(child), SIGKILL);
  EXPECT_EQ(wait_for(child).error().code, ErrorCode::kGone);
}

TEST(Process, AChildDiesWithItsParent) {
  auto pair = *stream_pair();
  const pid_t parent = *fork();
  if (parent == 0) {
    pair.first.reset();
    const pid_t self = getpid();
    const pid_t child = *fork();
    if (child == 0) {
      const bool armed = die_with_parent(self).has_value();
      (void)send_all(pair.second.get(), armed ? "+" : "-");
      while (true) {
        ::pause();
      }
    }
    char ignored = 0;
    (void)!::read(pair.second.get(), &ignored, 0);
    ::usleep(200'000);
    exit_now(0);
  }
  pair.second.reset();
  std::array<char, 8> buffer{};
  ASSERT_EQ(*receive(pair.first.get(), buffer), 1U);
  EXPECT_EQ(buffer[0], '+');
  // The end of the stream: nobody holds the other end any more.
  EXPECT_EQ(*receive(pair.first.get(), buffer), 0U);
  ASSERT_TRUE(wait_for(parent));
}

TEST(Process, ClocksRunAndSleepLastsAtLeastItsTime) {
  const int64_t before = clock_nanoseconds(CLOCK_MONOTONIC);
  sleep_nanoseconds(20'000'000);
  EXPECT_GE(clock_nanoseconds(CLOCK_MONOTONIC) - before, 20'000'000);
  EXPECT_GT(clock_nanoseconds(CLOCK_BOOTTIME), 0);
}

TEST(Process, ProcessorsAreCountedWithoutReadingAPath) {
  EXPECT_EQ(usable_processors(), static_cast<int>(std::thread::hardware_concurrency()));
}

TEST(Process, APageIsAPowerOfTwo) {
  EXPECT_GE(page_size(), 4096U);
  EXPECT_EQ(page_size() & (page_size() - 1), 0U);
}

TEST(Process, TheKernelTellsItsNames) {
  const auto names = uname();
  ASSERT_TRUE(names);
  EXPECT_FALSE(names->release.empty());
}

}  // namespace
}  // namespace genba::sys
