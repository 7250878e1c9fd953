// SPDX-License-Identifier: Apache-2.0
#include "parse/resolv_conf/resolv_conf.h"

#include <gtest/gtest.h>

namespace genba::parse {
namespace {

TEST(ResolvConf, OnlyAddressesOfNameserverLines) {
  const auto servers = parse_resolv_conf(
      "# nameserver 192.0.2.1\nnameserver 192.0.2.53\nnameserver\tfe80::1%eth0 # x\n"
      ";nameserver 192.0.2.2\nsearch 192.0.2.3\nnameserver\nnameserver a.example\nnameserver ::1");
  ASSERT_EQ(servers.size(), 3U);
  EXPECT_EQ(base::to_text(servers[0]), "192.0.2.53");
  EXPECT_EQ(base::to_text(servers[1]), "fe80::1");
  EXPECT_EQ(base::to_text(servers[2]), "::1");
}

}  // namespace
}  // namespace genba::parse
