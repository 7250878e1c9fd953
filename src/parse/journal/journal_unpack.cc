// SPDX-License-Identifier: Apache-2.0
#include "parse/journal/journal_unpack.h"

#include <lz4.h>
#include <lzma.h>
#include <zstd.h>

#include <algorithm>
#include <array>

#include "parse/journal/journal_hash.h"

namespace genba::parse::journal {
namespace {

constexpr uint64_t kXzMemory = uint64_t{10} << 20;  // preset 6, which old journald used, takes 9
constexpr int kZstdWindowLog = 22;
constexpr uint64_t kMostCounted = uint64_t{64} << 20;
// To make a decoder ready, and how much slower than a hash xz is at least.
constexpr uint64_t kXzStart = 4096;
constexpr uint64_t kXzCost = 4;

}  // namespace

struct Unpacker::Contexts {
  lzma_stream xz = LZMA_STREAM_INIT;
  ZSTD_DCtx* zstd = nullptr;
};

Unpacker::Unpacker() : contexts_(std::make_unique<Contexts>()) {}

Unpacker::~Unpacker() {
  lzma_end(&contexts_->xz);
  ZSTD_freeDCtx(contexts_->zstd);
}

std::optional<Unpacked> Unpacker::unpack(Packing packing, std::string_view packed, size_t limit,
                                         PackedRest rest) {
  work_ = 0;
  switch (packing) {
    case Packing::kXz: {
      const auto unpacked = unpack_xz(packed, limit, rest);
      work_ = kXzStart + kXzCost * contexts_->xz.total_out;
      return unpacked;
    }
    case Packing::kLz4: return unpack_lz4(packed, limit);
    case Packing::kZstd: return unpack_zstd(packed, limit);
  }
  return std::nullopt;
}

char* Unpacker::room(size_t size) {
  if (output_.size() < size) {
    output_.resize(size);
  }
  return output_.data();
}

std::optional<Unpacked> Unpacker::unpack_xz(std::string_view packed, size_t limit,
                                            PackedRest rest) {
  lzma_stream& stream = contexts_->xz;
  if (lzma_stream_decoder(&stream, kXzMemory, 0) != LZMA_OK) {
    return std::nullopt;
  }
  // Grown as the output comes: most fields are small, and the stream does not say.
  constexpr size_t kFirst = size_t{16} << 10;
  stream.next_in = reinterpret_cast<const uint8_t*>(packed.data());
  stream.avail_in = packed.size();
  size_t filled = 0;
  lzma_ret status = LZMA_OK;
  while (status == LZMA_OK && filled < limit) {
    const size_t size = std::min(limit, std::max(kFirst, filled * 2));
    stream.next_out = reinterpret_cast<uint8_t*>(room(size)) + filled;
    stream.avail_out = size - filled;
    status = lzma_code(&stream, LZMA_RUN);
    filled = size - stream.avail_out;
  }
  uint64_t whole = filled;
  std::array<uint8_t, 16384> discarded;
  while (status == LZMA_OK && rest == PackedRest::kCounted && whole < kMostCounted) {
    stream.next_out = discarded.data();
    stream.avail_out = discarded.size();
    status = lzma_code(&stream, LZMA_RUN);
    whole += discarded.size() - stream.avail_out;
  }
  if (filled < limit && status != LZMA_STREAM_END) {
    return std::nullopt;
  }
  if (status != LZMA_STREAM_END && whole == filled) {
    ++whole;  // of the rest only that there is some is known
  }
  return Unpacked{{output_.data(), filled}, whole};
}

std::optional<Unpacked> Unpacker::unpack_lz4(std::string_view packed, size_t limit) {
  if (packed.size() <= sizeof(uint64_t)) {
    return std::nullopt;
  }
  const uint64_t whole = load_u64(packed.data());
  packed.remove_prefix(sizeof(uint64_t));
  const auto wanted = static_cast<int>(std::min<uint64_t>(whole, limit));
  work_ = static_cast<uint64_t>(wanted);
  char* const output = room(std::max<size_t>(1, static_cast<size_t>(wanted)));
  const auto size = static_cast<int>(packed.size());
  const int got = whole <= limit
                      ? LZ4_decompress_safe(packed.data(), output, size, wanted)
                      : LZ4_decompress_safe_partial(packed.data(), output, size, wanted, wanted);
  if (got != wanted) {
    return std::nullopt;
  }
  return Unpacked{{output, static_cast<size_t>(got)}, whole};
}

std::optional<Unpacked> Unpacker::unpack_zstd(std::string_view packed, size_t limit) {
  if (contexts_->zstd == nullptr) {
    contexts_->zstd = ZSTD_createDCtx();
    if (contexts_->zstd == nullptr) {
      return std::nullopt;
    }
    ZSTD_DCtx_setParameter(contexts_->zstd, ZSTD_d_windowLogMax, kZstdWindowLog);
  }
  const unsigned long long whole = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (whole == ZSTD_CONTENTSIZE_ERROR) {
    return std::nullopt;
  }
  // Damage may be met only at the end.
  work_ = std::min<uint64_t>(whole, limit);
  if (whole <= limit) {
    char* const output = room(std::max<size_t>(1, static_cast<size_t>(whole)));
    const size_t got = ZSTD_decompressDCtx(contexts_->zstd, output, static_cast<size_t>(whole),
                                           packed.data(), packed.size());
    if (ZSTD_isError(got) != 0 || got != whole) {
      return std::nullopt;
    }
    return Unpacked{{output, got}, whole};
  }
  ZSTD_DCtx_reset(contexts_->zstd, ZSTD_reset_session_only);
  ZSTD_outBuffer output{room(limit), limit, 0};
  ZSTD_inBuffer input{packed.data(), packed.size(), 0};
  size_t status = 1;
  while (status != 0 && output.pos < output.size) {
    const size_t before = output.pos + input.pos;
    status = ZSTD_decompressStream(contexts_->zstd, &output, &input);
    if (ZSTD_isError(status) != 0 || output.pos + input.pos == before) {
      break;
    }
  }
  const bool known = whole != ZSTD_CONTENTSIZE_UNKNOWN;
  if (output.pos < limit && (known || status != 0)) {
    return std::nullopt;
  }
  const uint64_t least = output.pos + (status != 0 ? 1 : 0);
  return Unpacked{{output_.data(), output.pos}, known ? whole : least};
}

}  // namespace genba::parse::journal
