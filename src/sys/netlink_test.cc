// SPDX-License-Identifier: Apache-2.0
#include "sys/netlink.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace genba::sys {
namespace {

uint64_t inode_of(int fd) {
  struct stat status {};
  ::fstat(fd, &status);
  return status.st_ino;
}

TEST(SockDiag, AListeningSocketIsSeenWithItsPortAndInode) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const auto diag = open_sock_diag();
  if (!diag) {
    GTEST_SKIP() << "SKIPPED: no NETLINK_SOCK_DIAG here: " << diag.error().what;
  }
  std::vector<DiagEntry> entries;
  const auto dumped = dump_sockets(*diag, AF_INET, IPPROTO_TCP, entries);
  if (!dumped) {
    GTEST_SKIP() << "SKIPPED: no tcp_diag here: " << dumped.error().what;
  }
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const DiagEntry& entry) {
    return entry.inode == inode_of(listener);
  });
  ASSERT_NE(found, entries.end());
  EXPECT_EQ(found->local_port, ntohs(address.sin_port));
  EXPECT_EQ(found->local_address, std::string("\x7f\0\0\x01", 4));
  EXPECT_EQ(found->state, 10) << "TCP_LISTEN";
  ::close(listener);
}

TEST(SockDiag, AUnixSocketIsSeenByItsInode) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const auto diag = open_sock_diag();
  std::vector<DiagEntry> entries;
  if (!diag || !dump_sockets(*diag, AF_UNIX, 0, entries)) {
    GTEST_SKIP() << "SKIPPED: no unix_diag here";
  }
  EXPECT_TRUE(std::any_of(entries.begin(), entries.end(), [&](const DiagEntry& entry) {
    return entry.inode == inode_of(ends[0]);
  }));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(SockDiag, ImpossibleLengthsAreDamage) {
  std::vector<DiagEntry> entries;
  nlmsghdr head{};
  head.nlmsg_len = 4;
  const std::string_view small(reinterpret_cast<const char*>(&head), sizeof head);
  EXPECT_FALSE(parse_diag_datagram(small, AF_INET, IPPROTO_TCP, entries));
  head.nlmsg_len = 1 << 20;
  EXPECT_FALSE(parse_diag_datagram(small, AF_INET, IPPROTO_TCP, entries));
  EXPECT_FALSE(*parse_diag_datagram(small.substr(0, 7), AF_INET, IPPROTO_TCP, entries));
  EXPECT_TRUE(entries.empty());
}

TEST(SockDiag, AnErrorThatIsNoErrnoIsDamageToo) {
  std::vector<DiagEntry> entries;
  for (const int32_t status : {-EPERM, INT32_MIN, 7}) {
    std::string bytes(sizeof(nlmsghdr), '\0');
    const nlmsghdr head{static_cast<uint32_t>(bytes.size() + sizeof(nlmsgerr)), NLMSG_ERROR, 0, 0,
                        0};
    std::memcpy(bytes.data(), &head, sizeof head);
    nlmsgerr error{};
    error.error = status;
    bytes.append(reinterpret_cast<const char*>(&error), sizeof error);
    const auto read = parse_diag_datagram(bytes, AF_INET, IPPROTO_TCP, entries);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().sys_errno, status == -EPERM ? EPERM : EIO);
  }
}

TEST(SockDiag, AShortEntryIsLeftOut) {
  std::vector<DiagEntry> entries;
  nlmsghdr head{};
  head.nlmsg_len = sizeof head;
  head.nlmsg_type = 20;  // SOCK_DIAG_BY_FAMILY
  const std::string_view bytes(reinterpret_cast<const char*>(&head), sizeof head);
  EXPECT_FALSE(*parse_diag_datagram(bytes, AF_INET, IPPROTO_TCP, entries));
  EXPECT_TRUE(entries.empty());
}

}  // namespace
}  // namespace genba::sys
