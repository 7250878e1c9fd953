// SPDX-License-Identifier: Apache-2.0
#include "support/contain_rules.h"

#include "support/nf_tables_lab.h"
#include "support/private_network.h"

namespace genba::test {

namespace {

using sys::NftBatch;
using sys::NftChain;
using sys::NftHook;
using sys::NftRule;
using sys::NftTableName;

const NftTableName kInet{NFPROTO_INET, "genba_contain"};
const NftTableName kNetdev{NFPROTO_NETDEV, "genba_contain"};

void add_lock(NftBatch& batch, const NftChain& chain, const std::vector<NftRule>& allowed,
              const std::string& comment) {
  batch.add_chain(chain);
  for (const NftRule& rule : allowed) {
    batch.add_rule(chain.table, chain.name, rule);
  }
  batch.add_rule(chain.table, chain.name, NftRule{}.counter().drop().comment(comment));
}

void add_inet(NftBatch& batch, const ContainRules& rules) {
  batch.add_table(kInet).delete_table(kInet).add_table(kInet);
  const auto chain = [](const char* name, uint32_t hook) {
    return NftChain{kInet, name, NftHook{hook, kFirst, NF_ACCEPT, {}}};
  };
  std::vector<NftRule> in = rules.allowed_in;
  in.insert(in.begin(), NftRule{}.input_device("lo").accept());
  std::vector<NftRule> out = rules.allowed_out;
  out.insert(out.begin(), NftRule{}.output_device("lo").accept());
  add_lock(batch, chain("prerouting", NF_INET_PRE_ROUTING), in, "drop in");
  add_lock(batch, chain("input", NF_INET_LOCAL_IN), in, "drop in");
  add_lock(batch, chain("forward", NF_INET_FORWARD), {}, "drop forward");
  add_lock(batch, chain("output", NF_INET_LOCAL_OUT), out, "drop out");
}

// IPv4 and IPv6 only, as containment does: ARP is not touched.
void add_netdev(NftBatch& batch, const ContainRules& rules) {
  batch.add_table(kNetdev).delete_table(kNetdev).add_table(kNetdev);
  for (const std::string& device : rules.hooks) {
    for (const auto& [name, hook] :
         {std::pair{"in", NF_NETDEV_INGRESS}, std::pair{"out", NF_NETDEV_EGRESS}}) {
      const NftChain chain{kNetdev, name + device,
                           NftHook{static_cast<uint32_t>(hook), kFirst, NF_ACCEPT, {device}}};
      batch.add_chain(chain);
      const bool out = hook == NF_NETDEV_EGRESS;
      for (const NftRule& rule : out ? rules.allowed_out : rules.allowed_in) {
        batch.add_rule(kNetdev, chain.name, rule);
      }
      for (const uint16_t type : {uint16_t{0x0800}, uint16_t{0x86dd}}) {
        batch.add_rule(
            kNetdev, chain.name,
            NftRule{}.ethertype(type).counter().drop().comment(out ? "drop out" : "drop in"));
      }
    }
  }
}

}  // namespace

void contain_with(const ContainRules& rules) {
  sys::NfTables tables = open_tables();
  open_again();
  NftBatch batch;
  if (rules.inet) {
    add_inet(batch, rules);
  }
  if (!rules.hooks.empty()) {
    add_netdev(batch, rules);
  }
  const auto done = tables.commit(batch);
  if (!done && !rules.hooks.empty() && done.error().code == base::ErrorCode::kUnsupported) {
    network_cannot_be_made_here();
  }
  expect_done(done);
}

void open_again() {
  sys::NfTables tables = open_tables();
  NftBatch batch;
  batch.add_table(kInet).delete_table(kInet).add_table(kNetdev).delete_table(kNetdev);
  expect_done(tables.commit(batch));
}

}  // namespace genba::test
