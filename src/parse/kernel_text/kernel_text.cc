// SPDX-License-Identifier: Apache-2.0
#include "parse/kernel_text/kernel_text.h"

#include <algorithm>
#include <bit>

#include "base/number.h"
#include "base/split.h"
#include "parse/fields.h"

namespace genba::parse {
namespace {

// "C0A80000" as the route table prints it: a number whose bytes lie reversed in memory.
std::optional<base::Address> parse_word(std::string_view hex) {
  const auto word =
      hex.size() == 8 ? base::parse_number<uint32_t>(hex, base::Radix::kHex) : std::nullopt;
  if (!word) {
    return std::nullopt;
  }
  base::Address address;
  for (size_t i = 0; i < 4; ++i) {
    address.bytes[i] = static_cast<uint8_t>(*word >> (8 * i) & 0xff);
  }
  return address;
}

std::optional<base::Address> parse_hex_ipv6(std::string_view hex) {
  base::Address address;
  address.family = base::AddressFamily::kIpv6;
  if (hex.size() != 32) {
    return std::nullopt;
  }
  for (size_t i = 0; i < 16; ++i) {
    const auto byte = base::parse_number<uint8_t>(hex.substr(2 * i, 2), base::Radix::kHex);
    if (!byte) {
      return std::nullopt;
    }
    address.bytes[i] = *byte;
  }
  return address;
}

}  // namespace

std::optional<base::Timestamp> parse_boot_time(std::string_view stat) {
  while (!stat.empty()) {
    std::string_view line = next_line(stat);
    if (next_field(line) == "btime") {
      const auto seconds = base::parse_number<int64_t>(next_field(line));
      return seconds ? std::optional(base::timestamp_from_unix(*seconds)) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<int64_t> parse_mount_id(std::string_view fdinfo) {
  while (!fdinfo.empty()) {
    std::string_view line = next_line(fdinfo);
    if (next_field(line) == "mnt_id:") {
      return base::parse_number<int64_t>(next_field(line));
    }
  }
  return std::nullopt;
}

std::optional<int64_t> parse_kernel_number(std::string_view text) {
  text = base::trim(text);
  if (text.starts_with("0x")) {
    return base::parse_number<int64_t>(text.substr(2), base::Radix::kHex);
  }
  return base::parse_number<int64_t>(text);
}

std::optional<std::string> parse_bracketed_choice(std::string_view text) {
  const size_t open = text.find('[');
  const size_t close = text.find(']', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos) {
    return std::nullopt;
  }
  return std::string(text.substr(open + 1, close - open - 1));
}

std::vector<InterfaceAddress> parse_if_inet6(std::string_view bytes) {
  std::vector<InterfaceAddress> addresses;
  while (!bytes.empty()) {
    std::string_view line = next_line(bytes);
    const auto address = parse_hex_ipv6(next_field(line));
    next_field(line);  // interface index
    const auto prefix = base::parse_number<int>(next_field(line), base::Radix::kHex);
    next_field(line);  // scope
    next_field(line);  // flags
    const std::string_view name = base::trim(line);
    if (address && prefix && *prefix >= 0 && *prefix <= 128 && !name.empty()) {
      addresses.push_back({std::string(name), *address, *prefix});
    }
  }
  return addresses;
}

std::vector<base::Address> parse_fib_trie_local(std::string_view bytes) {
  std::vector<base::Address> addresses;
  std::optional<base::Address> leaf;
  while (!bytes.empty()) {
    const std::string_view line = base::trim(next_line(bytes));
    if (line.starts_with("|-- ")) {
      leaf = base::parse_address(line.substr(4));
    } else if (leaf && line.starts_with("/32 host LOCAL")) {
      addresses.push_back(*leaf);
    }
  }
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

std::vector<Route4> parse_route(std::string_view bytes) {
  constexpr uint32_t kGatewayFlag = 0x0002;  // RTF_GATEWAY, include/uapi/linux/route.h
  std::vector<Route4> routes;
  while (!bytes.empty()) {
    std::string_view line = next_line(bytes);
    const std::string_view name = next_field(line);
    const auto destination = parse_word(next_field(line));
    next_field(line);  // gateway
    const auto flags = base::parse_number<uint32_t>(next_field(line), base::Radix::kHex);
    next_field(line);  // references
    next_field(line);  // use
    next_field(line);  // metric
    const auto mask = base::parse_number<uint32_t>(next_field(line), base::Radix::kHex);
    if (destination && flags && mask) {
      routes.push_back(
          {std::string(name), *destination, std::popcount(*mask), (*flags & kGatewayFlag) != 0});
    }
  }
  return routes;
}

}  // namespace genba::parse
