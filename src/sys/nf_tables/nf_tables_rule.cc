// SPDX-License-Identifier: Apache-2.0
#include "sys/nf_tables/nf_tables_rule.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <bit>

#include "fmt/format.h"

namespace genba::sys {

namespace {

constexpr uint32_t kWord = NFT_REG32_SIZE;
constexpr uint32_t kWords = 16;  // NFT_REG32_15 is the last
constexpr uint8_t kCommentType = 0;

static_assert(kNftNfproto.number == NFT_META_NFPROTO && kNftL4proto.number == NFT_META_L4PROTO);
static_assert(kNftProtocol.number == NFT_META_PROTOCOL && kNftMark.number == NFT_META_MARK);
static_assert(kNftInputIndex.number == NFT_META_IIF && kNftOutputIndex.number == NFT_META_OIF);
static_assert(kNftInputDevice.number == NFT_META_IIFNAME);
static_assert(kNftOutputDevice.number == NFT_META_OIFNAME);
static_assert(kNftInputDeviceType.number == NFT_META_IIFTYPE);
static_assert(kNftOutputDeviceType.number == NFT_META_OIFTYPE);
static_assert(kNftSocketUid.number == NFT_META_SKUID);
static_assert(kNftCgroupClass.number == NFT_META_CGROUP);

NftAttributes data_value(std::string_view bytes) {
  return NftAttributes{}.raw(NFTA_DATA_VALUE, bytes);
}

}  // namespace

std::string nft_number(const NftField& field, uint64_t value) {
  const bool little =
      field.order == NftField::Order::kHost && std::endian::native == std::endian::little;
  std::string bytes(field.size, '\0');
  for (size_t i = 0; i < bytes.size() && i < sizeof value; ++i) {
    bytes[little ? i : bytes.size() - 1 - i] = static_cast<char>((value >> (8 * i)) & 0xFFU);
  }
  return bytes;
}

std::string nft_comment_userdata(std::string_view text) {
  std::string bytes;
  bytes.push_back(static_cast<char>(kCommentType));
  bytes.push_back(static_cast<char>(std::min(text.size(), kNftLongestComment) + 1));
  bytes.append(text.substr(0, kNftLongestComment));
  bytes.push_back('\0');
  return bytes;
}

std::string nft_comment_of(std::string_view userdata) {
  while (userdata.size() >= 2) {
    const auto size = static_cast<uint8_t>(userdata[1]);
    const bool comment = static_cast<uint8_t>(userdata[0]) == kCommentType;
    userdata.remove_prefix(2);
    if (size > userdata.size()) {
      break;
    }
    if (comment) {
      const std::string_view text = userdata.substr(0, size);
      return std::string(text.substr(0, text.find('\0')));
    }
    userdata.remove_prefix(size);
  }
  return {};
}

NftRule& NftRule::expression(std::string_view name, const NftAttributes& data) {
  names_.emplace(name);
  expressions_.nested(NFTA_LIST_ELEM,
                      NftAttributes{}.text(NFTA_EXPR_NAME, name).nested(NFTA_EXPR_DATA, data));
  return *this;
}

void NftRule::load(const NftField& field, uint32_t to_register) {
  switch (field.source) {
    case NftField::Source::kMeta:
      expression("meta",
                 NftAttributes{}.u32(NFTA_META_KEY, field.number).u32(NFTA_META_DREG, to_register));
      return;
    case NftField::Source::kSocketCgroup:
      expression("socket", NftAttributes{}
                               .u32(NFTA_SOCKET_KEY, NFT_SOCKET_CGROUPV2)
                               .u32(NFTA_SOCKET_DREG, to_register)
                               .u32(NFTA_SOCKET_LEVEL, field.number));
      return;
    case NftField::Source::kNetworkHeader:
    case NftField::Source::kTransportHeader: break;
  }
  const uint32_t base = field.source == NftField::Source::kNetworkHeader
                            ? NFT_PAYLOAD_NETWORK_HEADER
                            : NFT_PAYLOAD_TRANSPORT_HEADER;
  expression("payload", NftAttributes{}
                            .u32(NFTA_PAYLOAD_DREG, to_register)
                            .u32(NFTA_PAYLOAD_BASE, base)
                            .u32(NFTA_PAYLOAD_OFFSET, field.number)
                            .u32(NFTA_PAYLOAD_LEN, field.size));
}

void NftRule::compare(uint32_t operation, std::string_view value) {
  expression("cmp", NftAttributes{}
                        .u32(NFTA_CMP_SREG, NFT_REG_1)
                        .u32(NFTA_CMP_OP, operation)
                        .nested(NFTA_CMP_DATA, data_value(value)));
}

void NftRule::mask(std::string_view mask) {
  expression("bitwise", NftAttributes{}
                            .u32(NFTA_BITWISE_SREG, NFT_REG_1)
                            .u32(NFTA_BITWISE_DREG, NFT_REG_1)
                            .u32(NFTA_BITWISE_LEN, static_cast<uint32_t>(mask.size()))
                            .nested(NFTA_BITWISE_MASK, data_value(mask))
                            .nested(NFTA_BITWISE_XOR, data_value(std::string(mask.size(), '\0'))));
}

std::string NftRule::number_bytes(const NftField& field, uint64_t value) {
  if (field.size < sizeof value && (value >> (8 * field.size)) != 0) {
    mistake_ = fmt::format("{} does not fit into a field of {} bytes", value, field.size);
  }
  return nft_number(field, value);
}

NftRule& NftRule::compare_number(const NftField& field, uint32_t operation, uint64_t value) {
  load(field, NFT_REG_1);
  compare(operation, number_bytes(field, value));
  return *this;
}

NftRule& NftRule::compare_masked(const NftField& field, uint32_t operation, uint64_t mask_value,
                                 uint64_t value) {
  load(field, NFT_REG_1);
  mask(number_bytes(field, mask_value));
  compare(operation, number_bytes(field, value));
  return *this;
}

NftRule& NftRule::compare_bytes(const NftField& field, uint32_t operation, std::string_view value) {
  const bool name = field.source == NftField::Source::kMeta;
  // A name needs room for its closing NUL; an address must be of the field's very size.
  if (name ? value.size() >= field.size : value.size() != field.size) {
    mistake_ = fmt::format("{} bytes do not fit a field of {}", value.size(), field.size);
  }
  std::string bytes(value);
  bytes.resize(field.size, '\0');
  load(field, NFT_REG_1);
  compare(operation, bytes);
  return *this;
}

NftRule& NftRule::is(const NftField& field, uint64_t value) {
  return compare_number(field, NFT_CMP_EQ, value);
}

NftRule& NftRule::is_not(const NftField& field, uint64_t value) {
  return compare_number(field, NFT_CMP_NEQ, value);
}

NftRule& NftRule::between(const NftField& field, uint64_t first, uint64_t last) {
  if (field.order != NftField::Order::kNetwork || first > last) {
    mistake_ = "only a field in network order can be tested for a range, from low to high";
  }
  load(field, NFT_REG_1);
  compare(NFT_CMP_GTE, number_bytes(field, first));
  compare(NFT_CMP_LTE, number_bytes(field, last));
  return *this;
}

NftRule& NftRule::masked(const NftField& field, uint64_t mask, uint64_t value) {
  return compare_masked(field, NFT_CMP_EQ, mask, value);
}

NftRule& NftRule::masked_not(const NftField& field, uint64_t mask, uint64_t value) {
  return compare_masked(field, NFT_CMP_NEQ, mask, value);
}

NftRule& NftRule::is(const NftField& field, std::string_view bytes) {
  return compare_bytes(field, NFT_CMP_EQ, bytes);
}

NftRule& NftRule::is_not(const NftField& field, std::string_view bytes) {
  return compare_bytes(field, NFT_CMP_NEQ, bytes);
}

NftRule& NftRule::in_network(const NftField& field, std::string_view address, uint32_t prefix) {
  if (address.size() != field.size || prefix > 8 * field.size) {
    mistake_ = fmt::format("a network of {} bytes and {} bits does not fit a field of {} bytes",
                           address.size(), prefix, field.size);
    return *this;
  }
  std::string network(address);
  std::string bits(field.size, '\0');
  for (uint32_t i = 0; i < field.size; ++i) {
    const uint32_t ones = prefix > 8 * i ? std::min(prefix - 8 * i, 8U) : 0;
    bits[i] = static_cast<char>(0xFF00U >> ones);
    network[i] = static_cast<char>(network[i] & bits[i]);
  }
  load(field, NFT_REG_1);
  mask(bits);
  compare(NFT_CMP_EQ, network);
  return *this;
}

void NftRule::lookup(std::string_view set, std::initializer_list<NftField> fields, uint32_t flags) {
  uint32_t word = 0;
  for (const NftField& field : fields) {
    load(field, fields.size() == 1 ? uint32_t{NFT_REG_1} : NFT_REG32_00 + word);
    word += (field.size + kWord - 1) / kWord;
  }
  if (word == 0 || word > kWords) {
    mistake_ = fmt::format("a lookup of {} bytes does not fit the registers", word * kWord);
  }
  // Registers 1 to 4 are the same memory as those of 32 bit.
  NftAttributes data;
  data.text(NFTA_LOOKUP_SET, set).u32(NFTA_LOOKUP_SREG, NFT_REG_1);
  if (flags != 0) {
    data.u32(NFTA_LOOKUP_FLAGS, flags);
  }
  expression("lookup", data);
}

NftRule& NftRule::in(std::string_view set, std::initializer_list<NftField> fields) {
  lookup(set, fields, 0);
  return *this;
}

NftRule& NftRule::not_in(std::string_view set, std::initializer_list<NftField> fields) {
  lookup(set, fields, NFT_LOOKUP_F_INV);
  return *this;
}

NftRule& NftRule::counter() {
  return expression("counter",
                    NftAttributes{}.u64(NFTA_COUNTER_BYTES, 0).u64(NFTA_COUNTER_PACKETS, 0));
}

NftRule& NftRule::limit(uint64_t packets) {
  constexpr uint64_t kSecond = 1;
  return expression("limit", NftAttributes{}
                                 .u64(NFTA_LIMIT_RATE, packets)
                                 .u64(NFTA_LIMIT_UNIT, kSecond)
                                 .u32(NFTA_LIMIT_BURST, static_cast<uint32_t>(packets))
                                 .u32(NFTA_LIMIT_TYPE, NFT_LIMIT_PKTS));
}

NftRule& NftRule::verdict(int32_t code, std::string_view chain) {
  NftAttributes verdict;
  verdict.u32(NFTA_VERDICT_CODE, static_cast<uint32_t>(code));
  if (!chain.empty()) {
    verdict.text(NFTA_VERDICT_CHAIN, chain);
  }
  return expression("immediate", NftAttributes{}
                                     .u32(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT)
                                     .nested(NFTA_IMMEDIATE_DATA,
                                             NftAttributes{}.nested(NFTA_DATA_VERDICT, verdict)));
}

NftRule& NftRule::accept() {
  return verdict(NF_ACCEPT, {});
}

NftRule& NftRule::drop() {
  return verdict(NF_DROP, {});
}

NftRule& NftRule::jump(std::string_view chain) {
  return verdict(NFT_JUMP, chain);
}

NftRule& NftRule::go_to(std::string_view chain) {
  return verdict(NFT_GOTO, chain);
}

NftRule& NftRule::return_to_caller() {
  return verdict(NFT_RETURN, {});
}

NftRule& NftRule::comment(std::string_view text) {
  if (text.size() > kNftLongestComment) {
    mistake_ =
        fmt::format("a comment of {} bytes is longer than {}", text.size(), kNftLongestComment);
  }
  comment_ = std::string(text);
  return *this;
}

}  // namespace genba::sys
