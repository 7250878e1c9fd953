// SPDX-License-Identifier: Apache-2.0
#include "parse/process_stat/process_stat.h"

#include <string>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

constexpr const char* kTail =
    " S 1 42 43 34817 -1 2097152 100 0 0 0 150 50 0 0 20 -5 3 0 12345 8192000 300 "
    "18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0\n";

std::string with_tail(std::string head) {
  return head.append(kTail);
}

TEST(ProcessStat, EveryFieldIsTaken) {
  const auto stat = parse_process_stat(with_tail("41 (bash)"));
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->pid, 41);
  EXPECT_EQ(stat->name, "bash");
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->parent, 1);
  EXPECT_EQ(stat->pgroup, 42);
  EXPECT_EQ(stat->session, 43);
  EXPECT_EQ(stat->tty_number, 34817);
  EXPECT_NE(stat->flags & kKernelThreadFlag, 0U);
  EXPECT_EQ(stat->user_ticks, 150U);
  EXPECT_EQ(stat->system_ticks, 50U);
  EXPECT_EQ(stat->nice, -5);
  EXPECT_EQ(stat->threads, 3);
  EXPECT_EQ(stat->start_ticks, 12345U);
  EXPECT_EQ(stat->virtual_size, 8192000U);
}

TEST(ProcessStat, NameThatImitatesTheRestOfTheLineEndsAtTheLastParenthesis) {
  const std::string name = "a) R 1 1 1 (\n)";
  const auto stat = parse_process_stat(with_tail("7 (" + name + ")"));
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->name, name);
  EXPECT_EQ(stat->state, 'S');
}

TEST(ProcessStat, EmptyNameIsKept) {
  const auto stat = parse_process_stat(with_tail("7 ()"));
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->name, "");
}

TEST(ProcessStat, LineThatBreaksOffIsDamaged) {
  for (const char* text : {"", "7", "7 (bash", "7 bash) S 1", "x (bash) S 1", "7 (bash)",
                           "7 (bash) S 1 2 3", ")7 (bash", "7 (bash) SS 1 2 3"}) {
    const auto stat = parse_process_stat(text);
    ASSERT_FALSE(stat) << text;
    EXPECT_EQ(stat.error().code, base::ErrorCode::kDamaged);
  }
}

TEST(ProcessStat, TerminalsHaveTheirNamesUnderDev) {
  EXPECT_EQ(tty_name(0), "");
  EXPECT_EQ(tty_name(136 << 8 | 3), "pts/3");
  EXPECT_EQ(tty_name(137 << 8 | 1), "pts/257");
  EXPECT_EQ(tty_name(0x100000 | 136 << 8 | 0), "pts/256");  // high minor bits
  EXPECT_EQ(tty_name(4 << 8 | 1), "tty1");
  EXPECT_EQ(tty_name(4 << 8 | 64), "ttyS0");
  EXPECT_EQ(tty_name(5 << 8 | 1), "console");
  EXPECT_EQ(tty_name(229 << 8), "hvc0");
  EXPECT_EQ(tty_name(9 << 8 | 9), "9:9");
  EXPECT_EQ(tty_name(-1), "4095:1048575");
}

}  // namespace
}  // namespace genba::parse
