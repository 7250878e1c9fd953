// SPDX-License-Identifier: Apache-2.0
//
// The part of NftBatch that is about sets and their elements.
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include <utility>

#include "fmt/format.h"
#include "sys/nf_tables/nf_tables_batch.h"

namespace genba::sys {

using base::ErrorCode;
using base::fail;

namespace {

// Elements of one message: far below the 64 KiB of the attribute that holds the list.
constexpr size_t kListBytes = 32U << 10;
// How nft(8) packs the types of a concatenation into one number.
constexpr uint32_t kTypeBits = 6;
constexpr size_t kLongestKey = 64;  // NFT_DATA_VALUE_MAXLEN
constexpr uint32_t kWord = 4;       // a field of a concatenation fills whole registers

uint32_t padded(uint32_t size) {
  return (size + kWord - 1) / kWord * kWord;
}

bool is_concatenation(const NftSet& set) {
  return set.key.size() > 1;
}

uint32_t key_size(const NftSet& set) {
  if (!is_concatenation(set)) {
    return set.key.empty() ? 0 : set.key.front().size;
  }
  uint32_t size = 0;
  for (const NftKeyField& field : set.key) {
    size += padded(field.size);
  }
  return size;
}

uint32_t set_flags(const NftSet& set) {
  uint32_t flags = 0;
  flags |= set.elements == NftElements::kRanges ? uint32_t{NFT_SET_INTERVAL} : 0;
  flags |= set.timeouts == NftTimeouts::kAllowed ? uint32_t{NFT_SET_TIMEOUT} : 0;
  flags |= is_concatenation(set) ? uint32_t{NFT_SET_CONCAT} : 0;
  return flags;
}

NftAttributes field_lengths(const NftSet& set) {
  NftAttributes fields;
  for (const NftKeyField& field : set.key) {
    fields.nested(NFTA_LIST_ELEM, NftAttributes{}.u32(NFTA_SET_FIELD_LEN, field.size));
  }
  return NftAttributes{}.nested(NFTA_SET_DESC_CONCAT, fields);
}

Result<std::string> key_bytes(const NftSet& set, const std::vector<std::string>& values) {
  if (values.size() != set.key.size()) {
    return fail(ErrorCode::kInvalid, fmt::format("a key of {} fields for set '{}', which has {}",
                                                 values.size(), set.name, set.key.size()));
  }
  std::string bytes;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].size() != set.key[i].size) {
      return fail(ErrorCode::kInvalid,
                  fmt::format("{} bytes as field {} of a key of set '{}', which has {}",
                              values[i].size(), i + 1, set.name, set.key[i].size));
    }
    bytes += values[i];
    if (is_concatenation(set)) {
      bytes.resize(padded(static_cast<uint32_t>(bytes.size())), '\0');
    }
  }
  return bytes;
}

// The key after this one; false when there is none.
bool increase(std::string& key) {
  for (size_t i = key.size(); i-- > 0;) {
    key[i] = static_cast<char>(static_cast<uint8_t>(key[i]) + 1U);
    if (key[i] != 0) {
      return true;
    }
  }
  return false;
}

// Each element that is added gets a copy of it.
NftAttributes counter_expression() {
  return NftAttributes{}
      .text(NFTA_EXPR_NAME, "counter")
      .nested(NFTA_EXPR_DATA,
              NftAttributes{}.u64(NFTA_COUNTER_BYTES, 0).u64(NFTA_COUNTER_PACKETS, 0));
}

NftAttributes value_of(std::string_view bytes) {
  return NftAttributes{}.raw(NFTA_DATA_VALUE, bytes);
}

}  // namespace

Result<NftAttributes> nft_element_attributes(const NftSet& set, const NftElement& element) {
  NftAttributes attributes;
  NftAttributes list;
  std::string last;
  if (element.match == NftElement::Match::kEverythingElse) {
    attributes.u32(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_CATCHALL);
  } else {
    GENBA_TRY(const std::string first, key_bytes(set, element.key));
    GENBA_TRY(last, key_bytes(set, element.last.empty() ? element.key : element.last));
    if (last < first || (set.elements == NftElements::kSingle && last != first)) {
      return fail(ErrorCode::kInvalid, "a range that set '" + set.name + "' cannot hold");
    }
    attributes.nested(NFTA_SET_ELEM_KEY, value_of(first));
    if (set.elements == NftElements::kRanges && is_concatenation(set)) {
      attributes.nested(NFTA_SET_ELEM_KEY_END, value_of(last));
      last.clear();
    }
  }
  if (element.timeout) {
    if (set.timeouts == NftTimeouts::kNone || element.timeout->count() <= 0) {
      return fail(ErrorCode::kInvalid, "a timeout that set '" + set.name + "' cannot hold");
    }
    attributes.u64(NFTA_SET_ELEM_TIMEOUT, static_cast<uint64_t>(element.timeout->count()));
  }
  list.nested(NFTA_LIST_ELEM, attributes);
  // A range of one field is two elements: where it begins, and the first key after it.
  if (set.elements == NftElements::kRanges && !last.empty() && increase(last)) {
    list.nested(NFTA_LIST_ELEM, NftAttributes{}
                                    .u32(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END)
                                    .nested(NFTA_SET_ELEM_KEY, value_of(last)));
  }
  return list;
}

