// SPDX-License-Identifier: Apache-2.0
#include "host/remote_mounts.h"

#include <gtest/gtest.h>

namespace genba::host {
namespace {

constexpr std::string_view kMountinfo =
    "22 27 0:21 / /proc rw,relatime shared:5 - proc proc rw\n"
    "40 22 0:30 / /proc/sys/fs/binfmt_misc rw shared:9 - autofs systemd-1 rw,fd=29\n"
    "41 40 0:31 / /proc/sys/fs/binfmt_misc rw shared:10 - binfmt_misc binfmt_misc rw\n"
    "50 27 0:40 / /home rw,relatime shared:11 master:2 - nfs4 server:/home rw,vers=4.2\n"
    "51 27 0:41 / /mnt/a\\040b\\134c rw - fuse.sshfs me@host: rw\n"
    "52 27 0:42 / / rw - fuse.rootfs x rw\n"
    "53 27 0:43 / /srv rw,relatime unbindable - ext4 /dev/sdb1 rw\n";

TEST(RemoteMounts, NetworkFuseAndAutomountAreFoundAndSpacesUndone) {
  const auto mounts = parse_mount_view(kMountinfo).remote;
  ASSERT_EQ(mounts.size(), 2U);
  EXPECT_EQ(mounts[0].path, "/home");
  EXPECT_EQ(mounts[0].type, "nfs4");
  EXPECT_EQ(mounts[1].path, "/mnt/a b\\c");
}

TEST(RemoteMounts, WhatWasMountedOverAnAutomountPointIsLocal) {
  for (const RemoteMount& mount : parse_mount_view(kMountinfo).remote) {
    EXPECT_NE(mount.path, "/proc/sys/fs/binfmt_misc");
  }
}

TEST(RemoteMounts, WhatWasMountedBeneathCoversNothing) {
  // move_mount(2) with MOVE_MOUNT_BENEATH: the younger mount lies below the older one.
  const auto mounts = parse_mount_view(
                          "50 60 0:40 / /x rw - fuse.stuck x rw\n"
                          "60 27 0:41 / /x rw - tmpfs x rw\n")
                          .remote;
  ASSERT_EQ(mounts.size(), 1U);
  EXPECT_EQ(mounts[0].type, "fuse.stuck");
}

TEST(RemoteMounts, AnUnbindableMountIsNoticed) {
  EXPECT_TRUE(parse_mount_view(kMountinfo).has_unbindable);
  EXPECT_FALSE(parse_mount_view(kMountinfo.substr(0, kMountinfo.find("53 27"))).has_unbindable);
}

TEST(RemoteMounts, EveryMountIsKnownByItsIdAlsoTheCoveredOne) {
  const auto types = parse_mount_view(kMountinfo).types;
  EXPECT_EQ(types.size(), 7U);
  EXPECT_EQ(types.at(40), "autofs");
  EXPECT_EQ(types.at(52), "fuse.rootfs");
}

TEST(RemoteMounts, ATreeKnowsTheMountsBelowItByItsOwnPaths) {
  constexpr std::string_view kDisks =
      "50 27 0:40 / /mnt rw - fuse.guestmount x rw\n"
      "51 50 0:41 / /mnt/disk rw - fuse.guestmount x rw\n"
      "52 51 0:42 / /mnt/disk/srv/data rw - nfs4 x rw\n"
      "53 50 0:43 / /mnt/diskette rw - nfs4 x rw\n";
  const auto mounts = parse_mount_view(kDisks, "/mnt/disk").remote;
  ASSERT_EQ(mounts.size(), 1U) << "neither the tree itself nor what lies beside it";
  EXPECT_EQ(mounts[0].path, "/srv/data");
}

TEST(RemoteMounts, DamagedLinesAreNoMounts) {
  for (const std::string_view text :
       {"", "\n\n", "1 2 3", "1 2 3 4 /x", "1 2 3 4 /x rw - ", " - nfs", "x 2 3 4 /x rw - nfs x"}) {
    EXPECT_TRUE(parse_mount_view(text).remote.empty()) << text;
  }
}

TEST(RemoteMounts, WithoutMountinfoNothingIsRemote) {
  const RemoteMounts mounts{sys::Fd()};
  EXPECT_TRUE(mounts.empty());
  EXPECT_FALSE(mounts.holding("/home"));
  EXPECT_FALSE(mounts.may_be_cloned());
}

}  // namespace
}  // namespace genba::host
