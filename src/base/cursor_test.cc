// SPDX-License-Identifier: Apache-2.0
#include "base/cursor.h"

#include "gtest/gtest.h"

namespace genba::base {
namespace {

constexpr std::string_view kBytes("\x01\x02\x03\x04\x05\x06\x07\x08\xff", 9);

TEST(Cursor, ReadsBothByteOrders) {
  EXPECT_EQ(Cursor(kBytes).u8(), 0x01);
  EXPECT_EQ(Cursor(kBytes).u16_le(), 0x0201);
  EXPECT_EQ(Cursor(kBytes).u32_le(), 0x04030201U);
  EXPECT_EQ(Cursor(kBytes).u64_le(), 0x0807060504030201U);
  EXPECT_EQ(Cursor(kBytes).u16_be(), 0x0102);
  EXPECT_EQ(Cursor(kBytes).u32_be(), 0x01020304U);
  EXPECT_EQ(Cursor(kBytes).u64_be(), 0x0102030405060708U);
  EXPECT_EQ(Cursor("\xff\xff\xff\xff").u32_le(), 0xffffffffU);
}

TEST(Cursor, ReadThatDoesNotFitLeavesThePosition) {
  Cursor cursor(kBytes);
  ASSERT_TRUE(cursor.skip(6));
  EXPECT_FALSE(cursor.u32_le());
  EXPECT_FALSE(cursor.u64_be());
  EXPECT_FALSE(cursor.take(4));
  EXPECT_FALSE(cursor.skip(SIZE_MAX));
  EXPECT_FALSE(cursor.take_until('\n'));
  EXPECT_EQ(cursor.offset(), 6U);
  EXPECT_EQ(cursor.remaining(), 3U);
  EXPECT_EQ(cursor.u16_le(), 0x0807);
  EXPECT_EQ(cursor.u8(), 0xff);
  EXPECT_TRUE(cursor.at_end());
  EXPECT_FALSE(cursor.u8());
  EXPECT_EQ(cursor.take(0), std::string_view());
}

TEST(Cursor, SeekStaysInside) {
  Cursor cursor(kBytes);
  EXPECT_TRUE(cursor.seek(9));
  EXPECT_TRUE(cursor.at_end());
  EXPECT_FALSE(cursor.seek(10));
  EXPECT_TRUE(cursor.seek(1));
  EXPECT_EQ(cursor.rest().size(), 8U);
}

TEST(Cursor, TakeUntilPassesTheStop) {
  Cursor cursor(std::string_view("ab\0c", 4));
  EXPECT_EQ(cursor.take_until('\0'), "ab");
  EXPECT_EQ(cursor.rest(), "c");
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
