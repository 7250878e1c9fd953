// SPDX-License-Identifier: Apache-2.0
#include "host/kernel_part.h"

#include <gtest/gtest.h>

#include "support/fake_host.h"

namespace genba::host {
namespace {

bool has_conntrack(const Host& host) {
  return kernel_has(host, "nf_conntrack_netlink", "ctnetlink_");
}

TEST(KernelPart, AKernelWithoutModulesLoadsNone) {
  EXPECT_TRUE(has_conntrack(test::FakeHost()));
}

TEST(KernelPart, ALiveModuleIsThereAndOneThatComesOrGoesIsNot) {
  test::FakeHost live;
  live.add_file("/proc/modules", "nf_conntrack_netlink 57344 0 - Live 0x0\n");
  EXPECT_TRUE(has_conntrack(live));
  test::FakeHost other;
  other.add_file("/proc/modules",
                 "nf_conntrack_netlink 57344 0 - Loading 0x0\nnf_conntrack 1 0 - Live 0x0\n");
  EXPECT_FALSE(has_conntrack(other));
}

TEST(KernelPart, ItsFunctionsInTheKernelItselfAreProof) {
  test::FakeHost builtin;
  builtin.add_file("/proc/modules", "");
  builtin.add_file("/proc/kallsyms", "0 t ctnetlink_dump_table\n");
  EXPECT_TRUE(has_conntrack(builtin));
  test::FakeHost unloaded;
  unloaded.add_file("/proc/modules", "");
  unloaded.add_file("/proc/kallsyms", "0 t ctnetlink_new_conntrack\t[nf_fake]\n0 t x_ctnetlink_\n");
  EXPECT_FALSE(has_conntrack(unloaded));
}

TEST(KernelPart, WhatCannotBeReadIsNoProof) {
  test::FakeHost host;
  host.add_file("/proc/modules", "").deny("/proc/modules");
  EXPECT_FALSE(has_conntrack(host));
}

}  // namespace
}  // namespace genba::host
