// SPDX-License-Identifier: Apache-2.0
#include "base/address.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "base/number.h"

namespace genba::base {
namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::array<uint8_t, 12> kNat64Prefix = {0, 0x64, 0xff, 0x9b};  // RFC 6052

bool has_prefix(const Address& address, const std::array<uint8_t, 12>& prefix) {
  return address.family == AddressFamily::kIpv6 &&
         std::equal(prefix.begin(), prefix.end(), address.bytes.begin());
}

Address embedded_ipv4(const Address& address) {
  Address inner;
  std::copy_n(address.bytes.begin() + 12, 4, inner.bytes.begin());
  return inner;
}

void append_number(std::string& out, unsigned value, int radix) {
  char digits[8];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, radix).ptr;
  out.append(digits, end);
}

void append_dotted(std::string& out, const uint8_t* four) {
  for (int i = 0; i < 4; ++i) {
    if (i != 0) {
      out.push_back('.');
    }
    append_number(out, four[i], 10);
  }
}

unsigned group_of(const Address& address, size_t index) {
  return static_cast<unsigned>(address.bytes[2 * index] << 8 | address.bytes[2 * index + 1]);
}

struct Run {
  size_t begin = 8;
  size_t length = 0;
};

// RFC 5952 4.2: the longest run of at least two zero groups, the first of equals.
Run longest_zero_run(const Address& address) {
  Run best;
  for (size_t i = 0; i < 8;) {
    size_t end = i;
    while (end < 8 && group_of(address, end) == 0) {
      ++end;
    }
    if (end - i >= 2 && end - i > best.length) {
      best = {i, end - i};
    }
    i = std::max(end, i + 1);
  }
  return best;
}

std::string ipv6_text(const Address& address) {
  std::string out;
  if (has_prefix(address, kMappedPrefix)) {
    out = "::ffff:";
    append_dotted(out, &address.bytes[12]);
    return out;
  }
  const Run run = longest_zero_run(address);
  for (size_t i = 0; i < 8; ++i) {
    if (i == run.begin) {
      out += "::";
      i += run.length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') {
      out.push_back(':');
    }
    append_number(out, group_of(address, i), 16);
  }
  return out;
}

bool parse_dotted(std::string_view text, uint8_t* four) {
  for (int i = 0; i < 4; ++i) {
    if (i != 0) {
      if (text.empty() || text.front() != '.') {
        return false;
      }
      text.remove_prefix(1);
    }
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const auto length = static_cast<size_t>(end - text.data());
    if (error != std::errc() || value > 255 || length > 3 || (length > 1 && text.front() == '0')) {
      return false;
    }
    four[i] = static_cast<uint8_t>(value);
    text.remove_prefix(length);
  }
  return text.empty();
}

// Groups of one side of "::" (or of a whole address): at most `room`, the last may be dotted.
std::optional<size_t> parse_groups(std::string_view text, uint8_t* out, size_t room) {
  size_t count = 0;
  while (!text.empty()) {
    if (count == room) {
      return std::nullopt;
    }
    const size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (part.find('.') != std::string_view::npos) {
      if (colon != std::string_view::npos || room - count < 2 ||
          !parse_dotted(part, out + 2 * count)) {
        return std::nullopt;
      }
      return count + 2;
    }
    unsigned value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value, 16);
    if (error != std::errc() || end != part.data() + part.size() || part.size() > 4) {
      return std::nullopt;
    }
    out[2 * count] = static_cast<uint8_t>(value >> 8);
    out[2 * count + 1] = static_cast<uint8_t>(value & 0xff);
    ++count;
    if (colon == std::string_view::npos) {
      return count;
    }
    text.remove_prefix(colon + 1);
    if (text.empty()) {
      return std::nullopt;
    }
  }
  return count;
}

std::optional<Address> parse_ipv6(std::string_view text) {
  Address address;
  address.family = AddressFamily::kIpv6;
  const size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    const auto count = parse_groups(text, address.bytes.data(), 8);
    return count == 8 ? std::optional(address) : std::nullopt;
  }
  const std::string_view head = text.substr(0, gap);
  if (head.find('.') != std::string_view::npos) {
    return std::nullopt;
  }
  const auto front = parse_groups(head, address.bytes.data(), 7);
  std::array<uint8_t, 16> tail{};
  const auto back =
      front ? parse_groups(text.substr(gap + 2), tail.data(), 7 - *front) : std::optional<size_t>();
  if (!back) {
    return std::nullopt;
  }
  std::copy_n(tail.begin(), 2 * *back, address.bytes.end() - static_cast<ptrdiff_t>(2 * *back));
  return address;
}

