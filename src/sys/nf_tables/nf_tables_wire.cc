// SPDX-License-Identifier: Apache-2.0
#include "sys/nf_tables/nf_tables_wire.h"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <cerrno>
#include <cstring>
#include <type_traits>

namespace genba::sys {

using base::ErrorCode;
using base::fail;

namespace {

constexpr size_t kLongestAttribute = UINT16_MAX;

size_t padded(size_t size) {
  return (size + 3U) & ~size_t{3};
}

template <class Number>
std::string big_endian(Number value) {
  std::string bytes(sizeof value, '\0');
  for (size_t i = 0; i < sizeof value; ++i) {
    bytes[sizeof value - 1 - i] = static_cast<char>((value >> (8 * i)) & 0xFFU);
  }
  return bytes;
}

template <class Number>
std::optional<Number> number_of(std::optional<std::string_view> bytes) {
  if (!bytes || bytes->size() != sizeof(Number)) {
    return std::nullopt;
  }
  Number value = 0;
  for (const char byte : *bytes) {
    value = static_cast<Number>(value << 8U) | static_cast<uint8_t>(byte);
  }
  return value;
}

template <class Body>
bool take(std::string_view& bytes, Body& body) {
  static_assert(std::is_trivially_copyable_v<Body>);
  if (bytes.size() < sizeof body) {
    return false;
  }
  std::memcpy(&body, bytes.data(), sizeof body);
  bytes.remove_prefix(sizeof body);
  return true;
}

// An errno as the kernel sends it, negated; EIO for what is none (errno.h ends at 4095).
int errno_of(int32_t status) {
  if (status == 0) {
    return 0;
  }
  return status < 0 && status >= -4095 ? -status : EIO;
}

void read_status(std::string_view body, NftMessage& message) {
  int32_t status = 0;
  message.status = take(body, status) ? errno_of(status) : EIO;
  // With NETLINK_CAP_ACK an error echoes only the header of what was asked, then come the words.
  nlmsghdr echoed{};
  if ((message.flags & NLM_F_ACK_TLVS) != 0 && take(body, echoed)) {
    if ((message.flags & NLM_F_CAPPED) == 0) {
      const size_t size = echoed.nlmsg_len < sizeof echoed ? 0 : echoed.nlmsg_len - sizeof echoed;
      body.remove_prefix(padded(size) < body.size() ? padded(size) : body.size());
    }
    message.words = find_nft_text(body, NLMSGERR_ATTR_MSG);
  }
}

NftMessage read_message(const nlmsghdr& head, std::string_view body) {
  NftMessage message;
  message.flags = head.nlmsg_flags;
  message.sequence = head.nlmsg_seq;
  message.port = head.nlmsg_pid;
  if (head.nlmsg_type == NLMSG_ERROR || head.nlmsg_type == NLMSG_DONE) {
    const bool done = head.nlmsg_type == NLMSG_DONE;
    message.kind = done ? NftMessage::Kind::kDone : NftMessage::Kind::kStatus;
    if (!done || !body.empty()) {
      read_status(body, message);
    }
    return message;
  }
  nfgenmsg about{};
  if (NFNL_SUBSYS_ID(head.nlmsg_type) == NFNL_SUBSYS_NFTABLES && take(body, about)) {
    message.kind = NftMessage::Kind::kNfTables;
    message.operation = static_cast<uint8_t>(NFNL_MSG_TYPE(head.nlmsg_type));
    message.family = about.nfgen_family;
    message.resource = ntohs(about.res_id);
    message.attributes = body;
  }
  return message;
}

}  // namespace

NftAttributes& NftAttributes::put(uint16_t type, std::string_view value) {
  const size_t size = sizeof(nlattr) + value.size();
  if (size > kLongestAttribute) {
    too_large_ = true;
    return *this;
  }
  const nlattr head{static_cast<uint16_t>(size), type};
  bytes_.append(reinterpret_cast<const char*>(&head), sizeof head);
  bytes_.append(value);
  bytes_.resize(padded(bytes_.size()), '\0');
  return *this;
}

NftAttributes& NftAttributes::raw(uint16_t type, std::string_view value) {
  return put(type, value);
}

NftAttributes& NftAttributes::text(uint16_t type, std::string_view value) {
  std::string ended(value);
  ended.push_back('\0');
  return put(type, ended);
}

NftAttributes& NftAttributes::u8(uint16_t type, uint8_t value) {
  return put(type, big_endian(value));
}

NftAttributes& NftAttributes::u32(uint16_t type, uint32_t value) {
  return put(type, big_endian(value));
}

NftAttributes& NftAttributes::u64(uint16_t type, uint64_t value) {
  return put(type, big_endian(value));
}

NftAttributes& NftAttributes::nested(uint16_t type, const NftAttributes& inner) {
  too_large_ = too_large_ || inner.too_large_;
  return put(type | NLA_F_NESTED, inner.bytes_);
}

std::optional<NftAttribute> NftAttributeReader::next() {
  if (bytes_.empty() || damaged_) {
    return std::nullopt;
  }
  std::string_view rest = bytes_;
  nlattr head{};
  if (!take(rest, head) || head.nla_len < sizeof head || head.nla_len > bytes_.size()) {
    damaged_ = true;
    return std::nullopt;
  }
  const NftAttribute found{static_cast<uint16_t>(head.nla_type & NLA_TYPE_MASK),
                           bytes_.substr(sizeof head, head.nla_len - sizeof head)};
  const size_t step = padded(head.nla_len);
  bytes_.remove_prefix(step < bytes_.size() ? step : bytes_.size());
  return found;
}

std::optional<std::string_view> find_nft_attribute(std::string_view attributes, uint16_t type) {
  NftAttributeReader reader(attributes);
  while (const auto attribute = reader.next()) {
    if (attribute->type == type) {
      return attribute->value;
    }
  }
  return std::nullopt;
}

std::optional<uint32_t> find_nft_u32(std::string_view attributes, uint16_t type) {
  return number_of<uint32_t>(find_nft_attribute(attributes, type));
}

std::optional<uint64_t> find_nft_u64(std::string_view attributes, uint16_t type) {
  return number_of<uint64_t>(find_nft_attribute(attributes, type));
}

std::string find_nft_text(std::string_view attributes, uint16_t type) {
  const auto value = find_nft_attribute(attributes, type);
  return value ? std::string(value->substr(0, value->find('\0'))) : std::string();
}

std::string nft_u32_bytes(uint32_t value) {
  return big_endian(value);
}

void append_nft_message(std::string& out, const NftRequest& request, std::string_view attributes) {
  const size_t size = sizeof(nlmsghdr) + sizeof(nfgenmsg) + attributes.size();
  GENBA_CHECK(size <= UINT32_MAX);
  const nlmsghdr head{static_cast<uint32_t>(size), request.type, request.flags, request.sequence,
                      0};
  const nfgenmsg about{request.family, NFNETLINK_V0, htons(request.resource)};
  out.append(reinterpret_cast<const char*>(&head), sizeof head);
  out.append(reinterpret_cast<const char*>(&about), sizeof about);
  out.append(attributes);
  out.resize(padded(out.size()), '\0');
}

uint16_t nft_message_type(uint8_t operation) {
  return static_cast<uint16_t>(NFNL_SUBSYS_NFTABLES << 8U | operation);
}

Result<void> parse_nft_datagram(std::string_view bytes,
                                const std::function<bool(const NftMessage&)>& visit) {
  while (!bytes.empty()) {
    std::string_view rest = bytes;
    nlmsghdr head{};
    if (!take(rest, head) || head.nlmsg_len < sizeof head || head.nlmsg_len > bytes.size()) {
      return fail(ErrorCode::kDamaged, "nf_tables: the kernel sent a message of impossible length");
    }
    if (!visit(read_message(head, rest.substr(0, head.nlmsg_len - sizeof head)))) {
      return {};
    }
    const size_t step = padded(head.nlmsg_len);
    bytes.remove_prefix(step < bytes.size() ? step : bytes.size());
  }
  return {};
}

}  // namespace genba::sys
