// SPDX-License-Identifier: Apache-2.0
#include "base/split.h"

#include "gtest/gtest.h"

namespace genba::base {
namespace {

using Views = std::vector<std::string_view>;

TEST(Trim, WhitespaceAtBothEndsGoes) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Split, KeepsEmptyFields) {
  EXPECT_EQ(split("root:x:0::", ':'), (Views{"root", "x", "0", "", ""}));
  EXPECT_EQ(split("", ':'), (Views{""}));
}

TEST(SplitWords, RunsOfWhitespaceAreOneSeparator) {
  EXPECT_EQ(split_words("  a \t b\n"), (Views{"a", "b"}));
  EXPECT_TRUE(split_words(" ").empty());
}

TEST(TakeWord, LeavesTheRestAsItStood) {
  std::string_view text = " 5 *  * * * root  run";
  EXPECT_EQ(take_word(text), "5");
  EXPECT_EQ(text, " *  * * * root  run");
}

}  // namespace
}  // namespace genba::base
