// SPDX-License-Identifier: Apache-2.0
//
// What all of netlink shares: requests are built, datagrams are taken apart, and one exchange is
// held. Every length that the kernel sends is checked against what is there; an impossible one ends
// the reading instead of being believed. Sources: netlink(7), include/uapi/linux/netlink.h.
// Covered by sys/netlink_message_test.cc.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "sys/fd.h"

namespace genba::sys {

using base::Result;

/// The bytes of a plain value, as netlink carries it.
template <class Value>
std::string_view bytes_of(const Value& value) {
  static_assert(std::is_trivially_copyable_v<Value>);
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

/// The plain value that `bytes` begins with; nothing when there are too few.
template <class Value>
std::optional<Value> value_in(std::string_view bytes) {
  static_assert(std::is_trivially_copyable_v<Value>);
  if (bytes.size() < sizeof(Value)) {
    return std::nullopt;
  }
  Value value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

/// The text before the first NUL.
inline std::string text_in(std::string_view bytes) {
  return std::string(bytes.substr(0, bytes.find('\0')));
}

/// What follows a message's fixed header, which is padded to 4 bytes; empty when nothing does.
template <class Header>
std::string_view after(std::string_view body) {
  constexpr size_t kAligned = (sizeof(Header) + 3U) & ~size_t{3};
  return body.size() < kAligned ? std::string_view() : body.substr(kAligned);
}

/// A request in the making: NetlinkRequest(type, flags).body(header).attribute(…). NLM_F_REQUEST is
/// added by itself, and NLM_F_ACK where no dump is asked for.
class NetlinkRequest {
 public:
  NetlinkRequest(uint16_t type, uint16_t flags);

  template <class Header>
  NetlinkRequest& body(const Header& header) {
    append(bytes_of(header));
    return *this;
  }
  NetlinkRequest& attribute(uint16_t type, std::string_view value);
  template <class Value>
  NetlinkRequest& number(uint16_t type, Value value) {
    return attribute(type, bytes_of(value));
  }
  /// Attributes up to the matching end() nest in this one.
  NetlinkRequest& begin(uint16_t type);
  NetlinkRequest& end();

  /// The whole message.
  std::string bytes(uint32_t sequence) const;

 private:
  void append(std::string_view value);

  std::string bytes_;
  std::vector<size_t> open_;
};

/// One message of a datagram; `body` borrows from it.
struct NetlinkMessage {
  uint16_t type = 0;
  uint16_t flags = 0;
  uint32_t sequence = 0;
  std::string_view body;
};

/// The messages of a datagram, in order.
class NetlinkMessages {
 public:
  explicit NetlinkMessages(std::string_view datagram) : rest_(datagram) {}
  /// The next message, or nothing at the end. kDamaged for an impossible length.
  Result<std::optional<NetlinkMessage>> next();

 private:
  std::string_view rest_;
};

/// One attribute; the flag bits of the type are taken off. `value` borrows.
struct NetlinkAttribute {
  uint16_t type = 0;
  std::string_view value;
};

/// Attributes that stand one after the other; they end where a length does not fit.
class NetlinkAttributes {
 public:
  explicit NetlinkAttributes(std::string_view bytes) : rest_(bytes) {}
  std::optional<NetlinkAttribute> next();

 private:
  std::string_view rest_;
};

/// A socket of that netlink protocol in the network namespace of this thread. Reading it waits at
/// most 2 seconds. Opening one whose module is missing makes the kernel run modprobe.
Result<Fd> open_netlink(int protocol);

/// Sends the request and gives each message of the answer to `take`, to its end. The kernel's error
/// is the Result. False when the kernel says that the answer is not of one piece because things
/// changed meanwhile (NLM_F_DUMP_INTR).
Result<bool> netlink_exchange(const Fd& netlink, const NetlinkRequest& request,
                              const std::function<void(const NetlinkMessage&)>& take);

/// How often a dump is asked for again when it was not of one piece; the last answer is kept.
inline constexpr int kDumpAttempts = 4;

/// A dump: what `parse` makes of each message.
template <class Row>
Result<std::vector<Row>> netlink_dump(const Fd& netlink, const NetlinkRequest& request,
                                      std::optional<Row> (*parse)(const NetlinkMessage&)) {
  std::vector<Row> rows;
  for (int attempt = 0; attempt < kDumpAttempts; ++attempt) {
    rows.clear();
    GENBA_TRY(const bool whole,
              netlink_exchange(netlink, request, [&](const NetlinkMessage& message) {
                if (auto row = parse(message)) {
                  rows.push_back(*std::move(row));
                }
              }));
    if (whole) {
      break;
    }
  }
  return rows;
}

}  // namespace genba::sys
