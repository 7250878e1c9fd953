// SPDX-License-Identifier: Apache-2.0
//
// The bytes of nf_tables over NETLINK_NETFILTER: attributes (a 16 bit length, a 16 bit type, the
// value, padding to 4 bytes) that nest, inside messages that all start with nlmsghdr and nfgenmsg.
// Numbers are big-endian here, unlike in most of netlink. What is read is checked against its
// bounds: a length that does not fit is damage, never a guess. Sources: netlink(7),
// include/uapi/linux/netlink.h, netfilter/nfnetlink.h, netfilter/nf_tables.h. Covered by
// sys/nf_tables/nf_tables_wire_test.cc and nf_tables_fuzz.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace genba::sys {

using base::Result;

/// What newer kernels know and the headers of Debian 12 (Linux 6.1) do not; the number is the
/// kernel that brought it.
inline constexpr uint32_t kNftTablePersist = 0x4;  ///< NFT_TABLE_F_PERSIST, 6.9
inline constexpr uint16_t kNftSetCount = 20;       ///< NFTA_SET_COUNT, 6.16

/// Attributes, written one after the other. A value too long for its 16 bit length, or nesting
/// that outgrows it, makes the whole too_large().
class NftAttributes {
 public:
  NftAttributes& raw(uint16_t type, std::string_view value);
  /// With a closing NUL, as names are.
  NftAttributes& text(uint16_t type, std::string_view value);
  NftAttributes& u8(uint16_t type, uint8_t value);
  NftAttributes& u32(uint16_t type, uint32_t value);
  NftAttributes& u64(uint16_t type, uint64_t value);
  NftAttributes& nested(uint16_t type, const NftAttributes& inner);

  const std::string& bytes() const { return bytes_; }
  bool too_large() const { return too_large_; }

 private:
  NftAttributes& put(uint16_t type, std::string_view value);
  std::string bytes_;
  bool too_large_ = false;
};

/// One attribute: its type without the flag bits, and its value, borrowed.
struct NftAttribute {
  uint16_t type = 0;
  std::string_view value;
};

/// Goes through attributes in their order.
class NftAttributeReader {
 public:
  explicit NftAttributeReader(std::string_view bytes) : bytes_(bytes) {}
  /// The next one; nothing at the end, or at damage.
  std::optional<NftAttribute> next();
  /// Whether next() stopped because a length did not fit.
  bool damaged() const { return damaged_; }

 private:
  std::string_view bytes_;
  bool damaged_ = false;
};

/// The value of the first attribute of a type; nothing when there is none before the end or damage.
std::optional<std::string_view> find_nft_attribute(std::string_view attributes, uint16_t type);
/// A number of exactly that size; nothing when it is missing or has another.
std::optional<uint32_t> find_nft_u32(std::string_view attributes, uint16_t type);
std::optional<uint64_t> find_nft_u64(std::string_view attributes, uint16_t type);
/// A name without its closing NUL; empty when it is missing.
std::string find_nft_text(std::string_view attributes, uint16_t type);

/// The four bytes of a number as the kernel sends it.
std::string nft_u32_bytes(uint32_t value);

/// One message that the kernel sent. `attributes` is borrowed.
struct NftMessage {
  enum class Kind : uint8_t {
    kNfTables,  ///< about nf_tables: `operation` is its NFT_MSG_ number
    kStatus,    ///< NLMSG_ERROR: `status` is an errno, 0 for an acknowledgement
    kDone,      ///< the end of a dump; `status` as above
    kOther,     ///< another subsystem's, or a no-op
  };
  Kind kind = Kind::kOther;
  uint8_t operation = 0;
  uint8_t family = 0;
  uint16_t flags = 0;     ///< NLM_F_…
  uint16_t resource = 0;  ///< the low half of the generation id
  uint32_t sequence = 0;
  uint32_t port = 0;  ///< of the socket that asked; of the one that changed, in notifications
  int status = 0;
  std::string words;  ///< the kernel's own, if it sent some with an error (NETLINK_EXT_ACK)
  std::string_view attributes;
};

/// Appends one message to `out`. `type` is the full type: for nf_tables, nft_message_type().
struct NftRequest {
  uint16_t type = 0;
  uint16_t flags = 0;
  uint32_t sequence = 0;
  uint8_t family = 0;
  uint16_t resource = 0;
};
void append_nft_message(std::string& out, const NftRequest& request, std::string_view attributes);
uint16_t nft_message_type(uint8_t operation);

/// Calls `visit` for each message of a datagram until it returns false. kDamaged for a message of
/// impossible length; those before it have been visited.
Result<void> parse_nft_datagram(std::string_view bytes,
                                const std::function<bool(const NftMessage&)>& visit);

}  // namespace genba::sys
