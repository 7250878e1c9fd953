// SPDX-License-Identifier: Apache-2.0
#include "sys/packet_probe.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
// After it: the two have the same names, which linux/libc-compat.h sorts out only this way.
#include <linux/netfilter.h>

#include <cerrno>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "support/network_building.h"
#include "support/nf_tables_lab.h"
#include "support/private_network.h"
#include "sys/packet_tap.h"
#include "sys/process.h"

namespace genba::sys {
namespace {

using base::AddressFamily;

const std::string kHardware("\x02\0\x5e\x10\0\x01", 6);
constexpr uint32_t kMark = 0x67e1a53b;

base::Address address(const char* text) {
  return *base::parse_address(text);
}

// A way out: a veth pair whose first end has both families and a gateway that always answers.
int network_with_a_way_out() {
  const int index = test::add_veth("up0", "far0");
  if (index == 0) {
    test::network_cannot_be_made_here();
  }
  for (const auto& [own, gateway, all] :
       {std::tuple{"198.51.100.2/24", "198.51.100.1", "0.0.0.0/0"},
        std::tuple{"2001:db8:1::2/64", "2001:db8:1::1", "::/0"}}) {
    EXPECT_TRUE(test::add_address(index, own));
    EXPECT_TRUE(test::add_neighbour(index, gateway));
    EXPECT_TRUE(test::add_route(all, gateway, index));
  }
  return index;
}

PacketTap tap(AddressFamily family, std::optional<uint32_t> mark = kMark,
              TapSide side = TapSide::kLeaving) {
  auto opened = PacketTap::open({side, family, mark});
  EXPECT_TRUE(opened) << opened.error().what;
  return std::move(*opened);
}

std::string payload() {
  return mark_bytes(kMark) + "a probe";
}

NftBatch table_with(const NftChain& chain, const NftRule& rule) {
  NftBatch batch;
  batch.add_table(chain.table).add_chain(chain).add_rule(chain.table, chain.name, rule);
  return batch;
}

TEST(PacketProbe, WithoutRulesEachWayOutIsOpenAndTheTapSeesIt) {
  test::in_private_network([] {
    const int index = network_with_a_way_out();
    for (const char* target : {"192.0.2.1", "2001:db8::1"}) {
      const base::Address to = address(target);
      PacketTap ours = tap(to.family);
      PacketTap another = tap(to.family, kMark + 1);
      for (const auto& sent : {send_datagram(to, kDiscardPort, payload()),
                               send_raw_packet(to, kDiscardPort, payload())}) {
        ASSERT_TRUE(sent) << sent.error().what;
        EXPECT_EQ(sent->sys_errno, 0) << target;
      }
      EXPECT_EQ(ours.count(), 2U) << target;
      const base::Address from = address(to.family == AddressFamily::kIpv4 ? "192.0.2.2" : "::");
      const std::string packet = probe_packet(from, to, kDiscardPort, payload());
      for (const FrameQueue queue : {FrameQueue::kUsed, FrameQueue::kBypassed}) {
        const auto sent = send_frame({index, kHardware, queue}, packet);
        ASSERT_TRUE(sent) << sent.error().what;
        EXPECT_EQ(sent->sys_errno, 0) << target;
      }
      EXPECT_EQ(ours.count(), 3U) << "what goes around the queue is not tapped";
      EXPECT_EQ(another.count(), 0U) << "a mark is known from another";
    }
  });
}

TEST(PacketProbe, AnOutputRuleRefusesDatagramsAndRawPacketsButNoFrames) {
  test::in_private_network([] {
    const int index = network_with_a_way_out();
    NfTables tables = test::open_tables();
    test::expect_done(tables.commit(
        table_with(test::output_chain(), NftRule{}.counter().drop().comment("drop out"))));
    for (const char* target : {"192.0.2.1", "2001:db8::1"}) {
      const base::Address to = address(target);
      PacketTap ours = tap(to.family);
      EXPECT_EQ(send_datagram(to, kDiscardPort, payload())->sys_errno, EPERM) << target;
      EXPECT_EQ(send_raw_packet(to, kDiscardPort, payload())->sys_errno, EPERM) << target;
      EXPECT_EQ(ours.count(), 0U) << target;
      const std::string packet = probe_packet(to, to, kDiscardPort, payload());
      EXPECT_TRUE(send_frame({index, kHardware}, packet)->taken());
      EXPECT_EQ(ours.count(), 1U) << target;
    }
  });
}

TEST(PacketProbe, AnEgressHookDropsFramesBothWaysAroundTheQueue) {
  test::in_private_network([] {
    const int index = network_with_a_way_out();
    NfTables tables = test::open_tables();
    const NftTableName table{NFPROTO_NETDEV, "genba_test"};
    const NftChain chain{table, "up0", NftHook{NF_NETDEV_EGRESS, test::kFirst, NF_ACCEPT, {"up0"}}};
    const auto made = tables.commit(table_with(chain, NftRule{}.counter().drop()));
    if (!made) {
      test::network_cannot_be_made_here();  // before Linux 5.16
    }
    for (const char* target : {"192.0.2.1", "2001:db8::1"}) {
      const base::Address to = address(target);
      PacketTap ours = tap(to.family);
      const std::string packet = probe_packet(to, to, kDiscardPort, payload());
      for (const FrameQueue queue : {FrameQueue::kUsed, FrameQueue::kBypassed}) {
        EXPECT_EQ(send_frame({index, kHardware, queue}, packet)->sys_errno, ENOBUFS) << target;
      }
      EXPECT_EQ(send_datagram(to, kDiscardPort, payload())->sys_errno, ENOBUFS) << target;
      EXPECT_EQ(send_raw_packet(to, kDiscardPort, payload())->sys_errno, ENOBUFS) << target;
      EXPECT_EQ(ours.count(), 0U) << target;
    }
  });
}

TEST(PacketProbe, WithoutARouteOrDeviceTheErrnoSaysSo) {
  test::in_private_network([] {
    EXPECT_EQ(send_datagram(address("192.0.2.1"), kDiscardPort, "x")->sys_errno, ENETUNREACH);
    EXPECT_EQ(send_raw_packet(address("2001:db8::1"), kDiscardPort, "x")->sys_errno, ENETUNREACH);
    const base::Address to = address("192.0.2.1");
    EXPECT_EQ(send_frame({4711, kHardware}, probe_packet(to, to, 9, "x"))->sys_errno, ENXIO);
  });
}

TEST(PacketProbe, AFrameWithAWrittenPacketArrivesAsADatagram) {
  test::in_private_network([] {
    const int near = test::add_veth("near0", "up0");
    const int index = static_cast<int>(::if_nametoindex("up0"));
    if (near == 0) {
      test::network_cannot_be_made_here();
    }
    for (const auto& [own, from] :
         {std::pair{"198.51.100.2", "198.51.100.9"}, std::pair{"2001:db8:1::2", "2001:db8:1::9"}}) {
      const bool v4 = address(own).family == AddressFamily::kIpv4;
      ASSERT_TRUE(test::add_address(index, std::string(own) + (v4 ? "/24" : "/64")));
      auto receiver = ProbeReceiver::open(address(own));
      ASSERT_TRUE(receiver) << receiver.error().what;
      PacketTap arriving = tap(address(own).family, kMark, TapSide::kArriving);
      PacketTap other =
          tap(v4 ? AddressFamily::kIpv6 : AddressFamily::kIpv4, kMark, TapSide::kArriving);
      const std::string broadcast(6, '\xff');
      const std::string packet =
          probe_packet(address(from), address(own), receiver->port(), payload());
      EXPECT_TRUE(send_frame({near, broadcast}, packet)->taken());
      // The checksums are right, or the kernel would not have given it to the socket. IPv6 does
      // not care for the broadcast either.
      // What comes in is carried on by a thread of the kernel's, on a busy machine later.
      int received = 0;
      for (int i = 0; i < 1000 && received == 0; ++i) {
        received = receiver->received(payload());
        sleep_nanoseconds(received == 0 ? 10'000'000 : 0);
      }
      EXPECT_EQ(received, 1) << own;
      EXPECT_EQ(receiver->received(payload()), 0) << own;
      EXPECT_EQ(arriving.count(), 1U) << own;
      EXPECT_EQ(other.count(), 0U) << own;
    }
  });
}

}  // namespace
}  // namespace genba::sys
