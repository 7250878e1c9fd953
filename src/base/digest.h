// SPDX-License-Identifier: Apache-2.0
//
// SHA-256 and MD5, in pieces or at once. libcrypto's low-level functions are used on purpose: the
// EVP interface reads the host's openssl.cnf, which can load code. MD5 is only for comparing with
// what packages promise. Sources: FIPS 180-4, RFC 1321. Covered by digest_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "openssl/md5.h"
#include "openssl/sha.h"

namespace genba::base {

using Sha256Digest = std::array<uint8_t, SHA256_DIGEST_LENGTH>;
using Md5Digest = std::array<uint8_t, MD5_DIGEST_LENGTH>;

/// Lower-case hex digits, two for each byte.
std::string to_hex(std::span<const uint8_t> bytes);
std::string to_hex(std::string_view bytes);

/// SHA-256 over bytes that come in pieces. After finish() it must not be used again.
class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);
  Sha256Digest finish();
  /// finish() as 64 hex digits.
  std::string hex() { return to_hex(finish()); }

 private:
  SHA256_CTX context_;
};

/// MD5 over bytes that come in pieces. After finish() it must not be used again.
class Md5 {
 public:
  Md5();
  void add(std::string_view bytes);
  Md5Digest finish();
  /// finish() as 32 hex digits.
  std::string hex() { return to_hex(finish()); }

 private:
  MD5_CTX context_;
};

/// The digest of the whole, as hex digits.
std::string sha256_of(std::string_view bytes);
std::string md5_of(std::string_view bytes);

}  // namespace genba::base
