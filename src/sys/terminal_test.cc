// SPDX-License-Identifier: Apache-2.0
#include "sys/terminal.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

namespace genba::sys {
namespace {

TEST(Terminal, APseudoTerminalTellsItsWidth) {
  int leader = -1;
  int follower = -1;
  const winsize size{24, 132, 0, 0};
  ASSERT_EQ(::openpty(&leader, &follower, nullptr, nullptr, &size), 0);
  EXPECT_TRUE(is_terminal(follower));
  EXPECT_EQ(terminal_columns(follower), 132U);
  ::close(leader);
  ::close(follower);
}

TEST(Terminal, APipeIsNone) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_FALSE(is_terminal(ends[0]));
  EXPECT_FALSE(terminal_columns(ends[0]));
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace genba::sys
