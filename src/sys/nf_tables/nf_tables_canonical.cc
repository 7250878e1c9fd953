// SPDX-License-Identifier: Apache-2.0
//
// What of an answer is kept in nf_tables_dump.h's bytes: a table of the attributes that are left
// out, and of those that hold others. The kernel does not mark which attributes nest.
#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "sys/nf_tables/nf_tables_dump.h"

namespace genba::sys {

using base::ErrorCode;
using base::fail;

namespace {

enum class Shape : uint8_t {
  kOmitted,
  kBytes,
  kTable,
  kChain,
  kRule,
  kSet,
  kElement,
  kObject,
  kFlowtable,
  kExpressions,
  kExpression,
  kExpressionData,  ///< of the expression that its neighbour names
  kObjectData,      ///< of the type that its neighbour says
  kCounter,
  kQuota,
  kLast,
};

struct Part {
  Shape in;
  uint16_t type;
  Shape shape;
};

// Newer than the headers of Debian 12 (Linux 6.16).
constexpr uint16_t kSetBackend = 19;  // NFTA_SET_TYPE

constexpr std::array kParts = {
    Part{Shape::kTable, NFTA_TABLE_USE, Shape::kOmitted},
    Part{Shape::kTable, NFTA_TABLE_HANDLE, Shape::kOmitted},
    Part{Shape::kTable, NFTA_TABLE_OWNER, Shape::kOmitted},
    Part{Shape::kChain, NFTA_CHAIN_HANDLE, Shape::kOmitted},
    Part{Shape::kChain, NFTA_CHAIN_USE, Shape::kOmitted},
    Part{Shape::kChain, NFTA_CHAIN_COUNTERS, Shape::kOmitted},
    Part{Shape::kChain, NFTA_CHAIN_ID, Shape::kOmitted},
    Part{Shape::kRule, NFTA_RULE_HANDLE, Shape::kOmitted},
    Part{Shape::kRule, NFTA_RULE_POSITION, Shape::kOmitted},
    Part{Shape::kRule, NFTA_RULE_ID, Shape::kOmitted},
    Part{Shape::kRule, NFTA_RULE_POSITION_ID, Shape::kOmitted},
    Part{Shape::kRule, NFTA_RULE_CHAIN_ID, Shape::kOmitted},
    Part{Shape::kRule, NFTA_RULE_EXPRESSIONS, Shape::kExpressions},
    Part{Shape::kSet, NFTA_SET_ID, Shape::kOmitted},
    Part{Shape::kSet, NFTA_SET_HANDLE, Shape::kOmitted},
    Part{Shape::kSet, kSetBackend, Shape::kOmitted},
    Part{Shape::kSet, kNftSetCount, Shape::kOmitted},
    Part{Shape::kSet, NFTA_SET_EXPR, Shape::kExpression},
    Part{Shape::kSet, NFTA_SET_EXPRESSIONS, Shape::kExpressions},
    Part{Shape::kElement, NFTA_SET_ELEM_EXPIRATION, Shape::kOmitted},
    Part{Shape::kElement, NFTA_SET_ELEM_EXPR, Shape::kExpression},
    Part{Shape::kElement, NFTA_SET_ELEM_EXPRESSIONS, Shape::kExpressions},
    Part{Shape::kObject, NFTA_OBJ_USE, Shape::kOmitted},
    Part{Shape::kObject, NFTA_OBJ_HANDLE, Shape::kOmitted},
    Part{Shape::kObject, NFTA_OBJ_DATA, Shape::kObjectData},
    Part{Shape::kFlowtable, NFTA_FLOWTABLE_USE, Shape::kOmitted},
    Part{Shape::kFlowtable, NFTA_FLOWTABLE_HANDLE, Shape::kOmitted},
    Part{Shape::kExpressions, NFTA_LIST_ELEM, Shape::kExpression},
    Part{Shape::kExpression, NFTA_EXPR_DATA, Shape::kExpressionData},
    Part{Shape::kCounter, NFTA_COUNTER_BYTES, Shape::kOmitted},
    Part{Shape::kCounter, NFTA_COUNTER_PACKETS, Shape::kOmitted},
    Part{Shape::kQuota, NFTA_QUOTA_CONSUMED, Shape::kOmitted},
    Part{Shape::kLast, NFTA_LAST_SET, Shape::kOmitted},
    Part{Shape::kLast, NFTA_LAST_MSECS, Shape::kOmitted},
};

Shape shape_of(Shape in, uint16_t type) {
  for (const Part& part : kParts) {
    if (part.in == in && part.type == type) {
      return part.shape;
    }
  }
  return Shape::kBytes;
}

Shape expression_shape(std::string_view expression) {
  const std::string name = find_nft_text(expression, NFTA_EXPR_NAME);
  return name == "counter" ? Shape::kCounter
         : name == "quota" ? Shape::kQuota
         : name == "last"  ? Shape::kLast
                           : Shape::kBytes;
}

Shape object_shape(std::string_view object) {
  const uint32_t type = find_nft_u32(object, NFTA_OBJ_TYPE).value_or(NFT_OBJECT_UNSPEC);
  return type == NFT_OBJECT_COUNTER ? Shape::kCounter
         : type == NFT_OBJECT_QUOTA ? Shape::kQuota
                                    : Shape::kBytes;
}

std::string leaf(Shape in, const NftAttribute& attribute) {
  // Whether a quota is used up stands among its settings.
  const std::string whole(attribute.value);
  if (in == Shape::kQuota && attribute.type == NFTA_QUOTA_FLAGS) {
    const auto flags = find_nft_u32(NftAttributes{}.raw(1, whole).bytes(), 1);
    return flags ? nft_u32_bytes(*flags & ~uint32_t{NFT_QUOTA_F_DEPLETED}) : whole;
  }
  return whole;
}

// As deep as kParts nests: a set's expressions, one of them, its data.
Result<NftAttributes> keep(Shape in, std::string_view bytes) {
  NftAttributes kept;
  NftAttributeReader reader(bytes);
  while (const auto attribute = reader.next()) {
    Shape shape = shape_of(in, attribute->type);
    // Empty ones are padding, which depends on where in the datagram an attribute came to stand.
    if (shape == Shape::kOmitted || attribute->value.empty()) {
      continue;
    }
    shape = shape == Shape::kExpressionData ? expression_shape(bytes)
            : shape == Shape::kObjectData   ? object_shape(bytes)
                                            : shape;
    if (shape == Shape::kBytes) {
      kept.raw(attribute->type, leaf(in, *attribute));
      continue;
    }
    GENBA_TRY(const NftAttributes inner, keep(shape, attribute->value));
    kept.nested(attribute->type, inner);
  }
  if (reader.damaged() || kept.too_large()) {
    return fail(ErrorCode::kDamaged,
                "nf_tables: an answer holds an attribute of impossible length");
  }
  return kept;
}

Shape message_shape(uint8_t operation) {
  switch (operation) {
    case NFT_MSG_NEWTABLE: return Shape::kTable;
    case NFT_MSG_NEWCHAIN: return Shape::kChain;
    case NFT_MSG_NEWRULE: return Shape::kRule;
    case NFT_MSG_NEWSET: return Shape::kSet;
    case NFT_MSG_NEWOBJ: return Shape::kObject;
    case NFT_MSG_NEWFLOWTABLE: return Shape::kFlowtable;
    default: return Shape::kBytes;
  }
}

struct Element {
  std::string key;
  bool ends = false;  // a range, which the element before it began
  bool timed = false;
  std::string bytes;
};

Result<Element> read_element(std::string_view bytes) {
  GENBA_TRY(const NftAttributes kept, keep(Shape::kElement, bytes));
  Element element;
  element.bytes = kept.bytes();
  const auto key = find_nft_attribute(bytes, NFTA_SET_ELEM_KEY);
  element.key = key ? std::string(find_nft_attribute(*key, NFTA_DATA_VALUE).value_or("")) : "";
  const uint32_t flags = find_nft_u32(bytes, NFTA_SET_ELEM_FLAGS).value_or(0);
  element.ends = (flags & NFT_SET_ELEM_INTERVAL_END) != 0;
  // An element with the set's own timeout shows its expiration only.
  element.timed = find_nft_attribute(bytes, NFTA_SET_ELEM_TIMEOUT) ||
                  find_nft_attribute(bytes, NFTA_SET_ELEM_EXPIRATION);
  return element;
}

}  // namespace

Result<std::string> canonical_nft_message(uint8_t operation, std::string_view attributes) {
  GENBA_TRY(const NftAttributes kept, keep(message_shape(operation), attributes));
  return kept.bytes();
}

Result<NftCanonicalElements> canonical_nft_elements(uint32_t set_flags,
                                                    std::span<const std::string> elements) {
  std::vector<Element> sorted;
  sorted.reserve(elements.size());
  for (const std::string& bytes : elements) {
    GENBA_TRY(Element element, read_element(bytes));
    sorted.push_back(std::move(element));
  }
  // Where one range ends and the next begins, the end comes first.
  std::sort(sorted.begin(), sorted.end(), [](const Element& one, const Element& other) {
    return std::tie(one.key, other.ends, one.bytes) < std::tie(other.key, one.ends, other.bytes);
  });
  NftCanonicalElements canonical;
  const bool joined = (set_flags & NFT_SET_INTERVAL) != 0 && (set_flags & NFT_SET_CONCAT) == 0;
  bool open = false;
  bool timed = false;
  for (const Element& element : sorted) {
    if (joined && element.ends && !open) {
      continue;
    }
    // The end of a range has no timeout of its own and goes with its beginning.
    timed = element.ends ? timed : element.timed;
    open = !element.ends;
    const bool passes = timed || (set_flags & NFT_SET_EVAL) != 0;
    std::string& part = passes ? canonical.passing : canonical.settled;
    part += NftAttributes{}.raw(NFTA_LIST_ELEM, element.bytes).bytes();
    canonical.passing_count += passes && !element.ends ? 1 : 0;
  }
  return canonical;
}

}  // namespace genba::sys
