// SPDX-License-Identifier: Apache-2.0
//
// What tests of nf_tables share, within in_private_network (private_network.h).
#pragma once

#include <netinet/in.h>
// After it: the two have the same names, which linux/libc-compat.h sorts out only this way.
#include <linux/netfilter.h>

#include <string>

#include "sys/nf_tables/nf_tables.h"

namespace genba::test {

inline const sys::NftTableName kTable{NFPROTO_INET, "genba_test"};
/// Before all that is usual at a hook.
inline constexpr int32_t kFirst = -400;

/// A socket in this network namespace. Skips the test where the kernel has no nf_tables.
sys::NfTables open_tables();

void expect_done(const sys::Result<void>& result);

/// A base chain of kTable at the hook of what this host sends.
sys::NftChain output_chain(const std::string& name = "out", uint32_t policy = NF_ACCEPT);

/// What `nft flush ruleset` sends.
sys::NftBatch flush_ruleset();

/// Whether a datagram to ourselves over loopback arrives, by AF_INET or AF_INET6. The ports are the
/// kernel's choice when 0.
struct Datagram {
  uint16_t from = 0;
  uint16_t to = 0;
  uint32_t mark = 0;  ///< SO_MARK
};
bool passes(int domain, const Datagram& datagram = {});

}  // namespace genba::test
