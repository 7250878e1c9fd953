// SPDX-License-Identifier: Apache-2.0
#include "parse/text_lines/text_lines.h"

#include <gtest/gtest.h>

namespace genba::parse {
namespace {

TEST(TextLines, LastLineWithoutNewlineCounts) {
  TextLines lines("a\n\nb");
  EXPECT_EQ(lines.next()->text, "a");
  const auto empty = lines.next();
  EXPECT_EQ(empty->text, "");
  EXPECT_EQ(empty->offset, 2U);
  const auto last = lines.next();
  EXPECT_EQ(last->text, "b");
  EXPECT_EQ(last->number, 3);
  EXPECT_FALSE(lines.next());
}

TEST(TextLines, CarriageReturnBelongsToTheLine) {
  TextLines lines("a\rb\r\nc");
  EXPECT_EQ(lines.next()->text, "a\rb\r");
  EXPECT_EQ(lines.next()->text, "c");
}

TEST(NoteList, FileFullOfDamageGivesFewNotes) {
  NoteList notes("/etc/x");
  for (int64_t i = 1; i <= 1000; ++i) {
    notes.add(TextLine{"??", 0, i}, "broken");
  }
  const auto taken = std::move(notes).take();
  ASSERT_EQ(taken.size(), 51U);
  EXPECT_EQ(taken[0].reason, "line 1: broken");
  EXPECT_EQ(taken.back().reason, "950 more damaged lines");
  EXPECT_EQ(taken.back().bytes, 1900U);
}

TEST(ParseDecimal, TakesSignsAndRefusesEverythingElse) {
  EXPECT_EQ(parse_decimal("007"), 7);
  EXPECT_EQ(parse_decimal("+0"), 0);
  EXPECT_EQ(parse_decimal("-1"), -1);
  EXPECT_FALSE(parse_decimal(""));
  EXPECT_FALSE(parse_decimal("+-1"));
  EXPECT_FALSE(parse_decimal("0x0"));
  EXPECT_FALSE(parse_decimal("1 "));
  EXPECT_FALSE(parse_decimal("99999999999999999999"));
}

TEST(ControlCharacters, DosLineEndHidesNothing) {
  EXPECT_FALSE(has_control_characters("echo\tok\r"));
  EXPECT_TRUE(has_control_characters("evil\rok"));
  EXPECT_TRUE(has_control_characters("\x1b[2K"));
  EXPECT_TRUE(has_control_characters("x\bx"));
  EXPECT_TRUE(has_control_characters("x\x7f"));
  EXPECT_FALSE(has_control_characters("日本語"));
}

TEST(TakeField, MissingSeparatorGivesTheRest) {
  std::string_view rest = "a:b";
  EXPECT_EQ(take_field(rest, ':'), "a");
  EXPECT_EQ(take_field(rest, ':'), "b");
  EXPECT_EQ(take_field(rest, ':'), "");
}

}  // namespace
}  // namespace genba::parse
