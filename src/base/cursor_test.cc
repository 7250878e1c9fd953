// SPDX-License-Identifier: Apache-2.0
#include "base/cursor.h"

#include "gtest/gtest.h"

namespace genba::base {
namespace {

constexpr std::string_view kBytes("\x01\x02\x03\x04\x05\x06\x07\x08\xff", 9);

TEST(Cursor, ReadThatDoesNotFitLeavesThePosition) {
  Cursor cursor(kBytes);
  EXPECT_EQ(cursor.u32_be(), 0x01020304U);
  ASSERT_TRUE(cursor.skip(2));
  EXPECT_FALSE(cursor.u32_be());
  EXPECT_FALSE(cursor.take(4));
  EXPECT_FALSE(cursor.skip(SIZE_MAX));
  EXPECT_EQ(cursor.offset(), 6U);
  EXPECT_EQ(cursor.remaining(), 3U);
  EXPECT_EQ(cursor.take(3), std::string_view("\x07\x08\xff"));
  EXPECT_TRUE(cursor.at_end());
  EXPECT_EQ(cursor.take(0), std::string_view());
}

TEST(Lines, KeepOffsetsAndSayWhetherTheLastOneEnded) {
  Lines lines("ab\n\ncd");
  auto line = lines.next();
  ASSERT_TRUE(line);
  EXPECT_EQ(line->text, "ab");
  EXPECT_EQ(line->offset, 0U);
  line = lines.next();
  ASSERT_TRUE(line);
  EXPECT_EQ(line->text, "");
  EXPECT_EQ(line->offset, 3U);
  EXPECT_TRUE(line->ended);
  line = lines.next();
  ASSERT_TRUE(line);
  EXPECT_EQ(line->text, "cd");
  EXPECT_EQ(line->offset, 4U);
  EXPECT_FALSE(line->ended);
  EXPECT_FALSE(lines.next());
}

TEST(Lines, EmptyTextHasNone) {
  EXPECT_FALSE(Lines("").next());
  Lines one("\n");
  EXPECT_TRUE(one.next());
  EXPECT_FALSE(one.next());
}

}  // namespace
}  // namespace genba::base
