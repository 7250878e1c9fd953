// SPDX-License-Identifier: Apache-2.0
#include "parse/mountinfo/mountinfo.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

TEST(Mountinfo, OptionalFieldsOfAnyNumberEndAtTheDash) {
  std::vector<base::Note> notes;
  const auto mounts = parse_mountinfo(
      "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
      "36 22 98:0 /mnt1 /mnt2 rw,noatime master:1 propagate_from:2 x - ext3 /dev/root rw,e=c\n",
      notes);
  ASSERT_EQ(mounts.size(), 2U);
  EXPECT_TRUE(notes.empty());
  EXPECT_EQ(mounts[0].source, "/dev/vda");
  EXPECT_EQ(mounts[1].mount_id, 36);
  EXPECT_EQ(mounts[1].parent_id, 22);
  EXPECT_EQ(mounts[1].device_number, "98:0");
  EXPECT_EQ(mounts[1].root, "/mnt1");
  EXPECT_EQ(mounts[1].path, "/mnt2");
  EXPECT_EQ(mounts[1].flags, "rw,noatime");
  EXPECT_EQ(mounts[1].type, "ext3");
  EXPECT_EQ(mounts[1].super_options, "rw,e=c");
}

TEST(Mountinfo, EscapedBytesInNamesAreUndone) {
  std::vector<base::Note> notes;
  const auto mounts =
      parse_mountinfo("40 22 0:5 / /a\\040b\\012c\\134d rw - tmpfs x\\043y rw\n", notes);
  ASSERT_EQ(mounts.size(), 1U);
  EXPECT_EQ(mounts[0].path, "/a b\nc\\d");
  EXPECT_EQ(mounts[0].source, "x#y");
}

TEST(Mountinfo, EmptySourceDoesNotShiftTheOptions) {
  std::vector<base::Note> notes;
  const auto mounts = parse_mountinfo("40 22 0:5 / /x rw - tmpfs  rw,size=1k\n", notes);
  ASSERT_EQ(mounts.size(), 1U);
  EXPECT_EQ(mounts[0].source, "");
  EXPECT_EQ(mounts[0].super_options, "rw,size=1k");
}

TEST(Mountinfo, AnUnbindableMountSaysSoAmongTheOptionalFields) {
  std::vector<base::Note> notes;
  const auto mounts = parse_mountinfo(
      "53 27 0:43 / /srv rw master:4 unbindable - ext4 /dev/sdb1 rw\n"
      "54 27 0:44 / /unbindable rw shared:2 - ext4 unbindable rw\n",
      notes);
  ASSERT_EQ(mounts.size(), 2U);
  EXPECT_TRUE(mounts[0].unbindable);
  EXPECT_FALSE(mounts[1].unbindable);
}

TEST(Mountinfo, LinesWithoutADashAreNoted) {
  std::vector<base::Note> notes;
  EXPECT_TRUE(parse_mountinfo("1 2 3 4 5 6 7 8\nx y\n\n36 35 98:0 / / rw\n", notes).empty());
  EXPECT_EQ(notes.size(), 3U);
}

TEST(Mountinfo, IncompleteEscapesStayAsTheyAre) {
  EXPECT_EQ(unescape_octal("a\\"), "a\\");
  EXPECT_EQ(unescape_octal("\\04"), "\\04");
  EXPECT_EQ(unescape_octal("\\777\\049"), "\\777\\049");
  EXPECT_EQ(unescape_octal("\\377"), "\xff");
}

}  // namespace
}  // namespace genba::parse
