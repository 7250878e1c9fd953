// SPDX-License-Identifier: Apache-2.0
#include "act/ban/cut_flows.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
// After it: the two have the same names, which linux/libc-compat.h sorts out only this way.
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "act/ban/networks.h"
#include "support/fake_host.h"
#include "support/nf_tables_lab.h"
#include "support/other_networks.h"
#include "support/private_network.h"
#include "sys/conntrack.h"

namespace genba::act {
namespace {

using test::OtherNetworks;

constexpr CutMeans kEverything{true, true, true};

sys::Fd accept_from(const sys::Fd& server) {
  pollfd polled{server.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&polled, 1, 5000), 1);
  return sys::Fd(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

// What the holder of a socket is told; 0 while the flow goes on.
int error_of(const sys::Fd& fd) {
  char byte = 0;
  return ::recv(fd.get(), &byte, 1, MSG_DONTWAIT) < 0 && errno != EAGAIN ? errno : 0;
}

// Connection tracking begins with the first rule that asks for it.
bool track_connections(sys::NfTables& tables) {
  sys::NftRule rule;
  rule.expression(
      "ct", sys::NftAttributes{}.u32(NFTA_CT_DREG, NFT_REG32_00).u32(NFTA_CT_KEY, NFT_CT_STATE));
  sys::NftBatch batch;
  batch.add_table(test::kTable)
      .add_chain({test::kTable, "in", sys::NftHook{NF_INET_LOCAL_IN, 0, NF_ACCEPT, {}}})
      .add_rule(test::kTable, "in", rule);
  return tables.commit(batch).has_value();
}

struct Flows {
  explicit Flows(const OtherNetworks& networks) {
    banned_server = test::serve(SOCK_STREAM, "198.51.100.1", 80);
    other_server = test::serve(SOCK_STREAM, "203.0.113.1", 80);
    six_server = test::serve(SOCK_STREAM, "2001:db8:66::1", 80);
    networks.in(0, [&] {
      banned_client = test::reach("198.51.100.66", "198.51.100.1", 80, 5000);
      six_client = test::reach("2001:db8:66::66", "2001:db8:66::1", 80, 5000);
    });
    networks.in(1, [&] { other_client = test::reach("203.0.113.2", "203.0.113.1", 80, 5000); });
    EXPECT_TRUE(banned_client.valid() && six_client.valid() && other_client.valid());
    banned = accept_from(banned_server);
    six = accept_from(six_server);
    other = accept_from(other_server);
  }
  sys::Fd banned_server, other_server, six_server;
  sys::Fd banned_client, other_client, six_client;
  sys::Fd banned, other, six;
};

void add_networks(OtherNetworks& networks) {
  networks.add("wan", {{"198.51.100.1/24", "198.51.100.66/24"},
                       {"2001:db8:66::1/64", "2001:db8:66::66/64"}});
  networks.add("lan", {{"203.0.113.1/24", "203.0.113.2/24"}});
}

TEST(CutFlows, WhatGoesOnWithTheBannedEndsAndTheRestGoesOn) {
  test::in_private_network([] {
    OtherNetworks networks;
    add_networks(networks);
    sys::NfTables tables = test::open_tables();
    const bool tracked = track_connections(tables);
    const Flows flows(networks);
    const base::Network banned[] = {*base::parse_network("198.51.100.0/25"),
                                    *base::parse_network("2001:db8:66::/64")};
    const model::FlowCut cut = cut_flows({tracked, true, true}, banned);
    if (!cut.sockets) {
      test::network_cannot_be_made_here();
    }
    EXPECT_EQ(cut.sockets, 2U);
    EXPECT_EQ(error_of(flows.banned), ECONNABORTED);
    EXPECT_EQ(error_of(flows.six), ECONNABORTED);
    EXPECT_EQ(error_of(flows.other), 0);
    pollfd listening{flows.banned_server.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&listening, 1, 0), 0) << "the listener listens on";
    if (!tracked) {
      return;
    }
    EXPECT_GE(cut.tracked.value_or(0), 2U);
    const auto netfilter = sys::open_conntrack();
    const auto left = sys::dump_conntrack(*netfilter);
    ASSERT_TRUE(left) << left.error().what;
    size_t others = 0;
    for (const sys::ConntrackFlow& flow : *left) {
      EXPECT_NE(base::to_text(flow.original.source), "198.51.100.66");
      others += base::to_text(flow.original.source) == "203.0.113.2" ? 1 : 0;
    }
    EXPECT_EQ(others, 1U);
    EXPECT_TRUE(cut.not_possible.empty()) << cut.not_possible[0].en;
  });
}

TEST(CutFlows, WhatIsNotThereIsSaidAndNotAsked) {
  const base::Network banned[] = {*base::parse_network("198.51.100.0/25")};
  const model::FlowCut cut = cut_flows({}, banned);
  EXPECT_FALSE(cut.tracked);
  EXPECT_FALSE(cut.sockets);
  ASSERT_EQ(cut.not_possible.size(), 2U);
  EXPECT_NE(cut.not_possible[0].ja.find("接続追跡"), std::string::npos);
}

TEST(CutFlows, WithoutTheRightItIsSaid) {
  test::in_private_network([] {
    OtherNetworks networks;
    add_networks(networks);
    const Flows flows(networks);
    if (::seteuid(65534) != 0) {
      test::network_cannot_be_made_here();
    }
    const base::Network banned[] = {*base::parse_network("198.51.100.0/25")};
    const model::FlowCut cut = cut_flows(kEverything, banned);
    EXPECT_FALSE(cut.not_possible.empty());
    EXPECT_EQ(cut.sockets.value_or(0), 0U);
    EXPECT_EQ(error_of(flows.banned), 0);
  });
}

TEST(CutFlows, OnlyWhatIsThereIsAMeans) {
  test::FakeHost host;
  host.add_file("/proc/modules", "tcp_diag 12288 0 - Live 0x0\ninet_diag 1 1 tcp_diag, Live 0x0\n");
  host.add_file("/proc/kallsyms", "");
  const CutMeans means = cut_means(host);
  EXPECT_TRUE(means.tcp);
  EXPECT_FALSE(means.udp);
  EXPECT_FALSE(means.conntrack);
}

}  // namespace
}  // namespace genba::act
