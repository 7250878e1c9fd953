// SPDX-License-Identifier: Apache-2.0
//
// xz by liblzma, behind the interface of codec.h. A whole stream goes through the library's stream
// decoder. After damage single blocks are read too, each found by its header, which has a CRC32 of
// its own: `xz -T` and xz 5.6 make many blocks per stream. What follows the last block of such a
// stream (index and footer) holds no text and is passed over. Source of truth: the .xz file format
// 1.1.0, sections 2 and 3. Covered by compressed_test.cc.
#include <lzma.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "parse/compressed/codec.h"

namespace genba::parse {

namespace {

constexpr std::string_view kStreamMagic(
    "\xfd"
    "7zXZ\0",
    6);
// One filter and both sizes make 28 bytes; longer headers are legal and not looked for.
constexpr size_t kLongestBlockHeader = 64;

const uint8_t* as_bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

// What can be told from the first two bytes: the size, and that no reserved flag is set.
bool may_be_block(std::string_view bytes) {
  const auto size = static_cast<uint8_t>(bytes[0]);
  return size != 0 && lzma_block_header_size_decode(size) <= kLongestBlockHeader &&
         (bytes.size() < 2 || (static_cast<uint8_t>(bytes[1]) & 0x3C) == 0);
}

Head look_for_block(std::string_view bytes) {
  if (!may_be_block(bytes)) {
    return Head::kNotMember;
  }
  const size_t size = lzma_block_header_size_decode(static_cast<uint8_t>(bytes[0]));
  if (bytes.size() < size) {
    return Head::kTooShort;
  }
  const uint8_t* const crc = as_bytes(bytes) + size - 4;
  const uint32_t stored =
      uint32_t{crc[0]} | uint32_t{crc[1]} << 8 | uint32_t{crc[2]} << 16 | uint32_t{crc[3]} << 24;
  return lzma_crc32(as_bytes(bytes), size - 4, 0) == stored ? Head::kMember : Head::kNotMember;
}

class XzCodec final : public Codec {
 public:
  explicit XzCodec(size_t memory) : memory_(memory) {}
  ~XzCodec() override { lzma_end(&stream_); }

  std::string_view member_name() const override { return "xz stream"; }
  // Behind a single block a NUL begins the index.
  bool allows_padding() const override { return !is_block_; }

  size_t next_candidate(std::string_view bytes) const override {
    size_t at = 0;
    while (at < bytes.size() && bytes[at] != kStreamMagic[0] && !may_be_block(bytes.substr(at))) {
      ++at;
    }
    return at;
  }

  Head look(std::string_view bytes, HeadPlace place) override {
    const size_t known = std::min(bytes.size(), kStreamMagic.size());
    if (bytes.substr(0, known) == kStreamMagic.substr(0, known)) {
      return look_for_stream(bytes);
    }
    if (place == HeadPlace::kSwallowed || (place == HeadPlace::kExpected && !is_block_)) {
      return Head::kNotMember;
    }
    if (place == HeadPlace::kExpected && bytes[0] == '\0') {
      return Head::kTail;
    }
    const Head head = look_for_block(bytes);
    found_block_ = head == Head::kMember;
    if (found_block_) {
      std::copy_n(as_bytes(bytes), lzma_block_header_size_decode(*as_bytes(bytes)),
                  header_.begin());
    }
    return head;
  }

  Outcome start() override {
    is_block_ = found_block_;
    skip_ = 0;
    return outcome_of(is_block_ ? start_block() : lzma_stream_decoder(&stream_, memory_, 0));
  }

  Progress run(std::string_view input, std::span<char> output) override {
    if (skip_ != 0) {
      const size_t count = std::min(skip_, input.size());
      skip_ -= count;
      return {count, 0, Outcome::kGoesOn};
    }
    stream_.next_in = as_bytes(input);
    stream_.avail_in = input.size();
    stream_.next_out = reinterpret_cast<uint8_t*>(output.data());
    stream_.avail_out = output.size();
    const lzma_ret status = lzma_code(&stream_, LZMA_RUN);
    return {input.size() - stream_.avail_in, output.size() - stream_.avail_out, outcome_of(status)};
  }

 private:
  Head look_for_stream(std::string_view bytes) {
    if (bytes.size() < LZMA_STREAM_HEADER_SIZE) {
      return Head::kTooShort;
    }
    lzma_stream_flags flags{};
    const lzma_ret status = lzma_stream_header_decode(&flags, as_bytes(bytes));
    if (status != LZMA_OK && status != LZMA_OPTIONS_ERROR) {
      return Head::kNotMember;
    }
    if (status == LZMA_OK) {
      check_ = flags.check;
    }
    found_block_ = false;
    return Head::kMember;
  }

  lzma_ret start_block() {
    std::array<lzma_filter, LZMA_FILTERS_MAX + 1> filters{};
    filters[0].id = LZMA_VLI_UNKNOWN;
    block_ = {};
    block_.version = 1;
    block_.check = check_;
    block_.filters = filters.data();
    block_.header_size = lzma_block_header_size_decode(header_[0]);
    lzma_ret status = lzma_block_header_decode(&block_, nullptr, header_.data());
    if (status != LZMA_OK) {
      return status;
    }
    status = lzma_raw_decoder_memusage(filters.data()) > memory_
                 ? LZMA_MEMLIMIT_ERROR
                 : lzma_block_decoder(&stream_, &block_);
    lzma_filters_free(filters.data(), nullptr);
    block_.filters = nullptr;
    skip_ = block_.header_size;
    return status;
  }

  static Outcome outcome_of(lzma_ret status) {
    if (status == LZMA_STREAM_END) {
      return Outcome::kMemberEnds;
    }
    if (status == LZMA_MEM_ERROR || status == LZMA_MEMLIMIT_ERROR) {
      return Outcome::kTooMuchMemory;
    }
    if (status == LZMA_OPTIONS_ERROR) {
      return Outcome::kUnsupported;
    }
    return status == LZMA_OK || status == LZMA_BUF_ERROR ? Outcome::kGoesOn : Outcome::kDamaged;
  }

  size_t memory_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  lzma_check check_ = LZMA_CHECK_CRC64;  // xz's own default, for a file whose first header is lost
  std::array<uint8_t, kLongestBlockHeader> header_{};  // of the block that was found
  lzma_block block_{};
  size_t skip_ = 0;  // what is left of the block's header
  bool found_block_ = false;
  bool is_block_ = false;
};

}  // namespace

std::unique_ptr<Codec> make_xz_codec(size_t memory) {
  return std::make_unique<XzCodec>(memory);
}

}  // namespace genba::parse
