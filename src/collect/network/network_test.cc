// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "collect/collector.h"
#include "fmt/format.h"
#include "gtest/gtest.h"
#include "model/tables/interfaces.h"
#include "support/run_collector.h"

namespace genba::collect::network {

const Collector& collector();

namespace {

using test::coverage_of;
using test::FakeHost;
using test::run_collector;
using test::wanting;

std::string counters(int64_t ipackets, int64_t obytes, int64_t opackets) {
  return fmt::format(
      "Inter-|   Receive  |  Transmit\n face |bytes    packets errs|bytes    packets errs\n"
      "    lo: 1 2 3 0 0 0 0 0 4 5 6 0 0 0 0 0\n"
      "  eth0: 1000 {} 1 0 0 0 0 0 {} {} 2 0 0 0 0 0\n",
      ipackets, obytes, opackets);
}

void add_machine(FakeHost& host) {
  host.add_file("/proc/net/dev", counters(10, 2000, 20));
  host.add_file("/sys/class/net/eth0/address", "52:54:00:12:34:56\n");
  host.add_file("/sys/class/net/eth0/mtu", "1500\n");
  host.add_file("/sys/class/net/eth0/flags", "0x1103\n");
  host.add_file("/proc/net/route",
                "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n"
                "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\n"
                "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\n");
  host.add_file("/proc/net/fib_trie",
                "Local:\n     |-- 127.0.0.1\n        /32 host LOCAL\n     |-- 192.0.2.10\n"
                "        /32 host LOCAL\n");
  host.add_file("/proc/net/if_inet6",
                "fe800000000000005054 broken\n"
                "fe80000000000000505400fffe123456 02 40 20 80     eth0\n");
}

TEST(Network, InterfacesFillTheirColumns) {
  FakeHost host;
  add_machine(host);
  const auto facts = run_collector(collector(), host);
  const auto& rows = facts.read<model::Interface>();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].addresses, "127.0.0.1/8");
  EXPECT_FALSE(rows[0].mac);
  EXPECT_EQ(rows[1].interface, "eth0");
  EXPECT_EQ(rows[1].mac, "52:54:00:12:34:56");
  EXPECT_EQ(rows[1].addresses, "192.0.2.10/24 fe80::5054:ff:fe12:3456/64");
  EXPECT_EQ(rows[1].mtu, 1500);
  EXPECT_EQ(rows[1].flags, 0x1103);
  EXPECT_EQ(rows[1].ibytes, 1000);
  EXPECT_EQ(rows[1].obytes, 2000);
  EXPECT_EQ(rows[1].oerrors, 2);
  EXPECT_EQ(coverage_of(facts, "/proc/net/dev").status, "complete");
  EXPECT_EQ(coverage_of(facts, "addresses").status, "complete");
}

TEST(Network, RatesComeFromTwoReadings) {
  FakeHost host;
  add_machine(host);
  host.then_bytes("/proc/net/dev", counters(710, 9000, 90));
  const auto facts = run_collector(collector(), host);
  const auto& row = facts.read<model::Interface>().at(1);
  ASSERT_TRUE(row.ipackets_per_second);
  EXPECT_NEAR(*row.ipackets_per_second, 1000.0, 1.0);
  EXPECT_NEAR(*row.opackets_per_second, 100.0, 1.0);
  EXPECT_NEAR(*row.obytes_per_second, 10'000.0, 10.0);
}

TEST(Network, CounterThatWentBackGivesNoRate) {
  FakeHost host;
  add_machine(host);
  host.then_bytes("/proc/net/dev", counters(5, 2000, 20));
  const auto facts = run_collector(collector(), host);
  EXPECT_FALSE(facts.read<model::Interface>().at(1).ipackets_per_second);
  EXPECT_EQ(facts.read<model::Interface>().at(1).opackets_per_second, 0.0);
}

TEST(Network, QueryWithoutRatesReadsOnce) {
  FakeHost host;
  add_machine(host);
  const auto facts = run_collector(collector(), host, wanting("interfaces", {"interface", "mac"}));
  EXPECT_EQ(host.access_count("/proc/net/dev"), 1);
  EXPECT_FALSE(host.touched("/proc/net/fib_trie"));
  EXPECT_FALSE(facts.read<model::Interface>().at(1).ipackets_per_second);
}

TEST(Network, AddressWithoutAConnectedNetworkIsSaid) {
  FakeHost host;
  add_machine(host);
  host.add_file("/proc/net/fib_trie", "Local:\n  |-- 198.51.100.7\n   /32 host LOCAL\n");
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(coverage_of(facts, "addresses").status, "partial");
}

TEST(Network, UnreadableCountersAreAFailure) {
  FakeHost host;
  add_machine(host);
  host.deny("/proc/net/dev");
  const auto facts = run_collector(collector(), host);
  EXPECT_FALSE(facts.has(model::tables::interfaces()));
  EXPECT_EQ(coverage_of(facts, "/proc/net/dev").status, "failed");
}

TEST(Network, TreeHasNone) {
  FakeHost host(host::HostKind::kTree);
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(coverage_of(facts, "/proc/net/dev").status, "not_applicable");
}

}  // namespace
}  // namespace genba::collect::network
