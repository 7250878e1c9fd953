// SPDX-License-Identifier: Apache-2.0
#include "sys/nf_tables/nf_tables_batch.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include <utility>

#include "fmt/format.h"

namespace genba::sys {

namespace {

std::string_view family_name(uint8_t family) {
  switch (family) {
    case NFPROTO_INET: return "inet";
    case NFPROTO_IPV4: return "ip";
    case NFPROTO_IPV6: return "ip6";
    case NFPROTO_ARP: return "arp";
    case NFPROTO_NETDEV: return "netdev";
    case NFPROTO_BRIDGE: return "bridge";
    default: return "unknown";
  }
}

NftAttributes hook_attributes(const NftHook& hook) {
  NftAttributes attributes;
  attributes.u32(NFTA_HOOK_HOOKNUM, hook.number)
      .u32(NFTA_HOOK_PRIORITY, static_cast<uint32_t>(hook.priority));
  if (hook.devices.size() == 1) {
    attributes.text(NFTA_HOOK_DEV, hook.devices.front());
  } else if (!hook.devices.empty()) {
    NftAttributes names;
    for (const std::string& device : hook.devices) {
      names.text(NFTA_DEVICE_NAME, device);
    }
    attributes.nested(NFTA_HOOK_DEVS, names);
  }
  return attributes;
}

}  // namespace

std::string to_string(const NftTableName& table) {
  return fmt::format("{} '{}'", family_name(table.family), table.name);
}

void NftBatch::blame(std::string what) {
  if (mistake_.empty()) {
    mistake_ = std::move(what);
  }
}

NftBatch& NftBatch::message(uint8_t operation, uint16_t flags, uint8_t family,
                            const NftAttributes& attributes, std::string doing) {
  if (attributes.too_large()) {
    blame(doing + ": does not fit into one message");
  }
  messages_.push_back({operation, flags, family, attributes.bytes(), std::move(doing)});
  return *this;
}

NftBatch& NftBatch::add_table(const NftTableName& table, NftOwnership ownership,
                              std::string_view comment) {
  const uint32_t owner = ownership == NftOwnership::kNone ? 0 : uint32_t{NFT_TABLE_F_OWNER};
  const uint32_t stay = ownership == NftOwnership::kOwnedAndPersistent ? kNftTablePersist : 0;
  NftAttributes attributes;
  attributes.text(NFTA_TABLE_NAME, table.name).u32(NFTA_TABLE_FLAGS, owner | stay);
  if (comment.size() > kNftLongestComment) {
    blame(fmt::format("the comment of table {} is longer than {} bytes", to_string(table),
                      kNftLongestComment));
  }
  if (!comment.empty()) {
    attributes.raw(NFTA_TABLE_USERDATA, nft_comment_userdata(comment));
  }
  const auto flags = static_cast<uint16_t>(owner == 0 ? NLM_F_CREATE : NLM_F_CREATE | NLM_F_EXCL);
  return message(NFT_MSG_NEWTABLE, flags, table.family, attributes,
                 "adding table " + to_string(table));
}

NftBatch& NftBatch::adopt_table(const NftTableName& table) {
  return message(NFT_MSG_NEWTABLE, 0, table.family,
                 NftAttributes{}
                     .text(NFTA_TABLE_NAME, table.name)
                     .u32(NFTA_TABLE_FLAGS, NFT_TABLE_F_OWNER | kNftTablePersist),
                 "adopting table " + to_string(table));
}

NftBatch& NftBatch::delete_table(const NftTableName& table) {
  return message(NFT_MSG_DELTABLE, 0, table.family,
                 NftAttributes{}.text(NFTA_TABLE_NAME, table.name),
                 "deleting table " + to_string(table));
}

NftBatch& NftBatch::add_chain(const NftChain& chain) {
  NftAttributes attributes;
  attributes.text(NFTA_CHAIN_TABLE, chain.table.name).text(NFTA_CHAIN_NAME, chain.name);
  if (chain.hook) {
    pieces_.insert(fmt::format("chain {}", family_name(chain.table.family)));
    attributes.nested(NFTA_CHAIN_HOOK, hook_attributes(*chain.hook))
        .u32(NFTA_CHAIN_POLICY, chain.hook->policy)
        .text(NFTA_CHAIN_TYPE, "filter");
  }
  return message(NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL, chain.table.family, attributes,
                 fmt::format("adding chain '{}' to table {}", chain.name, to_string(chain.table)));
}

NftBatch& NftBatch::delete_chain(const NftTableName& table, std::string_view chain) {
  return message(NFT_MSG_DELCHAIN, 0, table.family,
                 NftAttributes{}.text(NFTA_CHAIN_TABLE, table.name).text(NFTA_CHAIN_NAME, chain),
                 fmt::format("deleting chain '{}' of table {}", chain, to_string(table)));
}

NftBatch& NftBatch::flush_chain(const NftTableName& table, std::string_view chain) {
  return message(NFT_MSG_DELRULE, 0, table.family,
                 NftAttributes{}.text(NFTA_RULE_TABLE, table.name).text(NFTA_RULE_CHAIN, chain),
                 fmt::format("flushing chain '{}' of table {}", chain, to_string(table)));
}

NftBatch& NftBatch::add_rule(const NftTableName& table, std::string_view chain,
                             const NftRule& rule) {
  const std::string doing = fmt::format("adding rule '{}' to chain '{}' of table {}",
                                        rule.comment(), chain, to_string(table));
  if (!rule.mistake().empty()) {
    blame(doing + ": " + rule.mistake());
  }
  pieces_.insert(rule.expression_names().begin(), rule.expression_names().end());
  NftAttributes attributes;
  attributes.text(NFTA_RULE_TABLE, table.name)
      .text(NFTA_RULE_CHAIN, chain)
      .nested(NFTA_RULE_EXPRESSIONS, rule.expressions());
  if (!rule.comment().empty()) {
    attributes.raw(NFTA_RULE_USERDATA, nft_comment_userdata(rule.comment()));
  }
  return message(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, table.family, attributes, doing);
}

NftBatch& NftBatch::delete_rule(const NftTableName& table, std::string_view chain,
                                uint64_t handle) {
  return message(
      NFT_MSG_DELRULE, 0, table.family,
      NftAttributes{}
          .text(NFTA_RULE_TABLE, table.name)
          .text(NFTA_RULE_CHAIN, chain)
          .u64(NFTA_RULE_HANDLE, handle),
      fmt::format("deleting rule {} of chain '{}' of table {}", handle, chain, to_string(table)));
}

NftBatch& NftBatch::require_generation(uint32_t generation) {
  generation_ = generation;
  return *this;
}

}  // namespace genba::sys
