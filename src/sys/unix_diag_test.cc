// SPDX-License-Identifier: Apache-2.0
#include "sys/unix_diag.h"

#include <gtest/gtest.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "sys/netlink.h"

namespace genba::sys {
namespace {

uint64_t inode_of(int fd) {
  struct stat status {};
  ::fstat(fd, &status);
  return status.st_ino;
}

TEST(UnixDiag, BothEndsOfAPairNameEachOther) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const auto diag = open_sock_diag();
  const auto peers = diag ? dump_unix_peers(*diag) : base::fail(diag.error());
  if (!peers) {
    GTEST_SKIP() << "SKIPPED: no unix_diag here: " << peers.error().what;
  }
  for (const auto& [one, other] : {std::pair(ends[0], ends[1]), std::pair(ends[1], ends[0])}) {
    const UnixPeers wanted{inode_of(one), inode_of(other)};
    EXPECT_EQ(std::count(peers->begin(), peers->end(), wanted), 1);
  }
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(UnixDiag, ASocketWithoutAPeerIsNotListed) {
  const int alone = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto diag = open_sock_diag();
  const auto peers = diag ? dump_unix_peers(*diag) : base::fail(diag.error());
  if (!peers) {
    GTEST_SKIP() << "SKIPPED: no unix_diag here: " << peers.error().what;
  }
  EXPECT_TRUE(std::none_of(peers->begin(), peers->end(), [&](const UnixPeers& each) {
    return each.socket == inode_of(alone) || each.peer == inode_of(alone);
  }));
  ::close(alone);
}

TEST(UnixDiag, ACutOrForeignMessageIsNothing) {
  unix_diag_msg head{};
  head.udiag_family = AF_UNIX;
  head.udiag_ino = 7;
  std::string bytes(reinterpret_cast<const char*>(&head), sizeof head);
  const std::string attribute("\x08\x00\x02\x00\x09\x00\x00\x00", 8);  // UNIX_DIAG_PEER: 9
  EXPECT_EQ(parse_unix_peers(bytes + attribute), (UnixPeers{7, 9}));
  EXPECT_FALSE(parse_unix_peers(bytes));
  EXPECT_FALSE(parse_unix_peers(bytes.substr(1) + attribute));
  EXPECT_FALSE(parse_unix_peers(bytes + attribute.substr(0, 6)));
}

}  // namespace
}  // namespace genba::sys
