// SPDX-License-Identifier: Apache-2.0
#include "parse/auth_message/message_scan.h"

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

TEST(MessageScan, TakenTextMovesTheRest) {
  std::string_view text = "one: two: three";
  EXPECT_FALSE(consume(text, "two"));
  EXPECT_TRUE(consume(text, "one"));
  EXPECT_EQ(take_before(text, ": "), "");
  EXPECT_EQ(take_before(text, "; "), std::nullopt);
  EXPECT_EQ(text, "two: three");
  EXPECT_TRUE(consume_end(text, "ree"));
  EXPECT_EQ(text, "two: th");
}

TEST(MessageScan, LastPlaceIsFoundAlsoWherePlacesOverlap) {
  EXPECT_EQ(find_last("aaaa", "aa"), 2U);
  EXPECT_EQ(find_last("x from from ", " from "), 6U);
  EXPECT_EQ(find_last(" from x", " from "), 0U);
  EXPECT_EQ(find_last("fro", "from"), std::string_view::npos);
  EXPECT_EQ(find_last("", "a"), std::string_view::npos);
  std::string_view text = "a, b, c";
  EXPECT_EQ(take_before_last(text, ", "), "a, b");
  EXPECT_EQ(text, "c");
}

TEST(MessageScan, QuotesOfBothKindsAndNone) {
  std::string_view text = "'a' `b' 'c";
  EXPECT_EQ(take_quoted(text), "a");
  EXPECT_TRUE(consume(text, " "));
  EXPECT_EQ(take_quoted(text), "b");
  EXPECT_TRUE(consume(text, " "));
  EXPECT_EQ(take_quoted(text), std::nullopt);
  EXPECT_EQ(text, "'c");
  std::string_view none = "a'";
  EXPECT_EQ(take_quoted(none), std::nullopt);
}

TEST(MessageScan, NamesAndBlanksAtTheEnds) {
  EXPECT_EQ(program_base_name("/usr/sbin/cron"), "cron");
  EXPECT_EQ(program_base_name("cron"), "cron");
  EXPECT_EQ(program_base_name("a/"), "");
  EXPECT_EQ(trim_line_end("a \r\n"), "a");
  EXPECT_EQ(trim_line_end("  "), "");
  EXPECT_EQ(skip_spaces("  a "), "a ");
  EXPECT_EQ(before("a, b", ", "), "a");
  EXPECT_EQ(before("ab", ", "), "ab");
}

}  // namespace
}  // namespace genba::parse
