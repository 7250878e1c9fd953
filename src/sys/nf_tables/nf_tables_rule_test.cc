// SPDX-License-Identifier: Apache-2.0
//
// What each word of a rule does to packets, and what the builder refuses.
#include "sys/nf_tables/nf_tables_rule.h"

#include <netinet/in.h>  // before linux/netfilter.h

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "support/nf_tables_lab.h"
#include "support/private_network.h"
#include "sys/nf_tables/nf_tables.h"

namespace genba::sys {
namespace {

using test::Datagram;
using test::expect_done;
using test::in_private_network;
using test::kFirst;
using test::kTable;
using test::open_tables;
using test::output_chain;
using test::passes;

const std::string kLoopback4("\x7f\0\0\x01", 4);
const std::string kLoopback6("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16);

NftRule udp(uint8_t family) {
  return NftRule{}.nfproto(family).l4proto(IPPROTO_UDP);
}

// Whether the datagram passes where only `rule` accepts.
class Ruled {
 public:
  explicit Ruled(NftRule rule, const NftSet* set = nullptr, std::vector<NftElement> elements = {})
      : tables_(open_tables()) {
    NftBatch batch;
    batch.add_table(kTable).add_chain(output_chain("out", NF_DROP));
    if (set != nullptr) {
      batch.add_set(*set).add_elements(*set, elements);
    }
    batch.add_rule(kTable, "out", rule.accept());
    expect_done(tables_.commit(batch));
  }
  ~Ruled() { expect_done(tables_.commit(NftBatch{}.delete_table(kTable))); }
  Ruled(const Ruled&) = delete;
  Ruled& operator=(const Ruled&) = delete;
  Ruled(Ruled&&) = delete;
  Ruled& operator=(Ruled&&) = delete;

 private:
  NfTables tables_;
};

bool pass4(NftRule rule, const Datagram& datagram = {}) {
  const Ruled ruled(std::move(rule));
  return passes(AF_INET, datagram);
}

bool pass6(NftRule rule, const Datagram& datagram = {}) {
  const Ruled ruled(std::move(rule));
  return passes(AF_INET6, datagram);
}

TEST(NftRule, Protocols) {
  in_private_network([] {
    EXPECT_TRUE(pass4(NftRule{}.nfproto(NFPROTO_IPV4)));
    EXPECT_FALSE(pass4(NftRule{}.nfproto(NFPROTO_IPV6)));
    EXPECT_TRUE(pass6(NftRule{}.nfproto(NFPROTO_IPV6)));
    EXPECT_TRUE(pass4(udp(NFPROTO_IPV4)));
    EXPECT_FALSE(pass4(NftRule{}.l4proto(IPPROTO_TCP)));
    EXPECT_TRUE(pass4(NftRule{}.ethertype(ETH_P_IP)));
    EXPECT_FALSE(pass6(NftRule{}.ethertype(ETH_P_IP)));
    EXPECT_TRUE(pass4(NftRule{}.is_not(kNftL4proto, IPPROTO_TCP)));
  });
}

TEST(NftRule, Ports) {
  in_private_network([] {
    const Datagram datagram{1000, 2000};
    EXPECT_TRUE(pass4(udp(NFPROTO_IPV4).is(kNftDestinationPort, 2000), datagram));
    EXPECT_FALSE(pass4(udp(NFPROTO_IPV4).is(kNftDestinationPort, 2001), datagram));
    EXPECT_TRUE(pass6(udp(NFPROTO_IPV6).is(kNftSourcePort, 1000), datagram));
    EXPECT_TRUE(pass4(udp(NFPROTO_IPV4).between(kNftDestinationPort, 1999, 2000), datagram));
    EXPECT_FALSE(pass4(udp(NFPROTO_IPV4).between(kNftDestinationPort, 2001, 3000), datagram));
    EXPECT_TRUE(pass4(udp(NFPROTO_IPV4).masked(kNftDestinationPort, 0xFF00, 0x0700), datagram));
    EXPECT_FALSE(
        pass4(udp(NFPROTO_IPV4).masked_not(kNftDestinationPort, 0xFF00, 0x0700), datagram));
  });
}

TEST(NftRule, Addresses) {
  in_private_network([] {
    const auto four = NftRule{}.nfproto(NFPROTO_IPV4);
    const auto six = NftRule{}.nfproto(NFPROTO_IPV6);
    EXPECT_TRUE(pass4(NftRule(four).is(kNftIpv4Source, kLoopback4)));
    EXPECT_FALSE(pass4(NftRule(four).is_not(kNftIpv4Destination, kLoopback4)));
    EXPECT_TRUE(pass4(NftRule(four).in_network(kNftIpv4Destination, kLoopback4, 8)));
    EXPECT_TRUE(pass4(NftRule(four).in_network(kNftIpv4Destination, kLoopback4, 0)));
    EXPECT_FALSE(
        pass4(NftRule(four).in_network(kNftIpv4Source, std::string("\x7f\0\0\x03", 4), 31)));
    EXPECT_TRUE(
        pass4(NftRule(four).in_network(kNftIpv4Source, std::string("\x7f\0\0\x03", 4), 30)));
    EXPECT_TRUE(pass6(NftRule(six).is(kNftIpv6Destination, kLoopback6)));
    EXPECT_TRUE(pass6(NftRule(six).in_network(kNftIpv6Source, kLoopback6, 128)));
    std::string other = kLoopback6;
    other.front() = '\x20';
    EXPECT_FALSE(pass6(NftRule(six).in_network(kNftIpv6Source, other, 3)));
    EXPECT_TRUE(pass4(NftRule(four).is(kNftIpv4Protocol, IPPROTO_UDP)));
    EXPECT_TRUE(pass4(NftRule(four).masked(kNftIpv4FragmentOffset, 0x1FFF, 0)));
  });
}

TEST(NftRule, DevicesMarksAndOwners) {
  in_private_network([] {
    EXPECT_TRUE(pass4(NftRule{}.output_device("lo")));
    EXPECT_FALSE(pass4(NftRule{}.output_device("l")));
    EXPECT_TRUE(pass4(NftRule{}.is(kNftOutputIndex, 1)));
    EXPECT_TRUE(pass4(NftRule{}.is(kNftOutputDeviceType, ARPHRD_LOOPBACK)));
    EXPECT_FALSE(pass4(NftRule{}.is(kNftOutputDeviceType, ARPHRD_ETHER)));
    EXPECT_TRUE(pass4(NftRule{}.is(kNftSocketUid, ::getuid())));
    EXPECT_FALSE(pass4(NftRule{}.is(kNftSocketUid, ::getuid() + 1)));
    EXPECT_TRUE(pass4(NftRule{}.is(kNftMark, 0x12345678), {0, 0, 0x12345678}));
    EXPECT_TRUE(pass4(NftRule{}.masked(kNftMark, 0xFF, 0x78), {0, 0, 0x12345678}));
    EXPECT_FALSE(pass4(NftRule{}.is(kNftMark, 0x12345678)));
  });
}

TEST(NftRule, SetsOfOneField) {
  in_private_network([] {
    const NftSet ports{kTable, "ports", {kNftKeyPort}, NftElements::kRanges, NftTimeouts::kNone};
    NftElement some;
    some.key = {nft_number(kNftDestinationPort, 2000)};
    some.last = {nft_number(kNftDestinationPort, 2010)};
    {
      const Ruled ruled(udp(NFPROTO_IPV4).in("ports", {kNftDestinationPort}), &ports, {some});
      EXPECT_TRUE(passes(AF_INET, {0, 2000}));
      EXPECT_TRUE(passes(AF_INET, {0, 2010}));
      EXPECT_FALSE(passes(AF_INET, {0, 1999}));
      EXPECT_FALSE(passes(AF_INET, {0, 2011}));
    }
    const Ruled ruled(udp(NFPROTO_IPV4).not_in("ports", {kNftDestinationPort}), &ports, {some});
    EXPECT_FALSE(passes(AF_INET, {0, 2010}));
    EXPECT_TRUE(passes(AF_INET, {0, 2011}));
  });
}

TEST(NftRule, SetsOfSeveralFields) {
  in_private_network([] {
    NftElement tuple;
    tuple.key = {std::string(1, IPPROTO_UDP), kLoopback6, nft_number(kNftSourcePort, 1000)};
    for (const NftElements kind : {NftElements::kSingle, NftElements::kRanges}) {
      const NftSet tuples{kTable,
                          "tuples",
                          {kNftKeyProtocol, kNftKeyIpv6, kNftKeyPort},
                          kind,
                          NftTimeouts::kAllowed};
      const Ruled ruled(
          udp(NFPROTO_IPV6).in("tuples", {kNftL4proto, kNftIpv6Source, kNftSourcePort}), &tuples,
          {tuple});
      EXPECT_TRUE(passes(AF_INET6, {1000, 0}));
      EXPECT_FALSE(passes(AF_INET6, {1001, 0}));
    }
  });
}

TEST(NftRule, TheElementForEverythingElse) {
  in_private_network([] {
    const NftSet ports{kTable, "ports", {kNftKeyPort}, NftElements::kRanges, NftTimeouts::kAllowed};
    NftElement rest;
    rest.match = NftElement::Match::kEverythingElse;
    const Ruled ruled(udp(NFPROTO_IPV4).in("ports", {kNftDestinationPort}), &ports, {rest});
    EXPECT_TRUE(passes(AF_INET, {0, 7}));
  });
}

TEST(NftRule, JumpsReturnAndGoesDoNot) {
  in_private_network([] {
    NfTables tables = open_tables();
    NftBatch batch;
    batch.add_table(kTable).add_chain({kTable, "a", {}}).add_chain({kTable, "b", {}});
    batch.add_chain(output_chain("out", NF_DROP));
    batch.add_rule(kTable, "a", NftRule{}.nfproto(NFPROTO_IPV4).return_to_caller());
    batch.add_rule(kTable, "a", NftRule{}.go_to("b"));
    batch.add_rule(kTable, "out", NftRule{}.jump("a"));
    batch.add_rule(kTable, "out", NftRule{}.nfproto(NFPROTO_IPV4).accept());
    batch.add_rule(kTable, "out", NftRule{}.nfproto(NFPROTO_IPV6).drop());
    expect_done(tables.commit(batch));
    EXPECT_TRUE(passes(AF_INET));
    EXPECT_FALSE(passes(AF_INET6));
    expect_done(tables.commit(NftBatch{}.add_rule(kTable, "b", NftRule{}.accept())));
    EXPECT_TRUE(passes(AF_INET6));
    expect_done(tables.commit(NftBatch{}.flush_chain(kTable, "out").delete_chain(kTable, "out")));
    EXPECT_FALSE(tables.commit(NftBatch{}.delete_chain(kTable, "b"))) << "a goes to it: EBUSY";
  });
}

TEST(NftRule, EthertypesAtADevice) {
  in_private_network([] {
    NfTables tables = open_tables();
    const NftTableName device{NFPROTO_NETDEV, "genba_test"};
    for (const uint32_t hook : {uint32_t{NF_NETDEV_INGRESS}, uint32_t{NF_NETDEV_EGRESS}}) {
      NftBatch batch;
      batch.add_table(device).add_chain({device, "lo", NftHook{hook, kFirst, NF_ACCEPT, {"lo"}}});
      batch.add_rule(device, "lo", NftRule{}.ethertype(ETH_P_IPV6).drop());
      batch.add_rule(device, "lo",
                     NftRule{}
                         .ethertype(ETH_P_IP)
                         .is(kNftIpv4Protocol, IPPROTO_UDP)
                         .is(kNftDestinationPort, 2000)
                         .drop());
      expect_done(tables.commit(batch));
      EXPECT_FALSE(passes(AF_INET6));
      EXPECT_TRUE(passes(AF_INET));
      EXPECT_FALSE(passes(AF_INET, {0, 2000}));
      expect_done(tables.commit(NftBatch{}.delete_table(device)));
    }
  });
}

// Where the v2 tree is mounted; empty when it is not.
std::string cgroup_tree() {
  for (const char* path : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    constexpr long kCgroup2 = 0x63677270;  // CGROUP2_SUPER_MAGIC, linux/magic.h
    struct statfs about {};
    if (::statfs(path, &about) == 0 && about.f_type == kCgroup2) {
      return path;
    }
  }
  return {};
}

bool join(const std::string& cgroup) {
  const Fd fd(::open((cgroup + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
  return ::write(fd.get(), "0", 1) == 1;
}

TEST(NftRule, SocketsOfACgroup) {
  in_private_network([] {
    const std::string tree = cgroup_tree();
    const std::string own = tree + "/genba_test_" + std::to_string(::getpid());
    if (tree.empty() || ::mkdir(own.c_str(), 0755) != 0) {
      test::network_cannot_be_made_here();
    }
    struct stat about {};
    EXPECT_EQ(::stat(own.c_str(), &about), 0);
    {
      const Ruled ruled(NftRule{}.is(nft_socket_cgroup(1), about.st_ino));
      EXPECT_FALSE(passes(AF_INET));
      EXPECT_TRUE(join(own));
      EXPECT_TRUE(passes(AF_INET));
    }
    EXPECT_TRUE(join(tree));
    EXPECT_EQ(::rmdir(own.c_str()), 0);
  });
}

TEST(NftRule, WhatCannotBeIsRefusedInWords) {
  const auto mistake = [](const NftRule& rule) { return rule.mistake(); };
  EXPECT_NE(mistake(NftRule{}.is(kNftDestinationPort, 65536)), "");
  EXPECT_NE(mistake(NftRule{}.is(kNftIpv4Source, kLoopback6)), "");
  EXPECT_NE(mistake(NftRule{}.output_device("sixteen_bytes_xx")), "");
  EXPECT_NE(mistake(NftRule{}.between(kNftMark, 1, 2)), "");
  EXPECT_NE(mistake(NftRule{}.between(kNftSourcePort, 2, 1)), "");
  EXPECT_NE(mistake(NftRule{}.in_network(kNftIpv4Source, kLoopback4, 33)), "");
  EXPECT_NE(mistake(NftRule{}.in("x", {})), "");
  EXPECT_NE(mistake(NftRule{}.in(
                "x", {kNftIpv6Source, kNftIpv6Source, kNftIpv6Source, kNftIpv6Source, kNftMark})),
            "");
  EXPECT_NE(mistake(NftRule{}.comment(std::string(254, 'x'))), "");
  EXPECT_EQ(mistake(NftRule{}.comment(std::string(253, 'x')).accept()), "");
}

TEST(NftRule, ACommentIsReadAsNftWritesIt) {
  const std::string written(
      "\0\x04"
      "abc\0",
      6);
  EXPECT_EQ(nft_comment_userdata("abc"), written);
  EXPECT_EQ(nft_comment_of(written), "abc");
  EXPECT_EQ(nft_comment_of(std::string("\x01\x01z", 3) + written), "abc");
  EXPECT_EQ(nft_comment_of(std::string("\0\xFF"
                                       "abc\0",
                                       6)),
            "");
  EXPECT_EQ(nft_comment_of(std::string("\0", 1)), "");
  EXPECT_EQ(nft_comment_of(""), "");
}

}  // namespace
}  // namespace genba::sys
