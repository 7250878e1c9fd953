// SPDX-License-Identifier: Apache-2.0
#include "parse/proc_link/proc_link.h"

#include <string_view>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

TEST(ProcLink, PlainPathIsAFile) {
  const ProcLink link = parse_proc_link("/usr/bin/bash");
  EXPECT_EQ(link.kind, LinkKind::kFile);
  EXPECT_EQ(link.path, "/usr/bin/bash");
  EXPECT_FALSE(link.deleted);
}

TEST(ProcLink, DeletedEndingIsTakenOff) {
  const ProcLink link = parse_proc_link("/tmp/a b (deleted)");
  EXPECT_EQ(link.path, "/tmp/a b");
  EXPECT_TRUE(link.deleted);
  EXPECT_EQ(parse_proc_link("/tmp/x (deleted) (deleted)").path, "/tmp/x (deleted)");
}

TEST(ProcLink, MemoryFileIsKnownByItsBeginning) {
  const ProcLink link = parse_proc_link("/memfd:x (deleted)");
  EXPECT_EQ(link.kind, LinkKind::kMemfd);
  EXPECT_EQ(link.path, "/memfd:x");
  EXPECT_TRUE(link.deleted);
  EXPECT_EQ(parse_proc_link("/memfd:").kind, LinkKind::kMemfd);
}

TEST(ProcLink, DeviceLiesUnderDevButNotInItsFileDirectories) {
  EXPECT_EQ(parse_proc_link("/dev/null").kind, LinkKind::kDevice);
  EXPECT_EQ(parse_proc_link("/dev/pts/0").kind, LinkKind::kDevice);
  EXPECT_EQ(parse_proc_link("/dev/shm/.x").kind, LinkKind::kFile);
  EXPECT_EQ(parse_proc_link("/dev/mqueue/q").kind, LinkKind::kFile);
  EXPECT_EQ(parse_proc_link("/devices").kind, LinkKind::kFile);
}

TEST(ProcLink, NamelessThingsTellTheirInode) {
  EXPECT_EQ(parse_proc_link("socket:[123]").kind, LinkKind::kSocket);
  EXPECT_EQ(parse_proc_link("socket:[123]").inode, 123U);
  EXPECT_EQ(parse_proc_link("pipe:[7]").kind, LinkKind::kPipe);
  EXPECT_EQ(parse_proc_link("mnt:[4026531841]").kind, LinkKind::kNamespace);
  EXPECT_EQ(parse_proc_link("mnt:[4026531841]").inode, 4026531841U);
  EXPECT_EQ(parse_proc_link("anon_inode:[eventpoll]").kind, LinkKind::kAnonymous);
  EXPECT_EQ(parse_proc_link("inotify").kind, LinkKind::kAnonymous);
  EXPECT_EQ(parse_proc_link("socket:[x]").kind, LinkKind::kAnonymous);
  EXPECT_EQ(parse_proc_link("").kind, LinkKind::kAnonymous);
}

TEST(ProcLink, FileThatImitatesASocketIsStillAFile) {
  EXPECT_EQ(parse_proc_link("/tmp/socket:[123]").kind, LinkKind::kFile);
  EXPECT_EQ(parse_proc_link("(unreachable)/tmp/x").kind, LinkKind::kFile);
}

}  // namespace
}  // namespace genba::parse
