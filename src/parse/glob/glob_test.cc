// SPDX-License-Identifier: Apache-2.0
#include "parse/glob/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace genba::parse {
namespace {

TEST(Glob, StarsQuestionMarksAndSets) {
  EXPECT_TRUE(glob_matches("*.conf", "50-cloud.conf"));
  EXPECT_FALSE(glob_matches("*.conf", "x.conf.bak"));
  EXPECT_TRUE(glob_matches("a?c", "abc"));
  EXPECT_TRUE(glob_matches("[0-9][!a]*", "5bx"));
  EXPECT_FALSE(glob_matches("[0-9][!a]*", "5ax"));
  EXPECT_TRUE(glob_matches("[]x]", "]"));
  EXPECT_TRUE(glob_matches("a\\*", "a*"));
  EXPECT_FALSE(glob_matches("a\\*", "ab"));
  EXPECT_TRUE(glob_matches("[x", "[x"));
}

TEST(Glob, LeadingDotIsHidden) {
  EXPECT_FALSE(glob_matches("*", ".hidden"));
  EXPECT_TRUE(glob_matches(".*", ".hidden"));
}

TEST(Glob, PatternFullOfStarsIsQuick) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) {
    pattern += "*a";
  }
  EXPECT_FALSE(glob_matches(pattern + "b", std::string(5000, 'a')));
}

}  // namespace
}  // namespace genba::parse
