// SPDX-License-Identifier: Apache-2.0
#include "base/number.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace genba::base {
namespace {

TEST(ParseNumber, WholeTextOnly) {
  EXPECT_EQ(parse_number<int64_t>("42"), 42);
  EXPECT_EQ(parse_number<int64_t>("-42"), -42);
  EXPECT_EQ(parse_number<uint32_t>("deadBEEF", Radix::kHex), 0xdeadbeefU);
  EXPECT_EQ(parse_number<uint32_t>("0755", Radix::kOctal), 0755U);
  for (const char* text : {"", " 1", "1 ", "+1", "0x1", "1e3", "--1", "-"}) {
    EXPECT_FALSE(parse_number<int64_t>(text)) << text;
  }
}

TEST(ParseNumber, OverflowIsNothingRatherThanWrapped) {
  EXPECT_EQ(parse_number<uint8_t>("255"), 255);
  EXPECT_FALSE(parse_number<uint8_t>("256"));
  EXPECT_FALSE(parse_number<uint64_t>("18446744073709551616"));
  EXPECT_FALSE(parse_number<uint32_t>("-1"));
  EXPECT_EQ(parse_number<int64_t>("-9223372036854775808"), INT64_MIN);
}

TEST(ParsePrefix, LeavesTheRestAndTouchesNothingOnFailure) {
  std::string_view text = "12:34";
  EXPECT_EQ(parse_prefix<int32_t>(text), 12);
  EXPECT_EQ(text, ":34");
  EXPECT_FALSE(parse_prefix<int32_t>(text));
  EXPECT_EQ(text, ":34");
  text = "99999999999x";
  EXPECT_FALSE(parse_prefix<int32_t>(text));
  EXPECT_EQ(text, "99999999999x");
}

}  // namespace
}  // namespace genba::base
