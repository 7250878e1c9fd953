// SPDX-License-Identifier: Apache-2.0
#include "render/wrap.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace genba::render {
namespace {

using Lines = std::vector<std::string>;

TEST(Wrap, LatinTextBreaksAtSpaces) {
  EXPECT_EQ(wrap("the quick brown fox", 10), (Lines{"the quick", "brown fox"}));
  EXPECT_EQ(wrap("  two   blanks ", 40), (Lines{"two blanks"}));
}

TEST(Wrap, EmptyTextIsOneEmptyLine) {
  EXPECT_EQ(wrap("", 10), (Lines{""}));
}

TEST(Wrap, JapaneseTextBreaksBetweenCharacters) {
  EXPECT_EQ(wrap("侵害されている", 8), (Lines{"侵害され", "ている"}));
}

TEST(Wrap, ClosingMarkDoesNotStartALine) {
  EXPECT_EQ(wrap("侵害です。次", 8), (Lines{"侵害で", "す。次"}));
  EXPECT_EQ(wrap("侵害（あり）です", 10), (Lines{"侵害（あ", "り）です"}));
}

TEST(Wrap, OpeningMarkDoesNotEndALine) {
  EXPECT_EQ(wrap("あああ（い", 8), (Lines{"あああ", "（い"}));
}

TEST(Wrap, WordLongerThanALineIsCut) {
  EXPECT_EQ(wrap("/usr/lib/x86_64/very", 8), (Lines{"/usr/lib", "/x86_64/", "very"}));
}

TEST(Wrap, NoLineIsWiderThanAsked) {
  const std::string text =
      "プロセス4242（/usr/bin/cd）が 203.0.113.77 の443番ポートと通信しています。The end, perhaps.";
  for (size_t columns = 2; columns < 100; ++columns) {
    for (const auto& line : wrap(text, columns)) {
      EXPECT_LE(base::display_width(line), columns) << line;
    }
  }
}

TEST(Wrap, NothingOfTheTextIsLost) {
  const std::string text = "プロセス（a b）が、cを。d";
  std::string joined;
  for (const auto& line : wrap(text, 7)) {
    joined += line;
  }
  std::string expected = text;
  std::erase(expected, ' ');
  std::erase(joined, ' ');
  EXPECT_EQ(joined, expected);
}

}  // namespace
}  // namespace genba::render
