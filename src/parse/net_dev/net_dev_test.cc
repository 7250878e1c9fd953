// SPDX-License-Identifier: Apache-2.0
#include "parse/net_dev/net_dev.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

TEST(NetDev, CountersOfEachInterfaceAreTaken) {
  std::vector<base::Note> notes;
  const auto interfaces = parse_net_dev(
      "Inter-|   Receive                                   |  Transmit\n"
      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs\n"
      "    lo:     100       2    0    0    0     0          0         0      100       2 0 0 0 0 "
      "0 "
      "0\n"
      "  eth0:123456789 1000 1 2 0 0 0 7 987654321 2000 3 0 0 0 0 0\n",
      notes);
  EXPECT_TRUE(notes.empty());
  ASSERT_EQ(interfaces.size(), 2U);
  EXPECT_EQ(interfaces[1].interface, "eth0");
  EXPECT_EQ(interfaces[1].ibytes, 123456789);
  EXPECT_EQ(interfaces[1].ipackets, 1000);
  EXPECT_EQ(interfaces[1].ierrors, 1);
  EXPECT_EQ(interfaces[1].obytes, 987654321);
  EXPECT_EQ(interfaces[1].opackets, 2000);
  EXPECT_EQ(interfaces[1].oerrors, 3);
}

TEST(NetDev, OldAliasKeepsItsColon) {
  std::vector<base::Note> notes;
  const auto interfaces = parse_net_dev("eth0:1: 1 2 3 4 5 6 7 8 9 10 11\n", notes);
  ASSERT_EQ(interfaces.size(), 1U);
  EXPECT_EQ(interfaces[0].interface, "eth0:1");
}

TEST(NetDev, DamagedLinesAreNoted) {
  std::vector<base::Note> notes;
  EXPECT_TRUE(parse_net_dev("eth0: 1 2\nnothing\n: 1 2 3 4 5 6 7 8 9 10 11\n", notes).empty());
  EXPECT_EQ(notes.size(), 3U);
}

}  // namespace
}  // namespace genba::parse
