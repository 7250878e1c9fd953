// SPDX-License-Identifier: Apache-2.0
//
// The two hash functions of journal files: SipHash-2-4, keyed by the file's ID, and Bob Jenkins'
// lookup3 (hashlittle2), which older files use and which every entry's checksum uses. Sources:
// Aumasson and Bernstein, "SipHash: a fast short-input PRF"; burtleburtle.net/bob/c/lookup3.c
// (public domain). Covered by journal_test.cc with the vectors published there.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace genba::parse::journal {

/// Little-endian numbers at any address.
inline uint32_t load_u32(const char* at) {
  uint32_t value = 0;
  std::memcpy(&value, at, sizeof(value));
  return std::endian::native == std::endian::big ? __builtin_bswap32(value) : value;
}
inline uint64_t load_u64(const char* at) {
  uint64_t value = 0;
  std::memcpy(&value, at, sizeof(value));
  return std::endian::native == std::endian::big ? __builtin_bswap64(value) : value;
}

/// hashlittle2 with both seeds 0: the first result above the second.
uint64_t jenkins_hash(std::string_view bytes);

uint64_t siphash24(std::string_view bytes, const std::array<uint8_t, 16>& key);

}  // namespace genba::parse::journal
