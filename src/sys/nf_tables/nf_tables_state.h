// SPDX-License-Identifier: Apache-2.0
//
// What the kernel says of tables that we know: do they stand, who owns them, how long until their
// elements expire, what have their rules counted; and of all tables, which hook in before ours. For
// a comparison of everything see nf_tables_dump.h. Source:
// include/uapi/linux/netfilter/nf_tables.h. Covered by sys/nf_tables/nf_tables_state_test.cc and
// nf_tables_fuzz.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sys/nf_tables/nf_tables.h"

namespace genba::sys {

struct NftTableInfo {
  NftTableName name;
  uint32_t flags = 0;  ///< NFT_TABLE_F_DORMANT, NFT_TABLE_F_OWNER, kNftTablePersist
  /// The port of the socket that owns it (NfTables::port); none for a table without an owner.
  std::optional<uint32_t> owner;
  std::string comment;
};

struct NftCounter {
  uint64_t packets = 0;
  uint64_t bytes = 0;
};

struct NftRuleInfo {
  std::string chain;
  uint64_t handle = 0;  ///< for NftBatch::delete_rule
  std::string comment;
  std::optional<NftCounter> counter;  ///< of its first counter
};

struct NftElementInfo {
  /// Of a concatenation: its fields, each padded to 4 bytes.
  std::string key;
  /// The end of a range, included; the key itself for a single value.
  std::string last;
  NftElement::Match match = NftElement::Match::kKey;
  /// None: it stays.
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<std::chrono::milliseconds> remaining;
  std::optional<NftCounter> counter;  ///< what it matched, in a set with NftCounting::kEach
};

struct NftSetInfo {
  std::string name;
  uint32_t flags = 0;                    ///< NFT_SET_…
  std::vector<NftElementInfo> elements;  ///< by key; without those that have expired
};

struct NftTableState {
  NftTableInfo table;
  std::vector<NftChain> chains;
  std::vector<NftRuleInfo> rules;  ///< in each chain's order
  std::vector<NftSetInfo> sets;
  uint32_t generation = 0;

  /// Borrowed; null when there is none. A rule is known by its comment: the first that has it.
  const NftChain* find_chain(std::string_view name) const;
  const NftRuleInfo* find_rule(std::string_view comment) const;
  const NftSetInfo* find_set(std::string_view name) const;
};

/// One table with all that is in it but objects and flowtables. kNotFound when there is none.
Result<NftTableState> read_nft_table(NfTables& tables, const NftTableName& name);

/// All tables of the namespace, and all their base chains, in the kernel's order.
struct NftOverview {
  std::vector<NftTableInfo> tables;
  std::vector<NftChain> base_chains;
  uint32_t generation = 0;
};
Result<NftOverview> read_nft_overview(NfTables& tables);

/// One answer each; what it does not hold, or holds in a wrong size, stays empty.
NftTableInfo parse_nft_table(const NftMessage& message);
NftChain parse_nft_chain(const NftMessage& message);
NftRuleInfo parse_nft_rule(const NftMessage& message);

/// An element as the kernel lists it: a range of one field is two of them.
struct NftListedElement {
  NftElementInfo element;
  bool ends_range = false;
};
void parse_nft_elements(const NftMessage& message, std::vector<NftListedElement>& listed);
/// Sorts what was listed of a set and puts ranges together.
std::vector<NftElementInfo> join_nft_ranges(uint32_t set_flags,
                                            std::vector<NftListedElement> listed);

}  // namespace genba::sys
