// SPDX-License-Identifier: Apache-2.0
#include "model/connections.h"

#include <gtest/gtest.h>

namespace genba::model {
namespace {

ProcessOpenSocket socket_of(int64_t pid, int64_t inode, std::string local, int64_t local_port,
                            std::string remote, int64_t remote_port) {
  ProcessOpenSocket socket;
  socket.pid = pid;
  socket.socket = inode;
  socket.family = "ipv4";
  socket.protocol = "tcp";
  socket.local_address = std::move(local);
  socket.local_port = local_port;
  socket.state = "LISTEN";
  if (!remote.empty()) {
    socket.remote_scope = remote.rfind("127.", 0) == 0 ? "loopback" : "public";
    socket.remote_address = std::move(remote);
    socket.remote_port = remote_port;
    socket.state = "ESTABLISHED";
  }
  return socket;
}

TEST(Connections, ForkedFamilyHoldsOneConnection) {
  const std::vector<ProcessOpenSocket> sockets = {
      socket_of(10, 5, "10.0.0.2", 40000, "203.0.113.9", 443),
      socket_of(11, 5, "10.0.0.2", 40000, "203.0.113.9", 443),
      socket_of(12, 6, "10.0.0.2", 40001, "203.0.113.9", 443)};
  const Traffic traffic = traffic_of(sockets, {10, 11, 12});
  ASSERT_EQ(traffic.outside.size(), 2U);
  EXPECT_EQ(traffic.outside[0].pids, (std::vector<int64_t>{10, 11}));
  EXPECT_EQ(traffic.outside_addresses, 1U);
  EXPECT_TRUE(traffic.local.empty());
}

TEST(Connections, BothEndsOverLoopbackAreOneToldFromTheEndThatConnected) {
  const std::vector<ProcessOpenSocket> sockets = {
      socket_of(10, 1, "127.0.0.1", 5000, "", 0),
      socket_of(10, 2, "127.0.0.1", 5000, "127.0.0.1", 40000),
      socket_of(11, 3, "127.0.0.1", 40000, "127.0.0.1", 5000)};
  const Traffic traffic = traffic_of(sockets, {10, 11});
  ASSERT_EQ(traffic.local.size(), 1U);
  EXPECT_EQ(traffic.local[0].socket->remote_port, 5000);
  EXPECT_EQ(traffic.local[0].pids, (std::vector<int64_t>{10, 11}));
}

TEST(Connections, OtherProcessesAndClosedOnesAreLeftOut) {
  std::vector<ProcessOpenSocket> sockets = {
      socket_of(10, 1, "10.0.0.2", 40000, "203.0.113.9", 443),
      socket_of(99, 2, "10.0.0.2", 40001, "203.0.113.10", 443)};
  sockets[0].state = "TIME_WAIT";
  const Traffic traffic = traffic_of(sockets, {10});
  EXPECT_TRUE(traffic.outside.empty());
  EXPECT_EQ(traffic.outside_addresses, 0U);
}

TEST(Connections, SocketsWithoutAPeerStayApart) {
  ProcessOpenSocket first = socket_of(10, 1, "0.0.0.0", 80, "", 0);
  ProcessOpenSocket second = socket_of(10, 2, "0.0.0.0", 80, "", 0);
  EXPECT_EQ(connections_among({&first, &second, &first}).size(), 2U);
}

}  // namespace
}  // namespace genba::model
