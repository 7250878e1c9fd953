// SPDX-License-Identifier: Apache-2.0
#include "parse/fields.h"

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

TEST(Fields, LinesAndFieldsAreTakenInTurn) {
  std::string_view rest = "a\t b\n\nc";
  std::string_view line = next_line(rest);
  EXPECT_EQ(next_field(line), "a");
  EXPECT_EQ(next_field(line), "b");
  EXPECT_EQ(next_field(line), "");
  EXPECT_EQ(next_line(rest), "");
  EXPECT_EQ(next_line(rest), "c");
  EXPECT_TRUE(rest.empty());
}

}  // namespace
}  // namespace genba::parse
