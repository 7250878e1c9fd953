// SPDX-License-Identifier: Apache-2.0
#include "parse/group/group.h"

#include <gtest/gtest.h>

namespace genba::parse {
namespace {

TEST(Group, OrdinaryFile) {
  const auto file = parse_group("root:x:0:\nsudo:x:27:alice,bob\n", "/etc/group");
  ASSERT_EQ(file.entries.size(), 2U);
  EXPECT_EQ(file.entries[0].members, "");
  EXPECT_EQ(file.entries[1].members, "alice,bob");
  EXPECT_EQ(file.entries[1].gid, 27);
  EXPECT_EQ(file.entries[1].line, 2);
}

TEST(Group, MissingMemberFieldIsAccepted) {
  EXPECT_EQ(parse_group("wheel:x:10", "/etc/group").entries.at(0).gid, 10);
}

TEST(Group, DamagedAndNisLinesBecomeNotes) {
  const auto file = parse_group("bad\n+:::\n:x:1:\nok:x:1:\n", "/etc/group");
  EXPECT_EQ(file.entries.size(), 1U);
  EXPECT_EQ(file.notes.size(), 3U);
}

}  // namespace
}  // namespace genba::parse
