// SPDX-License-Identifier: Apache-2.0
#include "parse/authorized_keys/base64.h"

namespace genba::parse {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) {
    return std::nullopt;
  }
  const size_t padding = text.back() != '=' ? 0 : (text[text.size() - 2] == '=' ? 2 : 1);
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t group = 0;
  uint32_t bits = 0;
  for (const char c : text.substr(0, text.size() - padding)) {
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) {
      return std::nullopt;
    }
    group = (group << 6 | static_cast<uint32_t>(value)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(group >> bits & 0xff);
    }
  }
  return bytes;
}

std::string encode_base64_unpadded(std::span<const uint8_t> bytes) {
  std::string text;
  uint32_t group = 0;
  uint32_t bits = 0;
  for (const uint8_t byte : bytes) {
    group = (group << 8 | byte) & 0xffffff;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += kAlphabet[group >> bits & 0x3f];
    }
  }
  if (bits > 0) {
    text += kAlphabet[group << (6 - bits) & 0x3f];
  }
  return text;
}

}  // namespace genba::parse
