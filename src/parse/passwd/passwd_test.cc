// SPDX-License-Identifier: Apache-2.0
#include "parse/passwd/passwd.h"

#include <gtest/gtest.h>

#include <string>

namespace genba::parse {
namespace {

using namespace std::string_literals;

TEST(Passwd, OrdinaryFile) {
  const auto file = parse_passwd(
      "root:x:0:0:root:/root:/bin/bash\n"
      "# comment\n\n"
      "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n",
      "/etc/passwd");
  ASSERT_EQ(file.entries.size(), 2U);
  EXPECT_TRUE(file.notes.empty());
  EXPECT_EQ(file.entries[0].username, "root");
  EXPECT_EQ(file.entries[1].uid, 33);
  EXPECT_EQ(file.entries[1].line, 4);
  EXPECT_EQ(file.entries[1].shell, "/usr/sbin/nologin");
}

TEST(Passwd, ShellKeepsTrailingBlank) {
  const auto file = parse_passwd("news:x:9:9::/:/usr/sbin/nologin \n", "/etc/passwd");
  EXPECT_EQ(file.entries.at(0).shell, "/usr/sbin/nologin ");
}

TEST(Passwd, BlanksBeforeTheNameDoNotHideAnAccount) {
  const auto file = parse_passwd(" \ttoor:x:0:0::/root:/bin/sh\n", "/etc/passwd");
  EXPECT_EQ(file.entries.at(0).username, "toor");
}

TEST(Passwd, SignsAndZerosDoNotHideUidZero) {
  const auto file = parse_passwd("a:x:000:0::/:\nb:x:+0:0::/:\nc:x:-1:0::/:\n", "/etc/passwd");
  ASSERT_EQ(file.entries.size(), 3U);
  EXPECT_EQ(file.entries[0].uid, 0);
  EXPECT_EQ(file.entries[1].uid, 0);
  EXPECT_EQ(file.entries[2].uid, 4294967295);
}

TEST(Passwd, MissingLastFieldsAreEmptyAsForLibc) {
  const auto file = parse_passwd("x::0:0", "/etc/passwd");
  ASSERT_EQ(file.entries.size(), 1U);
  EXPECT_EQ(file.entries[0].shell, "");
  EXPECT_EQ(file.entries[0].password, "");
}

TEST(Passwd, DamagedLinesBecomeNotesAndTheRestIsRead) {
  const auto file = parse_passwd(
      "garbage\n:x:0:0::/:\nhex:x:0x0:0::/:\nnogid:x:1::::\n+nis::::::\nok:x:5:5::/:/bin/sh\n",
      "/etc/passwd");
  ASSERT_EQ(file.entries.size(), 1U);
  EXPECT_EQ(file.entries[0].username, "ok");
  ASSERT_EQ(file.notes.size(), 5U);
  EXPECT_EQ(file.notes[0].reason, "line 1: no valid user id");
  EXPECT_EQ(file.notes[1].offset, 8U);
}

TEST(Passwd, NulByteCutsTheLineAndIsNoted) {
  const auto file = parse_passwd("a:x:0:0::/:/bin/sh\0:x\n"s, "/etc/passwd");
  EXPECT_EQ(file.entries.at(0).shell, "/bin/sh");
  EXPECT_EQ(file.notes.size(), 1U);
}

TEST(Passwd, EndlessFileIsCapped) {
  std::string bytes;
  for (int i = 0; i < 200'010; ++i) {
    bytes += "a:x:0:0\n";
  }
  const auto file = parse_passwd(bytes, "/etc/passwd");
  EXPECT_EQ(file.entries.size(), 200'000U);
  EXPECT_EQ(file.notes.size(), 1U);
}

}  // namespace
}  // namespace genba::parse
