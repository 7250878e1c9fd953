// SPDX-License-Identifier: Apache-2.0
#include "sys/socket_diag.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "support/private_network.h"
#include "sys/netlink.h"

namespace genba::sys {
namespace {

constexpr uint16_t kServerPort = 2222;

// A connection over loopback of the private network.
struct Connection {
  int listener = -1;
  int server = -1;
  int client = -1;
  Flow flow;  ///< as the server's end sees it
};

template <class Sockaddr>
Connection connect_ends(int family, Sockaddr address, const char* text, in_port_t Sockaddr::*port) {
  Connection made;
  made.listener = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  made.client = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(made.listener, raw, size), 0);
  EXPECT_EQ(::listen(made.listener, 1), 0);
  EXPECT_EQ(::connect(made.client, raw, size), 0);
  made.server = ::accept4(made.listener, raw, &size, SOCK_CLOEXEC);
  made.flow.local = *base::parse_address(text);
  made.flow.remote = made.flow.local;
  made.flow.local_port = kServerPort;
  made.flow.remote_port = ntohs(address.*port);
  return made;
}

Connection connect4() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kServerPort);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect_ends(AF_INET, address, "127.0.0.1", &sockaddr_in::sin_port);
}

Connection connect6() {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(kServerPort);
  address.sin6_addr = in6addr_loopback;
  return connect_ends(AF_INET6, address, "::1", &sockaddr_in6::sin6_port);
}

TEST(SocketDiag, TcpInfoShowsThatASessionIsAlive) {
  test::in_private_network([] {
    for (const Connection& made : {connect4(), connect6()}) {
      const auto diag = open_sock_diag();
      if (!diag) {
        test::network_cannot_be_made_here();
      }
      const auto before = read_tcp_info(*diag, made.flow);
      ASSERT_TRUE(before) << before.error().what;
      EXPECT_EQ(before->state, 1) << "TCP_ESTABLISHED";
      ASSERT_TRUE(before->bytes_received);
      ASSERT_EQ(::send(made.client, "hello", 5, 0), 5);
      char buffer[8];
      ASSERT_EQ(::recv(made.server, buffer, sizeof buffer, 0), 5);
      const auto later = read_tcp_info(*diag, made.flow);
      ASSERT_TRUE(later);
      EXPECT_EQ(*later->bytes_received, *before->bytes_received + 5);
      struct stat status {};
      ::fstat(made.server, &status);
      EXPECT_EQ(later->inode, status.st_ino);
      ::close(made.listener);
    }
  });
}

TEST(SocketDiag, OnlyTheNamedFlowIsEnded) {
  test::in_private_network([] {
    const Connection made = connect4();
    const auto diag = open_sock_diag();
    if (!diag) {
      test::network_cannot_be_made_here();
    }
    Flow absent = made.flow;
    absent.remote_port = static_cast<uint16_t>(absent.remote_port ^ 1);
    const auto missed = destroy_socket(*diag, absent);
    ASSERT_FALSE(missed) << "the listener must not be found in its place";
    EXPECT_EQ(missed.error().code, base::ErrorCode::kGone);
    Flow half = made.flow;
    half.remote_port = 0;
    EXPECT_EQ(destroy_socket(*diag, half).error().code, base::ErrorCode::kInvalid);

    const auto ended = destroy_socket(*diag, made.flow);
    if (!ended && ended.error().code == base::ErrorCode::kUnsupported) {
      test::network_cannot_be_made_here();
    }
    ASSERT_TRUE(ended) << ended.error().what;
    char byte;
    EXPECT_EQ(::recv(made.server, &byte, 1, 0), -1);
    EXPECT_EQ(errno, ECONNABORTED);
    EXPECT_EQ(read_tcp_info(*diag, made.flow).error().code, base::ErrorCode::kGone);
    const int again = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(kServerPort);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(again, reinterpret_cast<sockaddr*>(&address), sizeof address), 0)
        << "the listener lives on";
  });
}

TEST(SocketDiag, AnOldKernelsShorterInfoHasNoByteCounts) {
  EXPECT_FALSE(parse_tcp_info(std::string(40, 'x')));
  const auto info = parse_tcp_info(std::string(104, '\1'));  // Linux 3.x
  ASSERT_TRUE(info);
  EXPECT_EQ(info->state, 1);
  EXPECT_FALSE(info->bytes_acked);
  EXPECT_TRUE(parse_tcp_info(std::string(1000, '\1'))->bytes_received);
}

}  // namespace
}  // namespace genba::sys
