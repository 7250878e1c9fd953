// SPDX-License-Identifier: Apache-2.0
#include "sys/nf_tables/nf_tables_dump.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "fmt/format.h"

namespace genba::sys {

using base::ErrorCode;
using base::fail;

namespace {

// The name of the table that anything belongs to has the same number everywhere.
static_assert(NFTA_TABLE_NAME == 1 && NFTA_CHAIN_TABLE == 1 && NFTA_RULE_TABLE == 1 &&
              NFTA_SET_TABLE == 1 && NFTA_OBJ_TABLE == 1 && NFTA_FLOWTABLE_TABLE == 1);
constexpr uint16_t kTableName = 1;

struct SetName {
  NftTableName table;
  std::string name;
  uint32_t flags = 0;
};

class RulesetReader {
 public:
  RulesetReader(NfTables& tables, std::span<const NftTableName> without)
      : tables_(tables), without_(without) {}

  Result<NfTables::Consistency> read() {
    ruleset_ = {};
    size_ = 0;
    sets_.clear();
    whole_ = true;
    GENBA_TRY(ruleset_.tables, read_kind(NFT_MSG_GETTABLE, Order::kAsListed));
    GENBA_TRY_VOID(read_kind(NFT_MSG_GETCHAIN, Order::kAsListed));
    GENBA_TRY(ruleset_.rules, read_kind(NFT_MSG_GETRULE, Order::kAsListed));
    GENBA_TRY_VOID(read_kind(NFT_MSG_GETSET, Order::kSorted));
    GENBA_TRY_VOID(read_kind(NFT_MSG_GETOBJ, Order::kSorted));
    GENBA_TRY_VOID(read_kind(NFT_MSG_GETFLOWTABLE, Order::kSorted));
    std::sort(sets_.begin(), sets_.end(), [](const SetName& one, const SetName& other) {
      return std::tie(one.table.family, one.table.name, one.name) <
             std::tie(other.table.family, other.table.name, other.name);
    });
    for (const SetName& set : sets_) {
      GENBA_TRY_VOID(read_elements(set));
    }
    return whole_ ? NfTables::Consistency::kWhole : NfTables::Consistency::kInterrupted;
  }

  NftRuleset take() { return std::move(ruleset_); }

 private:
  enum class Order : uint8_t { kAsListed, kSorted };

  bool left_out(const NftMessage& message) const {
    return std::any_of(without_.begin(), without_.end(), [&](const NftTableName& table) {
      return table.family == message.family &&
             table.name == find_nft_text(message.attributes, kTableName);
    });
  }

  // Everything of one kind in all tables; how many there were.
  Result<uint64_t> read_kind(uint8_t operation, Order order) {
    std::vector<std::string> records;
    std::optional<base::Error> wrong;
    GENBA_TRY(const auto consistency,
              tables_.dump(operation, NFPROTO_UNSPEC, {}, [&](const NftMessage& message) {
                if (left_out(message)) {
                  return;
                }
                auto bytes = canonical_nft_message(message.operation, message.attributes);
                if (!bytes || size_ + bytes->size() > kNftLargestRuleset) {
                  wrong = bytes ? too_large() : bytes.error();
                  return;
                }
                note_set(message);
                records.push_back(record(message.operation, message.family, *bytes));
                size_ += records.back().size();
              }));
    if (wrong) {
      return fail(std::move(*wrong));
    }
    whole_ = whole_ && consistency == NfTables::Consistency::kWhole;
    if (order == Order::kSorted) {
      std::sort(records.begin(), records.end());
    }
    for (const std::string& bytes : records) {
      ruleset_.settled += bytes;
    }
    return records.size();
  }

  void note_set(const NftMessage& message) {
    if (message.operation == NFT_MSG_NEWSET) {
      sets_.push_back({{message.family, find_nft_text(message.attributes, NFTA_SET_TABLE)},
                       find_nft_text(message.attributes, NFTA_SET_NAME),
                       find_nft_u32(message.attributes, NFTA_SET_FLAGS).value_or(0)});
    }
  }

  Result<void> read_elements(const SetName& set) {
    std::vector<std::string> elements;
    const auto request = NftAttributes{}
                             .text(NFTA_SET_ELEM_LIST_TABLE, set.table.name)
                             .text(NFTA_SET_ELEM_LIST_SET, set.name);
    bool fits = true;
    GENBA_TRY(const auto consistency, tables_.dump(NFT_MSG_GETSETELEM, set.table.family, request,
                                                   [&](const NftMessage& message) {
                                                     fits = fits && add_elements(message, elements);
                                                   }));
    if (!fits) {
      return fail(too_large());
    }
    whole_ = whole_ && consistency == NfTables::Consistency::kWhole;
    GENBA_TRY(const NftCanonicalElements canonical, canonical_nft_elements(set.flags, elements));
    append(ruleset_.settled, set, canonical.settled);
    append(ruleset_.passing, set, canonical.passing);
    ruleset_.passing_elements += canonical.passing_count;
    return {};
  }

  bool add_elements(const NftMessage& message, std::vector<std::string>& elements) {
    const auto list = find_nft_attribute(message.attributes, NFTA_SET_ELEM_LIST_ELEMENTS);
    NftAttributeReader reader(list.value_or(""));
    while (const auto element = reader.next()) {
      size_ += element->value.size();
      if (size_ > kNftLargestRuleset) {
        return false;
      }
      elements.emplace_back(element->value);
    }
    return true;
  }

  // Names the set, so that elements cannot move from one to another unseen.
  static void append(std::string& part, const SetName& set, std::string_view elements) {
    if (elements.empty()) {
      return;
    }
    std::string bytes = NftAttributes{}
                            .text(NFTA_SET_ELEM_LIST_TABLE, set.table.name)
                            .text(NFTA_SET_ELEM_LIST_SET, set.name)
                            .bytes();
    part += record(NFT_MSG_NEWSETELEM, set.table.family, bytes.append(elements));
  }

  // A record says how long it is: two of them cannot be read as one other.
  static std::string record(uint8_t operation, uint8_t family, std::string_view attributes) {
    std::string bytes{static_cast<char>(operation), static_cast<char>(family)};
    return bytes.append(nft_u32_bytes(static_cast<uint32_t>(attributes.size()))).append(attributes);
  }

  static base::Error too_large() {
    return {ErrorCode::kTooLarge, 0,
            fmt::format("nf_tables: a ruleset larger than {} bytes", kNftLargestRuleset)};
  }

  NfTables& tables_;
  std::span<const NftTableName> without_;
  NftRuleset ruleset_;
  std::vector<SetName> sets_;
  size_t size_ = 0;
  bool whole_ = true;
};

}  // namespace

Result<NftRuleset> read_nft_ruleset(NfTables& tables, std::span<const NftTableName> without) {
  RulesetReader reader(tables, without);
  GENBA_TRY(const uint32_t generation, tables.read_consistently([&] { return reader.read(); }));
  NftRuleset ruleset = reader.take();
  ruleset.generation = generation;
  return ruleset;
}

}  // namespace genba::sys
