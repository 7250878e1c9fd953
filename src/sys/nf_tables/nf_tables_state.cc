// SPDX-License-Identifier: Apache-2.0
#include "sys/nf_tables/nf_tables_state.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <utility>

namespace genba::sys {

namespace {

using Consistency = NfTables::Consistency;

class TableReader {
 public:
  TableReader(NfTables& tables, const NftTableName& name) : tables_(tables), name_(name) {}

  Result<Consistency> read() {
    state_ = {};
    whole_ = true;
    GENBA_TRY_VOID(tables_.get(
        NFT_MSG_GETTABLE, name_.family, NftAttributes{}.text(NFTA_TABLE_NAME, name_.name),
        [&](const NftMessage& message) { state_.table = parse_nft_table(message); }));
    GENBA_TRY_VOID(dump(NFT_MSG_GETCHAIN, [&](const NftMessage& message) {
      state_.chains.push_back(parse_nft_chain(message));
    }));
    GENBA_TRY_VOID(dump(NFT_MSG_GETRULE, [&](const NftMessage& message) {
      state_.rules.push_back(parse_nft_rule(message));
    }));
    GENBA_TRY_VOID(dump(NFT_MSG_GETSET, [&](const NftMessage& message) {
      state_.sets.push_back({find_nft_text(message.attributes, NFTA_SET_NAME),
                             find_nft_u32(message.attributes, NFTA_SET_FLAGS).value_or(0),
                             {}});
    }));
    for (NftSetInfo& set : state_.sets) {
      GENBA_TRY_VOID(read_elements(set));
    }
    return whole_ ? Consistency::kWhole : Consistency::kInterrupted;
  }

  NftTableState take() { return std::move(state_); }

 private:
  Result<void> dump(uint8_t operation, const NfTables::Visit& visit) {
    static_assert(int{NFTA_CHAIN_TABLE} == NFTA_RULE_TABLE &&
                  int{NFTA_SET_TABLE} == NFTA_RULE_TABLE);
    GENBA_TRY(
        const auto consistency,
        tables_.dump(operation, name_.family, NftAttributes{}.text(NFTA_RULE_TABLE, name_.name),
                     [&](const NftMessage& message) {
                       // Not every kernel looks at the table that was asked for.
                       if (find_nft_text(message.attributes, NFTA_RULE_TABLE) == name_.name) {
                         visit(message);
                       }
                     }));
    whole_ = whole_ && consistency == Consistency::kWhole;
    return {};
  }

  Result<void> read_elements(NftSetInfo& set) {
    std::vector<NftListedElement> listed;
    const auto request = NftAttributes{}
                             .text(NFTA_SET_ELEM_LIST_TABLE, name_.name)
                             .text(NFTA_SET_ELEM_LIST_SET, set.name);
    GENBA_TRY(const auto consistency, tables_.dump(NFT_MSG_GETSETELEM, name_.family, request,
                                                   [&](const NftMessage& message) {
                                                     parse_nft_elements(message, listed);
                                                   }));
    whole_ = whole_ && consistency == Consistency::kWhole;
    set.elements = join_nft_ranges(set.flags, std::move(listed));
    return {};
  }

  NfTables& tables_;
  const NftTableName& name_;
  NftTableState state_;
  bool whole_ = true;
};

template <class Things, class Matches>
auto find_in(const Things& things, const Matches& matches) -> decltype(things.data()) {
  const auto found = std::find_if(things.begin(), things.end(), matches);
  return found == things.end() ? nullptr : &*found;
}

}  // namespace

const NftChain* NftTableState::find_chain(std::string_view name) const {
  return find_in(chains, [&](const NftChain& chain) { return chain.name == name; });
}

const NftRuleInfo* NftTableState::find_rule(std::string_view comment) const {
  return find_in(rules, [&](const NftRuleInfo& rule) { return rule.comment == comment; });
}

const NftSetInfo* NftTableState::find_set(std::string_view name) const {
  return find_in(sets, [&](const NftSetInfo& set) { return set.name == name; });
}

Result<NftTableState> read_nft_table(NfTables& tables, const NftTableName& name) {
  TableReader reader(tables, name);
  const auto generation = tables.read_consistently([&] { return reader.read(); });
  if (!generation) {
    return base::fail(generation.error().with_context("table " + to_string(name)));
  }
  NftTableState state = reader.take();
  state.generation = *generation;
  return state;
}

Result<NftOverview> read_nft_overview(NfTables& tables) {
  NftOverview overview;
  const auto read = [&]() -> Result<Consistency> {
    overview = {};
    GENBA_TRY(const auto first,
              tables.dump(NFT_MSG_GETTABLE, NFPROTO_UNSPEC, {}, [&](const NftMessage& message) {
                overview.tables.push_back(parse_nft_table(message));
              }));
    GENBA_TRY(const auto second,
              tables.dump(NFT_MSG_GETCHAIN, NFPROTO_UNSPEC, {}, [&](const NftMessage& message) {
                if (NftChain chain = parse_nft_chain(message); chain.hook) {
                  overview.base_chains.push_back(std::move(chain));
                }
              }));
    return first == Consistency::kWhole ? second : first;
  };
  GENBA_TRY(overview.generation, tables.read_consistently(read));
  return overview;
}

}  // namespace genba::sys
