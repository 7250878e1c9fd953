// SPDX-License-Identifier: Apache-2.0
#include "sys/netlink_message.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

namespace genba::sys {
namespace {

TEST(NetlinkMessage, WhatIsBuiltIsTakenApartAgain) {
  NetlinkRequest request(42, 0);
  request.body(uint32_t{7}).begin(3).attribute(1, "abc").number(2, uint16_t{9}).end();
  const std::string bytes = request.bytes(5);
  NetlinkMessages messages(bytes);
  const auto message = *messages.next();
  ASSERT_TRUE(message);
  EXPECT_EQ(message->type, 42);
  EXPECT_EQ(message->sequence, 5U);
  EXPECT_EQ(message->flags, NLM_F_REQUEST | NLM_F_ACK);
  NetlinkAttributes outer(after<uint32_t>(message->body));
  const auto nest = outer.next();
  ASSERT_TRUE(nest);
  EXPECT_EQ(nest->type, 3);
  NetlinkAttributes inner(nest->value);
  EXPECT_EQ(inner.next()->value, "abc");
  EXPECT_EQ(value_in<uint16_t>(inner.next()->value), 9);
  EXPECT_FALSE(inner.next());
  EXPECT_FALSE(outer.next());
  EXPECT_FALSE(*messages.next());
}

TEST(NetlinkMessage, ImpossibleLengthsAreDamage) {
  nlmsghdr head{};
  for (const uint32_t size : {0U, 4U, 15U, 17U, 1U << 20, UINT32_MAX}) {
    head.nlmsg_len = size;
    NetlinkMessages messages(bytes_of(head));
    EXPECT_FALSE(messages.next()) << size;
  }
  nlattr attribute{};
  for (const uint16_t size : std::initializer_list<uint16_t>{0, 3, 5, UINT16_MAX}) {
    attribute.nla_len = size;
    EXPECT_FALSE(NetlinkAttributes(bytes_of(attribute)).next()) << size;
  }
}

TEST(NetlinkMessage, ShortBodiesHaveNoValues) {
  EXPECT_FALSE(value_in<uint32_t>("abc"));
  EXPECT_TRUE(after<uint32_t>("abc").empty());
  EXPECT_EQ(text_in(std::string_view("eth0\0x", 6)), "eth0");
  EXPECT_EQ(text_in("no end"), "no end");
}

TEST(NetlinkMessage, TheKernelsRefusalIsTheResult) {
  const auto netlink = open_netlink(NETLINK_ROUTE);
  ASSERT_TRUE(netlink);
  ifinfomsg nowhere{};
  nowhere.ifi_index = INT32_MAX;
  const auto answer = netlink_exchange(*netlink, NetlinkRequest(RTM_GETLINK, 0).body(nowhere),
                                       [](const NetlinkMessage&) {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().sys_errno, ENODEV);
}

}  // namespace
}  // namespace genba::sys
