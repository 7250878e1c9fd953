// SPDX-License-Identifier: Apache-2.0
#include "host/diag_modules.h"

#include <gtest/gtest.h>

#include "support/fake_host.h"

namespace genba::host {
namespace {

constexpr DiagFamily kTcp4{2, 6};
constexpr DiagFamily kTcp6{10, 6};
constexpr DiagFamily kUnix{1, 0};

TEST(DiagModules, AKernelWithoutModulesLoadsNothing) {
  EXPECT_EQ(present_diag_families(test::FakeHost()), all_diag_families());
}

TEST(DiagModules, OnlyLoadedModulesAreAsked) {
  test::FakeHost host;
  host.add_file("/proc/modules",
                "tcp_diag 16384 0 - Live 0x0000000000000000\n"
                "inet_diag 24576 1 tcp_diag, Live 0x0000000000000000\n"
                "udp_diag 16384 0 - Loading 0x0000000000000000\n");
  host.add_file("/proc/kallsyms", "0000000000000000 t tcp_diag_dump\t[tcp_diag]\n");
  EXPECT_EQ(present_diag_families(host), (std::vector<DiagFamily>{kTcp4, kTcp6}));
}

TEST(DiagModules, HandlersInTheKernelItselfAreFoundInItsSymbols) {
  test::FakeHost host;
  host.add_file("/proc/modules", "ext4 1 1 - Live 0x0\n");
  host.add_file("/proc/kallsyms",
                "ffffffff812445dd t unix_diag_dump\n"
                "ffffffff812445dd t tcp_diag_get_aux.cold\n"
                "ffffffff812445de t my_udp_diag_dump\n"
                "ffffffff812445df t udp_diag_dump\t[udp_diag]\n");
  EXPECT_EQ(present_diag_families(host), std::vector<DiagFamily>{kUnix})
      << "tcp_diag is of no use without inet_diag";
}

TEST(DiagModules, AFileOfTheHostIsNoProof) {
  test::FakeHost host;
  host.add_file("/proc/modules", "ext4 1 1 - Live 0x0\n");
  host.add_file("/lib/modules/6.1.0-13-amd64/modules.builtin",
                "kernel/net/ipv4/tcp_diag.ko\nkernel/net/ipv4/inet_diag.ko\n");
  EXPECT_TRUE(present_diag_families(host).empty());
  EXPECT_FALSE(host.touched("/lib"));
}

TEST(DiagModules, WhenModulesCannotBeReadOnlySymbolsCount) {
  test::FakeHost host;
  host.add_file("/proc/modules", "tcp_diag 1 1 - Live 0x0\n").deny("/proc/modules");
  EXPECT_TRUE(present_diag_families(host).empty());
}

}  // namespace
}  // namespace genba::host
