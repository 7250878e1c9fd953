// SPDX-License-Identifier: Apache-2.0
#include "parse/kernel_text/kernel_text.h"

#include <string>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

TEST(KernelText, ADescriptorsMountIsFoundAmongItsLines) {
  EXPECT_EQ(parse_mount_id("pos:\t0\nflags:\t02\nmnt_id:\t29\nino:\t7\n"), 29);
  EXPECT_FALSE(parse_mount_id("pos:\t0\nflags:\t02\n"));
  EXPECT_FALSE(parse_mount_id("mnt_id:\tx\n"));
  EXPECT_FALSE(parse_mount_id("xmnt_id:\t4\n"));
}

TEST(KernelText, BootTimeComesFromItsLine) {
  const auto time = parse_boot_time("cpu  1 2\nbtime 1700000000\nprocesses 5\n");
  ASSERT_TRUE(time);
  EXPECT_EQ(time->nanoseconds, 1'700'000'000'000'000'000);
  EXPECT_FALSE(parse_boot_time("cpu  1 2\n"));
  EXPECT_FALSE(parse_boot_time("btime x\n"));
  EXPECT_FALSE(parse_boot_time(""));
}

TEST(KernelText, NumberFileHoldsNothingElse) {
  EXPECT_EQ(parse_kernel_number("12289\n"), 12289);
  EXPECT_EQ(parse_kernel_number("0x1003\n"), 0x1003);
  EXPECT_EQ(parse_kernel_number("-1\n"), -1);
  EXPECT_FALSE(parse_kernel_number(""));
  EXPECT_FALSE(parse_kernel_number("1 2\n"));
  EXPECT_FALSE(parse_kernel_number("99999999999999999999\n"));
}

TEST(KernelText, ChosenWordStandsInBrackets) {
  EXPECT_EQ(parse_bracketed_choice("none [integrity] confidentiality\n"), "integrity");
  EXPECT_FALSE(parse_bracketed_choice("none integrity\n"));
  EXPECT_FALSE(parse_bracketed_choice("]none[\n"));
}

TEST(KernelText, Ipv6AddressesHaveInterfaceAndPrefix) {
  const auto addresses = parse_if_inet6(
      "fe80000000000000021cc0fffe8b5d1d 02 40 20 80     eth0\nnonsense\n"
      "00000000000000000000000000000001 01 80 10 80       lo\n");
  ASSERT_EQ(addresses.size(), 2U);
  EXPECT_EQ(addresses[0].interface, "eth0");
  EXPECT_EQ(base::to_text(addresses[0].address), "fe80::21c:c0ff:fe8b:5d1d");
  EXPECT_EQ(addresses[0].prefix_length, 64);
  EXPECT_EQ(addresses[1].prefix_length, 128);
}

TEST(KernelText, OwnIpv4AddressesComeFromTheRoutingTrie) {
  const auto addresses = parse_fib_trie_local(
      "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n"
      "     |-- 192.0.2.10\n        /32 host LOCAL\n     |-- 192.0.2.255\n"
      "        /32 link BROADCAST\nLocal:\n     |-- 192.0.2.10\n        /32 host LOCAL\n"
      "     |-- 127.0.0.1\n        /32 host LOCAL\n");
  ASSERT_EQ(addresses.size(), 2U);
  EXPECT_EQ(base::to_text(addresses[0]), "127.0.0.1");
  EXPECT_EQ(base::to_text(addresses[1]), "192.0.2.10");
}

TEST(KernelText, RoutesTellWhichNetworkIsBehindWhichInterface) {
  const auto routes = parse_route(
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
      "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
      "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
  ASSERT_EQ(routes.size(), 2U);
  EXPECT_TRUE(routes[0].has_gateway);
  EXPECT_EQ(routes[0].prefix_length, 0);
  EXPECT_EQ(routes[1].interface, "eth0");
  EXPECT_EQ(base::to_text(routes[1].destination), "192.0.2.0");
  EXPECT_EQ(routes[1].prefix_length, 24);
  EXPECT_FALSE(routes[1].has_gateway);
}

}  // namespace
}  // namespace genba::parse
