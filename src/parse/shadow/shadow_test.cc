// SPDX-License-Identifier: Apache-2.0
#include "parse/shadow/shadow.h"

#include <gtest/gtest.h>

namespace genba::parse {
namespace {

TEST(Shadow, StatesOfPasswords) {
  const auto file = parse_shadow(
      "root:$y$j9T$salt$hash:19700:0:99999:7:::\n"
      "bin:*:19000:0:99999:7:::\n"
      "locked:!$6$salt$hash:19000::::30:20000:\n"
      "never:!!:19000::::::\n"
      "open::19000::::::\n"
      "old:abcdefghijklm:1::::::\n"
      "ext:_abcdefghijklmnopqrs:1::::::\n"
      "odd:x:1::::::\n",
      "/etc/shadow");
  ASSERT_EQ(file.entries.size(), 8U);
  EXPECT_TRUE(file.notes.empty());
  EXPECT_EQ(file.entries[0].password_status, "active");
  EXPECT_EQ(file.entries[0].hash_alg, "y");
  EXPECT_EQ(file.entries[0].last_change, 19700);
  EXPECT_EQ(file.entries[0].max, 99999);
  EXPECT_FALSE(file.entries[0].inactive);
  EXPECT_EQ(file.entries[1].password_status, "locked");
  EXPECT_FALSE(file.entries[1].hash_alg);
  EXPECT_EQ(file.entries[2].password_status, "locked");
  EXPECT_EQ(file.entries[2].hash_alg, "6");
  EXPECT_EQ(file.entries[2].inactive, 30);
  EXPECT_EQ(file.entries[2].expire, 20000);
  EXPECT_EQ(file.entries[3].password_status, "locked");
  EXPECT_EQ(file.entries[4].password_status, "empty");
  EXPECT_EQ(file.entries[5].hash_alg, "des");
  EXPECT_EQ(file.entries[6].hash_alg, "des");
  EXPECT_EQ(file.entries[7].password_status, "invalid");
}

TEST(Shadow, NotesNeverQuoteTheHash) {
  const auto file = parse_shadow("u:$6$secret$hash:x:y\n$6$secret$alone\n", "/etc/shadow");
  EXPECT_EQ(file.entries.size(), 1U);
  ASSERT_EQ(file.notes.size(), 2U);
  for (const auto& note : file.notes) {
    EXPECT_EQ(note.reason.find("secret"), std::string::npos);
  }
}

TEST(Shadow, HashInPlaceOfASchemeIdIsNotKept) {
  const auto file = parse_shadow("u:$abcdefghijklmnopqrstuvwxyz0123456789$x:::::::\n", "s");
  EXPECT_EQ(file.entries.at(0).password_status, "invalid");
  EXPECT_FALSE(file.entries.at(0).hash_alg);
}

}  // namespace
}  // namespace genba::parse
