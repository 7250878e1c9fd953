// SPDX-License-Identifier: Apache-2.0
#include "support/nat_rules.h"

#include <netinet/in.h>
// After it: the two have the same names, which linux/libc-compat.h sorts out only this way.
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include "base/address.h"
#include "support/nf_tables_lab.h"

namespace genba::test {

namespace {

using sys::NftAttributes;
using sys::NftRule;

constexpr uint32_t kDestinationNat = static_cast<uint32_t>(-100);  // NF_IP_PRI_NAT_DST
const sys::NftTableName kNat{NFPROTO_INET, "genba_test_nat"};

std::string port_bytes(uint16_t port) {
  return {static_cast<char>(port >> 8U), static_cast<char>(port)};
}

void load(NftRule& rule, uint32_t to_register, std::string_view bytes) {
  rule.expression("immediate",
                  NftAttributes{}
                      .u32(NFTA_IMMEDIATE_DREG, to_register)
                      .nested(NFTA_IMMEDIATE_DATA, NftAttributes{}.raw(NFTA_DATA_VALUE, bytes)));
}

// The table may be there from an earlier rule, the chain too.
void add_to_prerouting(const NftRule& rule) {
  sys::NfTables tables = open_tables();
  sys::NftBatch batch;
  batch.add_table(kNat).message(
      NFT_MSG_NEWCHAIN, NLM_F_CREATE, kNat.family,
      NftAttributes{}
          .text(NFTA_CHAIN_TABLE, kNat.name)
          .text(NFTA_CHAIN_NAME, "prerouting")
          .nested(NFTA_CHAIN_HOOK, NftAttributes{}
                                       .u32(NFTA_HOOK_HOOKNUM, NF_INET_PRE_ROUTING)
                                       .u32(NFTA_HOOK_PRIORITY, kDestinationNat))
          .text(NFTA_CHAIN_TYPE, "nat"),
      "adding a chain of NAT");
  batch.add_rule(kNat, "prerouting", rule);
  expect_done(tables.commit(batch));
}

}  // namespace

void redirect_port(uint16_t from, uint16_t to) {
  NftRule rule;
  rule.l4proto(IPPROTO_TCP).is(sys::kNftDestinationPort, uint64_t{from});
  load(rule, NFT_REG_1, port_bytes(to));
  rule.expression("redir", NftAttributes{}.u32(NFTA_REDIR_REG_PROTO_MIN, NFT_REG_1));
  add_to_prerouting(rule);
}

void translate_port(uint16_t from, std::string_view address, uint16_t to) {
  const base::Address target = *base::parse_address(address);
  const bool v6 = target.family == base::AddressFamily::kIpv6;
  const uint32_t family = v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
  NftRule rule;
  rule.nfproto(static_cast<uint8_t>(family)).l4proto(IPPROTO_TCP);
  rule.is(sys::kNftDestinationPort, uint64_t{from});
  load(rule, NFT_REG_1, base::raw_bytes(target));
  load(rule, NFT_REG_2, port_bytes(to));
  rule.expression("nat", NftAttributes{}
                             .u32(NFTA_NAT_TYPE, NFT_NAT_DNAT)
                             .u32(NFTA_NAT_FAMILY, family)
                             .u32(NFTA_NAT_REG_ADDR_MIN, NFT_REG_1)
                             .u32(NFTA_NAT_REG_PROTO_MIN, NFT_REG_2));
  add_to_prerouting(rule);
}

}  // namespace genba::test
