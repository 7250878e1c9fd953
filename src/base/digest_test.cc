// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

#include "gtest/gtest.h"

namespace genba::base {
namespace {

TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, PiecesGiveTheSameAsTheWhole) {
  const std::string text(1000, 'x');
  Sha256 digest;
  digest.add(std::string_view(text).substr(0, 63));
  digest.add("");
  digest.add(std::string_view(text).substr(63));
  EXPECT_EQ(digest.hex(), sha256_of(text));
}

TEST(Md5, KnownAnswers) {
  EXPECT_EQ(md5_of(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(md5_of("abc"), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(ToHex, AllBitsAreKept) {
  EXPECT_EQ(to_hex(std::string_view("\x00\x0f\xff", 3)), "000fff");
}

}  // namespace
}  // namespace genba::base
