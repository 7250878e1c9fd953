// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/result.h"
#include "fuzz/fuzz.h"
#include "parse/compressed/compressed.h"

namespace {

using genba::parse::Compression;
using genba::parse::Decompressor;
using genba::parse::InputEnd;

void run(Compression compression, std::string_view bytes, size_t input, size_t output) {
  const auto decompressor = Decompressor::make(compression, {1 << 20, 2000, 1 << 16, 1 << 20});
  std::string buffer(output, '\0');
  size_t at = 0;
  size_t idle = 0;
  for (;;) {
    const std::string_view part = bytes.substr(at, input);
    const auto end = at + part.size() == bytes.size() ? InputEnd::kReached : InputEnd::kMoreFollows;
    const auto step = decompressor->decompress(part, buffer, end);
    GENBA_CHECK(step.consumed <= part.size() && step.produced <= buffer.size());
    at += step.consumed;
    if (step.state == Decompressor::State::kEnd || step.state == Decompressor::State::kLimit) {
      break;
    }
    const bool is_idle = step.consumed == 0 && step.produced == 0;
    GENBA_CHECK(!is_idle || step.state == Decompressor::State::kDamaged ||
                end == InputEnd::kMoreFollows);
    // Damaged heads that were taken already, 64 bytes of them, end one call each.
    idle = is_idle ? idle + 1 : 0;
    GENBA_CHECK(idle < 70);
  }
  (void)decompressor->take_notes();
}

}  // namespace

GENBA_FUZZ(compressed) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Compression compression = genba::parse::detect_compression(bytes);
  if (compression == Compression::kNone) {
    compression = static_cast<Compression>(size % 5);
  }
  run(compression, bytes, size + 1, 1 << 16);
  run(compression, bytes, 7, 61);
}
