// SPDX-License-Identifier: Apache-2.0
#include "parse/nsswitch/nsswitch.h"

#include <gtest/gtest.h>

namespace genba::parse {
namespace {

using Words = std::vector<std::string>;

TEST(Nsswitch, SourcesWithoutActionsAndComments) {
  const auto databases = parse_nsswitch(
      "# x: y\npasswd:\t files [SUCCESS = merge] systemd sss # "
      "ldap\ngroup:files[NOTFOUND=return]nis\n"
      "no colon\nshadow:\n");
  ASSERT_EQ(databases.size(), 3U);
  EXPECT_EQ(databases[0].name, "passwd");
  EXPECT_EQ(databases[0].sources, (Words{"files", "systemd", "sss"}));
  EXPECT_EQ(databases[0].line, 2);
  EXPECT_EQ(databases[1].sources, (Words{"files", "nis"}));
  EXPECT_TRUE(databases[2].sources.empty());
}

TEST(Nsswitch, OpenBracketSwallowsTheRest) {
  EXPECT_EQ(parse_nsswitch("passwd: files [x y z").at(0).sources, (Words{"files"}));
}

}  // namespace
}  // namespace genba::parse
