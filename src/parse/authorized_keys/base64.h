// SPDX-License-Identifier: Apache-2.0
//
// Base64 as SSH writes it, strictly: the standard alphabet, full groups of four, padding only at
// the end. Source: RFC 4648 4. Covered by authorized_keys_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace genba::parse {

/// The bytes; nothing when the text is not base64.
std::optional<std::string> decode_base64(std::string_view text);

/// Base64 without padding, as fingerprints show it.
std::string encode_base64_unpadded(std::span<const uint8_t> bytes);

}  // namespace genba::parse
