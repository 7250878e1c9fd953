// SPDX-License-Identifier: Apache-2.0
#include "host/filesystem_names.h"

#include <gtest/gtest.h>

namespace genba::host {
namespace {

TEST(FilesystemNames, KnownMagicHasItsNameAndTheRestItsNumber) {
  EXPECT_EQ(filesystem_name(0xef53), "ext4");
  EXPECT_EQ(filesystem_name(0x9fa0), "proc");
  EXPECT_EQ(filesystem_name(0xff534d42), "cifs");
  EXPECT_EQ(filesystem_name(0x1234), "unknown-0x1234");
}

TEST(FilesystemNames, RemoteOnesAreKnownByFamily) {
  for (const char* type : {"nfs", "nfs4", "cifs", "fuse", "fuse.sshfs", "fuseblk", "autofs", "9p",
                           "ceph", "glusterfs", "virtiofs"}) {
    EXPECT_TRUE(is_remote_filesystem(type)) << type;
  }
  for (const char* type : {"ext4", "xfs", "overlay", "tmpfs", "proc", "nfsd", "fusectl", ""}) {
    EXPECT_FALSE(is_remote_filesystem(type)) << type;
  }
}

TEST(FilesystemNames, AccessTimesOfKernelViewsDoNotCount) {
  EXPECT_TRUE(is_pseudo_filesystem(kProcMagic));
  EXPECT_FALSE(is_pseudo_filesystem(0xef53));
}

}  // namespace
}  // namespace genba::host
