// SPDX-License-Identifier: Apache-2.0
//
// The part of nf_tables_state.h that takes answers apart.
#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <tuple>

#include "sys/nf_tables/nf_tables_state.h"

namespace genba::sys {

namespace {

constexpr uint16_t kDevicePrefix = 2;  // NFTA_DEVICE_PREFIX, Linux 6.18: a name's beginning

std::optional<std::chrono::milliseconds> find_time(std::string_view attributes, uint16_t type) {
  const auto value = find_nft_u64(attributes, type);
  // A timeout of 0 is how a set with a timeout of its own shows an element that stays.
  if (!value || *value == 0 || *value > static_cast<uint64_t>(INT64_MAX)) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(static_cast<int64_t>(*value));
}

std::string find_key(std::string_view element, uint16_t type) {
  const auto data = find_nft_attribute(element, type);
  return data ? std::string(find_nft_attribute(*data, NFTA_DATA_VALUE).value_or("")) : "";
}

NftHook parse_hook(std::string_view bytes) {
  NftHook hook;
  hook.number = find_nft_u32(bytes, NFTA_HOOK_HOOKNUM).value_or(0);
  hook.priority = static_cast<int32_t>(find_nft_u32(bytes, NFTA_HOOK_PRIORITY).value_or(0));
  const auto devices = find_nft_attribute(bytes, NFTA_HOOK_DEVS);
  NftAttributeReader reader(devices.value_or(""));
  while (const auto device = reader.next()) {
    hook.devices.emplace_back(device->value.substr(0, device->value.find('\0')));
    if (device->type == kDevicePrefix) {
      hook.devices.back() += '*';
    }
  }
  if (const std::string single = find_nft_text(bytes, NFTA_HOOK_DEV);
      hook.devices.empty() && !single.empty()) {
    hook.devices.push_back(single);
  }
  return hook;
}

std::optional<NftCounter> counter_of(std::string_view expression) {
  const auto data = find_nft_attribute(expression, NFTA_EXPR_DATA);
  if (!data || find_nft_text(expression, NFTA_EXPR_NAME) != "counter") {
    return std::nullopt;
  }
  return NftCounter{find_nft_u64(*data, NFTA_COUNTER_PACKETS).value_or(0),
                    find_nft_u64(*data, NFTA_COUNTER_BYTES).value_or(0)};
}

std::optional<NftCounter> parse_counter(std::string_view expressions) {
  NftAttributeReader reader(expressions);
  while (const auto expression = reader.next()) {
    if (const auto counter = counter_of(expression->value)) {
      return counter;
    }
  }
  return std::nullopt;
}

// One expression stands by itself, several in a list.
std::optional<NftCounter> element_counter(std::string_view element) {
  const auto single = find_nft_attribute(element, NFTA_SET_ELEM_EXPR);
  return single
             ? counter_of(*single)
             : parse_counter(find_nft_attribute(element, NFTA_SET_ELEM_EXPRESSIONS).value_or(""));
}

NftListedElement parse_element(std::string_view bytes) {
  NftListedElement listed;
  NftElementInfo& element = listed.element;
  element.key = find_key(bytes, NFTA_SET_ELEM_KEY);
  element.last = find_key(bytes, NFTA_SET_ELEM_KEY_END);
  element.timeout = find_time(bytes, NFTA_SET_ELEM_TIMEOUT);
  element.remaining = find_time(bytes, NFTA_SET_ELEM_EXPIRATION);
  element.counter = element_counter(bytes);
  const uint32_t flags = find_nft_u32(bytes, NFTA_SET_ELEM_FLAGS).value_or(0);
  listed.ends_range = (flags & NFT_SET_ELEM_INTERVAL_END) != 0;
  if ((flags & NFT_SET_ELEM_CATCHALL) != 0) {
    element.match = NftElement::Match::kEverythingElse;
  }
  return listed;
}

// The key before this one.
std::string decreased(std::string key) {
  for (size_t i = key.size(); i-- > 0;) {
    const auto byte = static_cast<uint8_t>(key[i]);
    key[i] = static_cast<char>(byte - 1U);
    if (byte != 0) {
      break;
    }
  }
  return key;
}

}  // namespace

NftTableInfo parse_nft_table(const NftMessage& message) {
  NftTableInfo table;
  table.name = {message.family, find_nft_text(message.attributes, NFTA_TABLE_NAME)};
  table.flags = find_nft_u32(message.attributes, NFTA_TABLE_FLAGS).value_or(0);
  table.owner = find_nft_u32(message.attributes, NFTA_TABLE_OWNER);
  table.comment =
      nft_comment_of(find_nft_attribute(message.attributes, NFTA_TABLE_USERDATA).value_or(""));
  return table;
}

NftChain parse_nft_chain(const NftMessage& message) {
  NftChain chain;
  chain.table = {message.family, find_nft_text(message.attributes, NFTA_CHAIN_TABLE)};
  chain.name = find_nft_text(message.attributes, NFTA_CHAIN_NAME);
  if (const auto hook = find_nft_attribute(message.attributes, NFTA_CHAIN_HOOK)) {
    chain.hook = parse_hook(*hook);
    chain.hook->policy =
        find_nft_u32(message.attributes, NFTA_CHAIN_POLICY).value_or(chain.hook->policy);
  }
  return chain;
}

NftRuleInfo parse_nft_rule(const NftMessage& message) {
  NftRuleInfo rule;
  rule.chain = find_nft_text(message.attributes, NFTA_RULE_CHAIN);
  rule.handle = find_nft_u64(message.attributes, NFTA_RULE_HANDLE).value_or(0);
  rule.comment =
      nft_comment_of(find_nft_attribute(message.attributes, NFTA_RULE_USERDATA).value_or(""));
  rule.counter =
      parse_counter(find_nft_attribute(message.attributes, NFTA_RULE_EXPRESSIONS).value_or(""));
  return rule;
}

void parse_nft_elements(const NftMessage& message, std::vector<NftListedElement>& listed) {
  const auto list = find_nft_attribute(message.attributes, NFTA_SET_ELEM_LIST_ELEMENTS);
  NftAttributeReader reader(list.value_or(""));
  while (const auto element = reader.next()) {
    listed.push_back(parse_element(element->value));
  }
}

std::vector<NftElementInfo> join_nft_ranges(uint32_t set_flags,
                                            std::vector<NftListedElement> listed) {
  const auto order = [](const NftListedElement& one) {
    return std::make_tuple(one.element.match, std::string_view(one.element.key), !one.ends_range);
  };
  std::stable_sort(listed.begin(), listed.end(),
                   [&](const auto& one, const auto& other) { return order(one) < order(other); });
  const bool ranges = (set_flags & NFT_SET_INTERVAL) != 0 && (set_flags & NFT_SET_CONCAT) == 0;
  std::vector<NftElementInfo> elements;
  bool open = false;
  for (NftListedElement& one : listed) {
    if (one.ends_range) {
      // One that ends nothing is how nft(8) marks what lies before the first range.
      if (open) {
        elements.back().last = decreased(one.element.key);
      }
      open = false;
      continue;
    }
    const bool keyed = one.element.match == NftElement::Match::kKey;
    if (one.element.last.empty()) {
      // Without an end it goes on to the last key.
      one.element.last =
          ranges && keyed ? std::string(one.element.key.size(), '\xFF') : one.element.key;
    }
    open = ranges && keyed;
    elements.push_back(std::move(one.element));
  }
  return elements;
}

}  // namespace genba::sys
