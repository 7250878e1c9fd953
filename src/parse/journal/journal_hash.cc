// SPDX-License-Identifier: Apache-2.0
#include "parse/journal/journal_hash.h"

namespace genba::parse::journal {
namespace {

// The last 1 to 12 bytes, filled up with zeros.
struct Tail {
  explicit Tail(std::string_view bytes) { std::memcpy(block, bytes.data(), bytes.size()); }
  char block[12] = {};
};

struct SipState {
  uint64_t v0;
  uint64_t v1;
  uint64_t v2;
  uint64_t v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void take(uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

}  // namespace

uint64_t jenkins_hash(std::string_view bytes) {
  uint32_t a = 0xdeadbeefU + static_cast<uint32_t>(bytes.size());
  uint32_t b = a;
  uint32_t c = a;
  while (bytes.size() > 12) {
    a += load_u32(bytes.data());
    b += load_u32(bytes.data() + 4);
    c += load_u32(bytes.data() + 8);
    a = (a - c) ^ std::rotl(c, 4);
    c += b;
    b = (b - a) ^ std::rotl(a, 6);
    a += c;
    c = (c - b) ^ std::rotl(b, 8);
    b += a;
    a = (a - c) ^ std::rotl(c, 16);
    c += b;
    b = (b - a) ^ std::rotl(a, 19);
    a += c;
    c = (c - b) ^ std::rotl(b, 4);
    b += a;
    bytes.remove_prefix(12);
  }
  if (!bytes.empty()) {
    const Tail tail(bytes);
    a += load_u32(tail.block);
    b += load_u32(tail.block + 4);
    c += load_u32(tail.block + 8);
    c = (c ^ b) - std::rotl(b, 14);
    a = (a ^ c) - std::rotl(c, 11);
    b = (b ^ a) - std::rotl(a, 25);
    c = (c ^ b) - std::rotl(b, 16);
    a = (a ^ c) - std::rotl(c, 4);
    b = (b ^ a) - std::rotl(a, 14);
    c = (c ^ b) - std::rotl(b, 24);
  }
  return static_cast<uint64_t>(c) << 32 | b;
}

uint64_t siphash24(std::string_view bytes, const std::array<uint8_t, 16>& key) {
  const auto* raw = reinterpret_cast<const char*>(key.data());
  const uint64_t k0 = load_u64(raw);
  const uint64_t k1 = load_u64(raw + 8);
  // "somepseudorandomlygeneratedbytes" in big-endian words, as the paper has it.
  SipState state{k0 ^ 0x736f6d6570736575U, k1 ^ 0x646f72616e646f6dU, k0 ^ 0x6c7967656e657261U,
                 k1 ^ 0x7465646279746573U};
  uint64_t last = static_cast<uint64_t>(bytes.size()) << 56;
  while (bytes.size() >= 8) {
    state.take(load_u64(bytes.data()));
    bytes.remove_prefix(8);
  }
  char rest[8] = {};
  if (!bytes.empty()) {
    std::memcpy(rest, bytes.data(), bytes.size());
  }
  last |= load_u64(rest);
  state.take(last);
  state.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) {
    state.round();
  }
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace genba::parse::journal
