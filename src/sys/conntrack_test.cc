// SPDX-License-Identifier: Apache-2.0
//
// Flows are put into the table over netlink: no packet has to be tracked for that.
#include "sys/conntrack.h"

#include <gtest/gtest.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "support/private_network.h"

namespace genba::sys {
namespace {

constexpr uint16_t kNew = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW;

void add_tuple(NetlinkRequest& request, uint16_t type, const ConntrackTuple& tuple) {
  const bool v6 = tuple.source.family == base::AddressFamily::kIpv6;
  request.begin(type).begin(CTA_TUPLE_IP);
  request.attribute(v6 ? CTA_IP_V6_SRC : CTA_IP_V4_SRC, base::raw_bytes(tuple.source));
  request.attribute(v6 ? CTA_IP_V6_DST : CTA_IP_V4_DST, base::raw_bytes(tuple.destination)).end();
  request.begin(CTA_TUPLE_PROTO).number(CTA_PROTO_NUM, tuple.protocol);
  request.number(CTA_PROTO_SRC_PORT, __builtin_bswap16(tuple.source_port));
  request.number(CTA_PROTO_DST_PORT, __builtin_bswap16(tuple.destination_port)).end().end();
}

ConntrackTuple mirrored(const ConntrackTuple& tuple) {
  return {tuple.destination, tuple.source, tuple.protocol, tuple.destination_port,
          tuple.source_port};
}

NetlinkRequest creation_of(const ConntrackTuple& tuple, const ConntrackTuple& reply,
                           uint16_t zone) {
  nfgenmsg head{};
  head.nfgen_family = tuple.source.family == base::AddressFamily::kIpv6 ? AF_INET6 : AF_INET;
  NetlinkRequest request(kNew, NLM_F_CREATE | NLM_F_EXCL);
  request.body(head);
  add_tuple(request, CTA_TUPLE_ORIG, tuple);
  add_tuple(request, CTA_TUPLE_REPLY, reply);
  request.number(CTA_TIMEOUT, __builtin_bswap32(uint32_t{60}));
  if (zone != 0) {
    request.number(CTA_ZONE, __builtin_bswap16(zone));
  }
  return request;
}

ConntrackTuple udp(const char* from, uint16_t port) {
  return {*base::parse_address(from),
          *base::parse_address(std::string_view(from).find(':') == std::string_view::npos
                                   ? "192.0.2.1"
                                   : "2001:db8::1"),
          IPPROTO_UDP, port, 53};
}

bool made(const Result<Fd>& netfilter, const ConntrackTuple& tuple, const ConntrackTuple& reply,
          uint16_t zone = 0) {
  const auto answer = netfilter ? netlink_exchange(*netfilter, creation_of(tuple, reply, zone),
                                                   [](const NetlinkMessage&) {})
                                : Result<bool>(base::fail(netfilter.error()));
  // A kernel without it answers so; anything else is a fault of this test.
  EXPECT_TRUE(answer || answer.error().sys_errno == EOPNOTSUPP || answer.error().sys_errno == EPERM)
      << answer.error().what;
  return answer.has_value();
}

bool made(const Result<Fd>& netfilter, const ConntrackTuple& tuple) {
  return made(netfilter, tuple, mirrored(tuple));
}

TEST(Conntrack, OneFlowIsDeletedAndTheOthersStay) {
  test::in_private_network([] {
    const auto netfilter = open_conntrack();
    const auto four = udp("192.0.2.7", 4000);
    const auto other = udp("192.0.2.7", 4001);
    const auto six = udp("2001:db8::7", 4000);
    for (const auto& tuple : {four, other, six}) {
      if (!made(netfilter, tuple)) {
        test::network_cannot_be_made_here();
      }
    }
    const auto flows = dump_conntrack(*netfilter);
    ASSERT_TRUE(flows) << flows.error().what;
    ASSERT_EQ(flows->size(), 3U);
    const auto found = std::find_if(flows->begin(), flows->end(),
                                    [&](const auto& flow) { return flow.original == four; });
    ASSERT_NE(found, flows->end());
    EXPECT_EQ(found->reply.source_port, 53);
    EXPECT_GT(found->timeout, 0U);
    ASSERT_TRUE(delete_conntrack(*netfilter, *found));
    const auto again = delete_conntrack(*netfilter, *found);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, base::ErrorCode::kGone);
    const auto left = dump_conntrack(*netfilter);
    ASSERT_TRUE(left);
    EXPECT_EQ(left->size(), 2U);
    for (const auto& flow : *left) {
      EXPECT_TRUE(delete_conntrack(*netfilter, flow)) << base::to_text(flow.original.source);
    }
  });
}

TEST(Conntrack, AFlowIsFoundByHowItsAnswersLookInAnyZone) {
  test::in_private_network([] {
    const auto netfilter = open_conntrack();
    for (const char* client : {"192.0.2.7", "2001:db8::7"}) {
      const ConntrackTuple sent = udp(client, 4000);
      ConntrackTuple redirected = mirrored(sent);
      redirected.source_port = 5353;
      if (!made(netfilter, sent, redirected)) {
        test::network_cannot_be_made_here();
      }
      const auto found = find_conntrack(*netfilter, redirected);
      ASSERT_TRUE(found) << found.error().what;
      ASSERT_EQ(found->size(), 1U) << client;
      EXPECT_EQ(found->front().original, sent);
      for (const ConntrackTuple& other : {sent, mirrored(sent)}) {
        const auto none = find_conntrack(*netfilter, other);
        ASSERT_TRUE(none) << none.error().what;
        EXPECT_TRUE(none->empty()) << "the question is about answers";
      }
    }
    const ConntrackTuple zoned = udp("192.0.2.7", 4001);
    if (!made(netfilter, zoned, mirrored(zoned), 7)) {
      test::network_cannot_be_made_here();
    }
    const auto found = find_conntrack(*netfilter, mirrored(zoned));
    ASSERT_TRUE(found) << found.error().what;
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().zone, 7);
  });
}

TEST(Conntrack, WithoutATupleNothingIsDeleted) {
  test::in_private_network([] {
    const auto netfilter = open_conntrack();
    if (!made(netfilter, udp("192.0.2.7", 4000))) {
      test::network_cannot_be_made_here();
    }
    EXPECT_EQ(delete_conntrack(*netfilter, {}).error().code, base::ErrorCode::kInvalid);
    EXPECT_EQ(dump_conntrack(*netfilter)->size(), 1U);
  });
}

TEST(Conntrack, AFlowWithoutBothTuplesIsNone) {
  NetlinkRequest request(kNew, 0);
  request.body(nfgenmsg{});
  add_tuple(request, CTA_TUPLE_ORIG, udp("192.0.2.7", 4000));
  const std::string bytes = request.bytes(1);
  EXPECT_FALSE(parse_conntrack(**NetlinkMessages(bytes).next()));
  EXPECT_FALSE(parse_conntrack({kNew, 0, 0, "x"}));
  EXPECT_FALSE(parse_conntrack({1, 0, 0, {}}));
}

}  // namespace
}  // namespace genba::sys
