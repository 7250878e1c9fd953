// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

namespace genba::base {

std::string to_hex(std::span<const uint8_t> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const uint8_t byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string to_hex(std::string_view bytes) {
  return to_hex(std::span(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()));
}

Sha256::Sha256() {
  SHA256_Init(&context_);
}

void Sha256::add(std::string_view bytes) {
  SHA256_Update(&context_, bytes.data(), bytes.size());
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest;
  SHA256_Final(digest.data(), &context_);
  return digest;
}

Md5::Md5() {
  MD5_Init(&context_);
}

void Md5::add(std::string_view bytes) {
  MD5_Update(&context_, bytes.data(), bytes.size());
}

Md5Digest Md5::finish() {
  Md5Digest digest;
  MD5_Final(digest.data(), &context_);
  return digest;
}

std::string sha256_of(std::string_view bytes) {
  Sha256 digest;
  digest.add(bytes);
  return digest.hex();
}

std::string md5_of(std::string_view bytes) {
  Md5 digest;
  digest.add(bytes);
  return digest.hex();
}

}  // namespace genba::base
