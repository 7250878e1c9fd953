// SPDX-License-Identifier: Apache-2.0
#include "parse/os_release/os_release.h"

#include <string>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

TEST(OsRelease, QuotesAreUndoneAndNothingIsExpanded) {
  const auto release = parse_os_release(
      "# comment\nID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID='12'\n"
      "NAME=a\\ b\"$(id)\\$y\"'\\'\nID_LIKE=\"rhel fedora\"\n");
  EXPECT_EQ(release.id, "debian");
  EXPECT_EQ(release.pretty_name, "Debian GNU/Linux 12 (bookworm)");
  EXPECT_EQ(release.version_id, "12");
  EXPECT_EQ(release.name, "a b$(id)$y\\");
  EXPECT_EQ(release.id_like, "rhel fedora");
}

TEST(OsRelease, LastOfTwoEqualKeysCounts) {
  EXPECT_EQ(parse_os_release("ID=a\nID=b\n").id, "b");
}

TEST(OsRelease, MissingKeysAreAbsent) {
  const auto release = parse_os_release("X=1\nID\n=\n");
  EXPECT_FALSE(release.id);
  EXPECT_FALSE(release.pretty_name);
  EXPECT_EQ(parse_os_release("ID=").id, "");
}

TEST(OsRelease, UnclosedQuoteEndsWithItsLine) {
  EXPECT_EQ(parse_os_release("ID=\"deb\nNAME=x\n").id, "deb");
}

}  // namespace
}  // namespace genba::parse
