// SPDX-License-Identifier: Apache-2.0
#include "parse/dpkg_lists/dpkg_lists.h"

#include <string>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

using namespace std::string_literals;

TEST(DpkgLists, ListGivesPathsWithoutTheRoot) {
  const auto list = parse_dpkg_list("/.\n/usr\n/usr/bin/\n/usr/bin/a b\n", "a.list");
  ASSERT_EQ(list.paths.size(), 3U);
  EXPECT_EQ(list.paths[0], "/usr");
  EXPECT_EQ(list.paths[1], "/usr/bin");
  EXPECT_EQ(list.paths[2], "/usr/bin/a b");
  EXPECT_TRUE(list.notes.empty());
}

TEST(DpkgLists, PathThatIsListedAgainCountsOnce) {
  const auto list = parse_dpkg_list("/usr\n/usr/bin\n/usr/\n/usr\n", "a.list");
  EXPECT_EQ(list.paths.size(), 2U);
}

TEST(DpkgLists, CutListKeepsItsLastLineAndSaysSo) {
  const auto list = parse_dpkg_list("/usr\n/usr/bi", "a.list");
  EXPECT_EQ(list.paths.size(), 2U);
  ASSERT_EQ(list.notes.size(), 1U);
  EXPECT_EQ(list.notes[0].source, "a.list");
  EXPECT_EQ(list.notes[0].offset, 5U);
}

TEST(DpkgLists, ListOfNulBytesIsNotedAndEmpty) {
  const auto list = parse_dpkg_list(std::string(4096, '\0'), "a.list");
  EXPECT_TRUE(list.paths.empty());
  EXPECT_FALSE(list.notes.empty());
  EXPECT_TRUE(parse_dpkg_list("/usr/\0bin\n"s, "a.list").paths.empty());
}

TEST(DpkgLists, Md5sumsAcceptBothMarksAndLeadingDots) {
  const auto list = parse_dpkg_md5sums(
      "0123456789abcdef0123456789abcdef  bin/ls\n"
      "0123456789abcdef0123456789abcde0 *usr/bin/two words\n"
      "0123456789abcdef0123456789abcde1  ./usr/bin/dot\n"
      "0123456789abcdef0123456789abcde2  /usr/bin/slash\n",
      "a.md5sums");
  ASSERT_EQ(list.entries.size(), 4U);
  EXPECT_EQ(list.entries[0].path, "bin/ls");
  EXPECT_EQ(list.entries[0].md5, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(list.entries[1].path, "usr/bin/two words");
  EXPECT_EQ(list.entries[2].path, "usr/bin/dot");
  EXPECT_EQ(list.entries[3].path, "usr/bin/slash");
  EXPECT_TRUE(list.notes.empty());
}

TEST(DpkgLists, TruncatedMd5sumsLoseOnlyTheLastLine) {
  const auto list = parse_dpkg_md5sums(
      "0123456789abcdef0123456789abcdef  bin/ls\n0123456789abcdef01234", "a.md5sums");
  EXPECT_EQ(list.entries.size(), 1U);
  EXPECT_EQ(list.notes.size(), 2U);
}

TEST(DpkgLists, Md5sumsRefuseWhatIsNoMd5) {
  const auto list = parse_dpkg_md5sums(
      "0123456789ABCDEF0123456789abcdef  bin/ls\nshort  bin/ls\n"
      "0123456789abcdef0123456789abcdef  \n0123456789abcdef0123456789abcdef-bin/ls\n",
      "a.md5sums");
  EXPECT_TRUE(list.entries.empty());
  EXPECT_EQ(list.notes.size(), 4U);
}

TEST(DpkgLists, DiversionsComeInThreeLines) {
  const auto diversions = parse_dpkg_diversions(
      "/usr/bin/a\n/usr/bin/a.real\nwrapper\n/bin/sh\n/bin/sh.distrib\n:\n", "diversions");
  ASSERT_EQ(diversions.entries.size(), 2U);
  EXPECT_EQ(diversions.entries[0].from, "/usr/bin/a");
  EXPECT_EQ(diversions.entries[0].to, "/usr/bin/a.real");
  EXPECT_EQ(diversions.entries[0].package, "wrapper");
  EXPECT_EQ(diversions.entries[1].package, ":");
  EXPECT_TRUE(diversions.notes.empty());
}

TEST(DpkgLists, DiversionsFindTheirStepAgainAfterALostLine) {
  const auto diversions = parse_dpkg_diversions(
      "/usr/bin/a.real\nwrapper\n/bin/sh\n/bin/sh.distrib\ndash\n/usr/bin/x\n", "diversions");
  ASSERT_EQ(diversions.entries.size(), 1U);
  EXPECT_EQ(diversions.entries[0].from, "/bin/sh");
  EXPECT_EQ(diversions.notes.size(), 3U);
}

}  // namespace
}  // namespace genba::parse
