// SPDX-License-Identifier: Apache-2.0
#include "parse/dpkg_config/dpkg_config.h"

#include <string>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

TEST(DpkgConfig, LastMatchingFilterDecides) {
  DpkgPathFilters filters;
  filters.add_file(
      "# smaller image\npath-exclude=/usr/share/doc/*\npath-include=/usr/share/doc/*/copyright\n");
  EXPECT_TRUE(filters.excludes("/usr/share/doc/bash/README"));
  EXPECT_FALSE(filters.excludes("/usr/share/doc/bash/copyright"));
  EXPECT_FALSE(filters.excludes("/usr/bin/bash"));
}

TEST(DpkgConfig, BlanksAndQuotesAroundTheValueAreTaken) {
  DpkgPathFilters filters;
  filters.add_file("path-exclude \"/a*\"\n  path-exclude = /b?\npath-exclude\n#path-exclude=/c\n");
  EXPECT_TRUE(filters.excludes("/a/x"));
  EXPECT_TRUE(filters.excludes("/b1"));
  EXPECT_FALSE(filters.excludes("/b12"));
  EXPECT_FALSE(filters.excludes("/c"));
}

TEST(DpkgConfig, WithoutFiltersNothingIsExcluded) {
  DpkgPathFilters filters;
  filters.add_file("force-unsafe-io\nlog /var/log/dpkg.log\n");
  EXPECT_TRUE(filters.empty());
  EXPECT_FALSE(filters.excludes("/usr/bin/ls"));
}

TEST(DpkgConfig, GlobsMatchLikeFnmatch) {
  EXPECT_TRUE(matches_glob("", ""));
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("/usr/*/x", "/usr/a/b/x"));
  EXPECT_FALSE(matches_glob("/usr/*/x", "/usr/a/b/xy"));
  EXPECT_TRUE(matches_glob("[a-c]x", "bx"));
  EXPECT_FALSE(matches_glob("[!a-c]x", "bx"));
  EXPECT_TRUE(matches_glob("[]a]", "]"));
  EXPECT_TRUE(matches_glob("[a", "[a"));
  EXPECT_TRUE(matches_glob("\\*", "*"));
  EXPECT_FALSE(matches_glob("\\*", "x"));
  EXPECT_TRUE(matches_glob("a**b", "ab"));
}

TEST(DpkgConfig, PatternOfManyStarsDoesNotExplode) {
  std::string pattern;
  for (int i = 0; i < 500; ++i) {
    pattern += "*a";
  }
  EXPECT_FALSE(matches_glob(pattern + "b", std::string(4000, 'a')));
}

}  // namespace
}  // namespace genba::parse
