// SPDX-License-Identifier: Apache-2.0
#include "parse/nul_blocks/nul_blocks.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

using namespace std::string_view_literals;

TEST(NulBlocks, ArgumentsAreJoinedBySpaces) {
  const auto line = parse_command_line("ls\0-l\0/tmp\0"sv);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->joined, "ls -l /tmp");
  EXPECT_EQ(line->argv0, "ls");
}

TEST(NulBlocks, RewrittenTitleLosesItsTailOfNuls) {
  const auto line = parse_command_line("sshd: root@pts/0\0\0\0\0"sv);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->joined, "sshd: root@pts/0");
  EXPECT_EQ(line->argv0, "sshd: root@pts/0");
}

TEST(NulBlocks, EmptyFirstArgumentIsSeen) {
  const auto line = parse_command_line("\0-c\0id\0"sv);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->argv0, "");
  EXPECT_EQ(line->joined, " -c id");
}

TEST(NulBlocks, KernelThreadHasNoCommandLine) {
  EXPECT_FALSE(parse_command_line(""));
  EXPECT_FALSE(parse_command_line("\0\0"sv));
}

TEST(NulBlocks, VariablesAreDividedAtTheFirstEqualsSign) {
  const auto variables = parse_environment("A=1\0LD_PRELOAD=/tmp/a=b\0broken\0=x\0E=\0"sv);
  ASSERT_EQ(variables.size(), 4U);
  EXPECT_EQ(variables[1].first, "LD_PRELOAD");
  EXPECT_EQ(variables[1].second, "/tmp/a=b");
  EXPECT_EQ(variables[2].first, "");
  EXPECT_EQ(variables[3].second, "");
}

TEST(NulBlocks, BlockWithoutItsLastNulIsWhole) {
  EXPECT_EQ(parse_command_line("a\0b"sv)->joined, "a b");
  EXPECT_EQ(parse_environment("A=1\0B=2"sv).size(), 2U);
}

}  // namespace
}  // namespace genba::parse