NftBatch& NftBatch::add_set(const NftSet& set) {
  const std::string doing =
      fmt::format("adding set '{}' to table {}", set.name, to_string(set.table));
  if (key_size(set) == 0 || key_size(set) > kLongestKey) {
    blame(fmt::format("{}: a key of {} bytes", doing, key_size(set)));
  }
  const bool ranges = set.elements == NftElements::kRanges;
  pieces_.insert(!ranges                 ? "set hash"
                 : is_concatenation(set) ? "set concatenated ranges"
                                         : "set ranges");
  uint32_t type = 0;
  for (const NftKeyField& field : set.key) {
    type = type << kTypeBits | field.nft_type;
  }
  NftAttributes attributes;
  // The id names the set within this batch; the kernel wants one although we use names.
  attributes.text(NFTA_SET_TABLE, set.table.name)
      .text(NFTA_SET_NAME, set.name)
      .u32(NFTA_SET_FLAGS, set_flags(set))
      .u32(NFTA_SET_KEY_TYPE, type)
      .u32(NFTA_SET_KEY_LEN, key_size(set))
      .u32(NFTA_SET_ID, static_cast<uint32_t>(messages_.size() + 1));
  if (is_concatenation(set)) {
    attributes.nested(NFTA_SET_DESC, field_lengths(set));
  }
  if (set.counting == NftCounting::kEach) {
    pieces_.insert("counter");
    attributes.nested(NFTA_SET_EXPR, counter_expression());
  }
  return message(NFT_MSG_NEWSET, NLM_F_CREATE | NLM_F_EXCL, set.table.family, attributes, doing);
}

NftBatch& NftBatch::delete_set(const NftTableName& table, std::string_view set) {
  return message(NFT_MSG_DELSET, 0, table.family,
                 NftAttributes{}.text(NFTA_SET_TABLE, table.name).text(NFTA_SET_NAME, set),
                 fmt::format("deleting set '{}' of table {}", set, to_string(table)));
}

NftBatch& NftBatch::change_elements(uint8_t operation, uint16_t flags, const NftSet& set,
                                    std::span<const NftElement> elements, std::string_view verb) {
  std::string pending;
  const std::string doing =
      fmt::format("{} elements of set '{}' of table {}", verb, set.name, to_string(set.table));
  const auto send = [&] {
    NftAttributes attributes;
    attributes.text(NFTA_SET_ELEM_LIST_TABLE, set.table.name)
        .text(NFTA_SET_ELEM_LIST_SET, set.name)
        .raw(NFTA_SET_ELEM_LIST_ELEMENTS | NLA_F_NESTED, pending);
    message(operation, flags, set.table.family, attributes, doing);
    pending.clear();
  };
  for (const NftElement& element : elements) {
    auto attributes = nft_element_attributes(set, element);
    if (!attributes) {
      blame(doing + ": " + attributes.error().what);
      return *this;
    }
    pending += attributes->bytes();
    if (pending.size() > kListBytes) {
      send();
    }
  }
  if (!pending.empty()) {
    send();
  }
  return *this;
}

NftBatch& NftBatch::add_elements(const NftSet& set, std::span<const NftElement> elements) {
  return change_elements(NFT_MSG_NEWSETELEM, NLM_F_CREATE, set, elements, "adding");
}

NftBatch& NftBatch::replace_elements(const NftSet& set, std::span<const NftElement> elements) {
  // Deleting what has expired meanwhile would fail; adding it first makes sure that it is there.
  return remove_elements(set, elements).add_elements(set, elements);
}

NftBatch& NftBatch::delete_elements(const NftSet& set, std::span<const NftElement> elements) {
  return change_elements(NFT_MSG_DELSETELEM, 0, set, elements, "deleting");
}

NftBatch& NftBatch::remove_elements(const NftSet& set, std::span<const NftElement> elements) {
  return add_elements(set, elements).delete_elements(set, elements);
}

NftBatch& NftBatch::flush_set(const NftTableName& table, std::string_view set) {
  return message(
      NFT_MSG_DELSETELEM, 0, table.family,
      NftAttributes{}.text(NFTA_SET_ELEM_LIST_TABLE, table.name).text(NFTA_SET_ELEM_LIST_SET, set),
      fmt::format("flushing set '{}' of table {}", set, to_string(table)));
}

}  // namespace genba::sys
