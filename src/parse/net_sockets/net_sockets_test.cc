// SPDX-License-Identifier: Apache-2.0
#include "parse/net_sockets/net_sockets.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

constexpr const char* kListener =
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 "
    "12345 1 0000000000000000 100 0 0 10 0\n";

std::vector<InetSocket> parse(const std::string& text) {
  std::vector<InetSocket> sockets;
  std::vector<base::Note> notes;
  parse_inet_sockets(text, sockets, notes);
  EXPECT_TRUE(notes.empty());
  return sockets;
}

TEST(NetSockets, Ipv4WordsAreReversed) {
  const auto sockets = parse("  sl  local_address rem_address   st\n" + std::string(kListener));
  ASSERT_EQ(sockets.size(), 1U);
  EXPECT_EQ(base::to_text(sockets[0].local), "127.0.0.1");
  EXPECT_EQ(sockets[0].local_port, 8080);
  EXPECT_TRUE(sockets[0].remote.is_unspecified());
  EXPECT_EQ(tcp_state_name(sockets[0].state), "LISTEN");
  EXPECT_EQ(sockets[0].uid, 1000U);
  EXPECT_EQ(sockets[0].inode, 12345U);
}

TEST(NetSockets, Ipv6GroupsAreReversedWordByWord) {
  const auto sockets = parse(
      "   0: 0000000000000000FFFF00000100007F:0016 B80D0120000000000000000001000000:D431 01 "
      "00000000:00000000 02:000A7214 00000000     0        0 777 2 0000000000000000 20 4 30 10 "
      "-1\n");
  ASSERT_EQ(sockets.size(), 1U);
  EXPECT_EQ(base::to_text(sockets[0].local), "::ffff:127.0.0.1");
  EXPECT_EQ(sockets[0].local_port, 22);
  EXPECT_EQ(base::to_text(sockets[0].remote), "2001:db8::1");
  EXPECT_EQ(sockets[0].remote_port, 54321);
}

TEST(NetSockets, DamagedLinesAreNotedAndTheOthersTaken) {
  std::vector<InetSocket> sockets;
  std::vector<base::Note> notes;
  parse_inet_sockets("0: 0100007F 00000000:0000 0A\n" + std::string(kListener) +
                         "1: 0100007G:1F90 00000000:0000 0A 0:0 0:0 0 0 0 1\n",
                     sockets, notes);
  EXPECT_EQ(sockets.size(), 1U);
  EXPECT_EQ(notes.size(), 2U);
}

TEST(NetSockets, UnixPathKeepsSpacesAndNewlines) {
  std::vector<base::Note> notes;
  const auto sockets = parse_unix_sockets(
      "Num       RefCount Protocol Flags    Type St Inode Path\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01    17 /run/a b\nc\n"
      "0000000000000000: 00000003 00000000 00000000 0001 03    18\n"
      "0000000000000000: 00000002 00000000 00010000 0005 01    19 @abstract\n",
      notes);
  EXPECT_TRUE(notes.empty());
  ASSERT_EQ(sockets.size(), 3U);
  EXPECT_EQ(sockets[0].path, "/run/a b\nc");
  EXPECT_TRUE(sockets[0].listening);
  EXPECT_EQ(sockets[0].inode, 17U);
  EXPECT_EQ(sockets[1].path, "");
  EXPECT_EQ(sockets[1].state, 3);
  EXPECT_EQ(sockets[2].path, "@abstract");
  EXPECT_EQ(sockets[2].type, 5);
}

TEST(NetSockets, PacketSocketTellsProtocolAndInterface) {
  std::vector<base::Note> notes;
  const auto sockets = parse_packet_sockets(
      "sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n"
      "0000000000000000 3      3    0003   2     1 0      1000   22222 \n",
      notes);
  EXPECT_TRUE(notes.empty());
  ASSERT_EQ(sockets.size(), 1U);
  EXPECT_EQ(sockets[0].type, 3);
  EXPECT_EQ(sockets[0].protocol, 3);
  EXPECT_EQ(sockets[0].interface_index, 2);
  EXPECT_TRUE(sockets[0].running);
  EXPECT_EQ(sockets[0].uid, 1000U);
  EXPECT_EQ(sockets[0].inode, 22222U);
}

TEST(NetSockets, UnknownStateHasNoName) {
  EXPECT_EQ(tcp_state_name(1), "ESTABLISHED");
  EXPECT_EQ(tcp_state_name(0), "");
  EXPECT_EQ(tcp_state_name(13), "");
  EXPECT_EQ(tcp_state_name(255), "");
}

TEST(NetSockets, HundredThousandLinesAreAllTaken) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) {
    text += kListener;
  }
  EXPECT_EQ(parse(text).size(), 100'000U);
}

}  // namespace
}  // namespace genba::parse