std::optional<AddressScope> ipv4_scope(const Address& address) {
  const uint8_t a = address.bytes[0];
  const uint8_t b = address.bytes[1];
  if (a == 0) {
    // 0.0.0.0/8 is "this network": only 0.0.0.0 itself is ever seen, and means no address.
    return address.is_unspecified() ? std::nullopt : std::optional(AddressScope::kPublic);
  }
  if (a == 127) {
    return AddressScope::kLoopback;
  }
  if (a == 10 || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) ||
      (a == 100 && b >= 64 && b < 128)) {
    return AddressScope::kPrivate;
  }
  if (a == 169 && b == 254) {
    return AddressScope::kLinkLocal;
  }
  if (a >= 224 && a < 240) {
    return AddressScope::kMulticast;
  }
  const bool broadcast = std::all_of(address.bytes.begin(), address.bytes.begin() + 4,
                                     [](uint8_t byte) { return byte == 255; });
  return broadcast ? AddressScope::kLinkLocal : AddressScope::kPublic;
}

}  // namespace

std::string_view to_string(AddressFamily family) {
  return family == AddressFamily::kIpv4 ? "ipv4" : "ipv6";
}

bool Address::is_unspecified() const {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) { return byte == 0; });
}

std::string_view raw_bytes(const Address& address) {
  return {reinterpret_cast<const char*>(address.bytes.data()),
          address.family == AddressFamily::kIpv6 ? size_t{16} : size_t{4}};
}

std::optional<Address> address_from_bytes(std::string_view raw) {
  if (raw.size() != 4 && raw.size() != 16) {
    return std::nullopt;
  }
  Address address;
  address.family = raw.size() == 4 ? AddressFamily::kIpv4 : AddressFamily::kIpv6;
  std::transform(raw.begin(), raw.end(), address.bytes.begin(),
                 [](char byte) { return static_cast<uint8_t>(byte); });
  return address;
}

std::string to_text(const Address& address) {
  if (address.family == AddressFamily::kIpv6) {
    return ipv6_text(address);
  }
  std::string out;
  append_dotted(out, address.bytes.data());
  return out;
}

std::optional<Address> parse_address(std::string_view text) {
  if (text.find(':') != std::string_view::npos) {
    return parse_ipv6(text);
  }
  Address address;
  return parse_dotted(text, address.bytes.data()) ? std::optional(address) : std::nullopt;
}

std::string_view to_string(AddressScope scope) {
  switch (scope) {
    case AddressScope::kLoopback: return "loopback";
    case AddressScope::kPrivate: return "private";
    case AddressScope::kLinkLocal: return "link_local";
    case AddressScope::kMulticast: return "multicast";
    case AddressScope::kPublic: break;
  }
  return "public";
}

std::optional<AddressScope> scope_of(const Address& address) {
  if (address.family == AddressFamily::kIpv4) {
    return ipv4_scope(address);
  }
  if (has_prefix(address, kMappedPrefix) || has_prefix(address, kNat64Prefix)) {
    return ipv4_scope(embedded_ipv4(address));
  }
  if (address.is_unspecified()) {
    return std::nullopt;
  }
  const uint8_t a = address.bytes[0];
  const uint8_t b = address.bytes[1];
  if (a == 0xff) {
    return AddressScope::kMulticast;
  }
  if (a == 0xfe && (b & 0xc0) == 0x80) {
    return AddressScope::kLinkLocal;
  }
  if ((a & 0xfe) == 0xfc || (a == 0xfe && (b & 0xc0) == 0xc0)) {
    return AddressScope::kPrivate;
  }
  const bool loopback =
      address.bytes[15] == 1 && std::all_of(address.bytes.begin(), address.bytes.begin() + 15,
                                            [](uint8_t byte) { return byte == 0; });
  return loopback ? AddressScope::kLoopback : AddressScope::kPublic;
}

bool Network::contains(const Address& other) const {
  if (address.family != other.family) {
    return false;
  }
  for (int bit = 0; bit < bits; bit += 8) {
    const auto byte = static_cast<size_t>(bit / 8);
    const auto mask = static_cast<uint8_t>(bits - bit >= 8 ? 0xff : 0xff << (8 - (bits - bit)));
    if (((address.bytes[byte] ^ other.bytes[byte]) & mask) != 0) {
      return false;
    }
  }
  return true;
}

std::string_view plain_address(std::string_view text) {
  constexpr std::string_view kMapped = "::ffff:";
  if (text.starts_with(kMapped) && text.find('.') != std::string_view::npos) {
    text.remove_prefix(kMapped.size());
  }
  return text;
}

std::optional<Network> parse_network(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) {
    return std::nullopt;
  }
  const int most = address->family == AddressFamily::kIpv4 ? 32 : 128;
  if (slash == std::string_view::npos) {
    return Network{*address, most};
  }
  const auto bits = parse_number<int>(text.substr(slash + 1));
  if (!bits || *bits < 0 || *bits > most) {
    return std::nullopt;
  }
  return Network{*address, *bits};
}

}  // namespace genba::base
