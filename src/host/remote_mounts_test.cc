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
  const auto mounts = parse_remote_mounts(kMountinfo);
  ASSERT_EQ(mounts.size(), 2U);
  EXPECT_EQ(mounts[0].path, "/home");
  EXPECT_EQ(mounts[0].type, "nfs4");
  EXPECT_EQ(mounts[1].path, "/mnt/a b\\c");
}

TEST(RemoteMounts, WhatWasMountedOverAnAutomountPointIsLocal) {
  for (const RemoteMount& mount : parse_remote_mounts(kMountinfo)) {
    EXPECT_NE(mount.path, "/proc/sys/fs/binfmt_misc");
  }
}

TEST(RemoteMounts, AnUnbindableMountIsNoticed) {
  EXPECT_TRUE(has_unbindable_mount(kMountinfo));
  EXPECT_FALSE(has_unbindable_mount(kMountinfo.substr(0, kMountinfo.find("53 27"))));
}

TEST(RemoteMounts, DamagedLinesAreNoMounts) {
  for (const std::string_view text : {"", "\n\n", "1 2 3", "1 2 3 4 /x", "1 2 3 4 /x rw - ",
                                      " - nfs", "1 2 3 4 \\04 rw - nfs x"}) {
    for (const RemoteMount& mount : parse_remote_mounts(text)) {
      EXPECT_EQ(mount.type, "nfs") << text;
    }
  }
}

TEST(RemoteMounts, WithoutMountinfoNothingIsRemote) {
  const RemoteMounts mounts{sys::Fd()};
  EXPECT_TRUE(mounts.empty());
  EXPECT_FALSE(mounts.holding("/home"));
}

}  // namespace
}  // namespace genba::host
