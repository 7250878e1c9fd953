// SPDX-License-Identifier: Apache-2.0
//
// gzip by zlib, bzip2 by libbz2, zstd by libzstd, behind the interface of codec.h. Sources of
// truth: RFC 1952, bzip2's manual and its block magics, RFC 8878. Covered by compressed_test.cc.
#include <bzlib.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "parse/compressed/codec.h"

namespace genba::parse {

namespace {

// The libraries count in 32 bits.
constexpr size_t kMostAtOnce = size_t{1} << 30;

unsigned int at_once(size_t size) {
  return static_cast<unsigned int>(std::min(size, kMostAtOnce));
}

unsigned char byte_at(std::string_view bytes, size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

size_t find_byte(std::string_view bytes, char byte) {
  return std::min(bytes.find(byte), bytes.size());
}

class GzipCodec final : public Codec {
 public:
  // 15 is the largest window, 16 asks for gzip's header and checksum.
  GzipCodec() { is_ready_ = inflateInit2(&stream_, 15 + 16) == Z_OK; }
  ~GzipCodec() override { inflateEnd(&stream_); }

  std::string_view member_name() const override { return "gzip member"; }
  bool allows_padding() const override { return true; }
  size_t next_candidate(std::string_view bytes) const override { return find_byte(bytes, '\x1f'); }

  Head look(std::string_view bytes, HeadPlace place) override {
    static constexpr std::string_view kMagic = "\x1f\x8b\x08";
    const size_t known = std::min(bytes.size(), kMagic.size());
    if (bytes.substr(0, known) != kMagic.substr(0, known)) {
      return Head::kNotMember;
    }
    if (bytes.size() < 10) {
      return Head::kTooShort;
    }
    if ((byte_at(bytes, 3) & 0xE0) != 0) {  // reserved flags
      return Head::kNotMember;
    }
    if (place == HeadPlace::kExpected) {
      return Head::kMember;
    }
    const unsigned char effort = byte_at(bytes, 8);
    const unsigned char system = byte_at(bytes, 9);
    const bool makes_sense =
        (effort == 0 || effort == 2 || effort == 4) && (system <= 13 || system == 255);
    return makes_sense ? Head::kMember : Head::kNotMember;
  }

  Outcome start() override {
    return is_ready_ && inflateReset(&stream_) == Z_OK ? Outcome::kGoesOn : Outcome::kTooMuchMemory;
  }

  Progress run(std::string_view input, std::span<char> output) override {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = at_once(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(output.data());
    stream_.avail_out = at_once(output.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    Progress progress{at_once(input.size()) - stream_.avail_in,
                      at_once(output.size()) - stream_.avail_out, Outcome::kGoesOn};
    if (status == Z_STREAM_END) {
      progress.outcome = Outcome::kMemberEnds;
    } else if (status == Z_MEM_ERROR) {
      progress.outcome = Outcome::kTooMuchMemory;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      const std::string_view words = stream_.msg == nullptr ? "" : stream_.msg;
      progress.outcome = words == "incorrect data check" || words == "incorrect length check"
                             ? Outcome::kWrongChecksum
                             : Outcome::kDamaged;
    }
    return progress;
  }

 private:
  z_stream stream_{};
  bool is_ready_ = false;
};

class Bzip2Codec final : public Codec {
 public:
  ~Bzip2Codec() override { end(); }

  std::string_view member_name() const override { return "bzip2 stream"; }
  bool allows_padding() const override { return false; }
  size_t next_candidate(std::string_view bytes) const override { return find_byte(bytes, 'B'); }

  Head look(std::string_view bytes, HeadPlace) override {
    static constexpr std::string_view kBlock = "1AY&SY";
    static constexpr std::string_view kEnd = "\x17\x72\x45\x38\x50\x90";
    const size_t known = std::min<size_t>(bytes.size(), 3);
    if (bytes.substr(0, known) != std::string_view("BZh").substr(0, known) ||
        (bytes.size() > 3 && (bytes[3] < '1' || bytes[3] > '9'))) {
      return Head::kNotMember;
    }
    if (bytes.size() < 10) {
      return Head::kTooShort;
    }
    const std::string_view magic = bytes.substr(4, 6);
    return magic == kBlock || magic == kEnd ? Head::kMember : Head::kNotMember;
  }

  Outcome start() override {
    end();
    stream_ = {};
    is_open_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK;
    return is_open_ ? Outcome::kGoesOn : Outcome::kTooMuchMemory;
  }

  Progress run(std::string_view input, std::span<char> output) override {
    stream_.next_in = const_cast<char*>(input.data());
    stream_.avail_in = at_once(input.size());
    stream_.next_out = output.data();
    stream_.avail_out = at_once(output.size());
    const int status = BZ2_bzDecompress(&stream_);
    Progress progress{at_once(input.size()) - stream_.avail_in,
                      at_once(output.size()) - stream_.avail_out, Outcome::kGoesOn};
    if (status == BZ_STREAM_END) {
      progress.outcome = Outcome::kMemberEnds;
    } else if (status == BZ_MEM_ERROR) {
      progress.outcome = Outcome::kTooMuchMemory;
    } else if (status != BZ_OK) {
      progress.outcome = Outcome::kDamaged;
    }
    return progress;
  }

 private:
  void end() {
    if (is_open_) {
      BZ2_bzDecompressEnd(&stream_);
      is_open_ = false;
    }
  }

  bz_stream stream_{};
  bool is_open_ = false;
};

class ZstdCodec final : public Codec {
 public:
  explicit ZstdCodec(size_t memory) : context_(ZSTD_createDCtx()) {
    const int log = std::clamp(static_cast<int>(std::bit_width(memory)) - 1, 10, 31);
    if (context_ != nullptr) {
      ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, log);
    }
  }
  ~ZstdCodec() override { ZSTD_freeDCtx(context_); }

  std::string_view member_name() const override { return "zstd frame"; }
  bool allows_padding() const override { return false; }
  size_t next_candidate(std::string_view bytes) const override { return find_byte(bytes, '\x28'); }

  Head look(std::string_view bytes, HeadPlace place) override {
    static constexpr std::string_view kFrame = "\x28\xb5\x2f\xfd";
    static constexpr std::string_view kSkippable = "\x50\x2a\x4d\x18";
    const size_t known = std::min(bytes.size(), kFrame.size());
    const bool is_frame = bytes.substr(0, known) == kFrame.substr(0, known);
    // A forged skippable frame in damaged bytes could swallow the rest of the file.
    const bool is_skippable = place == HeadPlace::kExpected && !bytes.empty() &&
                              (byte_at(bytes, 0) & 0xF0) == 0x50 &&
                              bytes.substr(1, known - 1) == kSkippable.substr(1, known - 1);
    if (!is_frame && !is_skippable) {
      return Head::kNotMember;
    }
    if (bytes.size() < 5) {
      return Head::kTooShort;
    }
    // Bit 3 of the frame header descriptor is reserved.
    return is_skippable || (byte_at(bytes, 4) & 8) == 0 ? Head::kMember : Head::kNotMember;
  }

  Outcome start() override {
    if (context_ == nullptr) {
      return Outcome::kTooMuchMemory;
    }
    ZSTD_DCtx_reset(context_, ZSTD_reset_session_only);
    wanted_ = 5;  // magic and frame header descriptor
    return Outcome::kGoesOn;
  }

  Progress run(std::string_view input, std::span<char> output) override {
    // No more than one block at once: a call that meets damage gives nothing of what it decoded.
    ZSTD_inBuffer in{input.data(), std::min(input.size(), wanted_), 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    const size_t status = ZSTD_decompressStream(context_, &out, &in);
    Progress progress{in.pos, out.pos, Outcome::kGoesOn};
    if (status == 0) {
      progress.outcome = Outcome::kMemberEnds;
    } else if (ZSTD_isError(status) != 0) {
      progress.outcome = outcome_of(ZSTD_getErrorCode(status));
    } else {
      wanted_ = status;
    }
    return progress;
  }

 private:
  static Outcome outcome_of(ZSTD_ErrorCode code) {
    if (code == ZSTD_error_checksum_wrong) {
      return Outcome::kWrongChecksum;
    }
    if (code == ZSTD_error_frameParameter_windowTooLarge || code == ZSTD_error_memory_allocation) {
      return Outcome::kTooMuchMemory;
    }
    const bool is_strange = code == ZSTD_error_frameParameter_unsupported ||
                            code == ZSTD_error_dictionary_wrong ||
                            code == ZSTD_error_version_unsupported;
    return is_strange ? Outcome::kUnsupported : Outcome::kDamaged;
  }

  ZSTD_DCtx* context_;
  size_t wanted_ = 0;  // the next piece of input that makes sense
};

}  // namespace

std::unique_ptr<Codec> make_gzip_codec() {
  return std::make_unique<GzipCodec>();
}
std::unique_ptr<Codec> make_bzip2_codec() {
  return std::make_unique<Bzip2Codec>();
}
std::unique_ptr<Codec> make_zstd_codec(size_t memory) {
  return std::make_unique<ZstdCodec>(memory);
}

}  // namespace genba::parse
