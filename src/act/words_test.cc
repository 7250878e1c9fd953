// SPDX-License-Identifier: Apache-2.0
#include "act/words.h"

#include "gtest/gtest.h"

namespace genba::act {
namespace {

TEST(Words, ATextInsideAnotherIsTakenInItsLanguage) {
  const model::Text inner = words("the disk {}", "ディスク {}", 7);
  const model::Text outer = words("{}: {} hangs", "{1}：{0} が停止", "sda", inner);
  EXPECT_EQ(outer.en, "sda: the disk 7 hangs");
  EXPECT_EQ(outer.ja, "ディスク 7：sda が停止");
}

TEST(Words, BytesThatAreNoTextBecomeText) {
  const model::Text text = words("{}", "{}", std::string("a\xff"));
  EXPECT_EQ(text.en, "a\\xff");
  EXPECT_EQ(text.ja, "a\\xff");
}

}  // namespace
}  // namespace genba::act
