// SPDX-License-Identifier: Apache-2.0
//
// What did a rotated log say before it was compressed? Streaming decompression of gzip, xz, zstd
// and bzip2 that gives all that can still be read: members, streams and frames in a row, padding,
// files cut short, and damage, after which it scans on for the next gzip member, xz stream or
// block, zstd frame or bzip2 stream. Every input byte is decoded at most twice and scanned at most
// three times, so no file makes the work quadratic, and limits stop a file that unpacks to more
// than an honest log would.
//
// Where it does not hold: damage inside a gzip member, zstd frame or bzip2 stream costs the rest of
// it, and logrotate makes only one of them per file. A deflate or zstd block needs what was decoded
// before it; bzip2's blocks need not, but stand at any bit, and are not looked for. Up to the place
// where the library sees the damage, wrong text may already have been given: a note says so when a
// checksum tells. zstd's formats before 0.8, .lzma without a container and .Z are not known.
// Sources of truth: RFC 1952, the .xz file format 1.1.0, RFC 8878, bzip2's manual.
// Covered by compressed_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

enum class Compression : uint8_t { kNone, kGzip, kXz, kZstd, kBzip2 };

/// What `head`, the first bytes of a file, is compressed with. Six bytes are enough; of fewer, and
/// of anything else, kNone.
Compression detect_compression(std::string_view head);

/// "", "gzip", "xz", "zstd" or "bzip2".
std::string_view to_string(Compression compression);

/// Where decompression stops. Honest logs shrink 10-30 times, dull ones 100-300 times.
struct DecompressionLimits {
  /// Bytes of one file; at 300 MB/s this is four minutes of work.
  uint64_t total = uint64_t{64} << 30;
  /// Bytes given for one byte taken. gzip cannot pass 1032; xz, zstd and bzip2 pass 2000 only when
  /// the same line, or a hole of NULs, goes on and on.
  uint64_t ratio = 2000;
  /// What every file may give whatever its ratio, so that a small one with a hole is not cut.
  uint64_t free = uint64_t{256} << 20;
  /// Memory of the decoder. xz -9 asks for 65 MiB, zstd --ultra -22 and --long for 128 MiB, and
  /// this is touched only when a file does so.
  size_t memory = size_t{136} << 20;
};

/// Whether the input of a call is the file's last.
enum class InputEnd : uint8_t { kMoreFollows, kReached };

class Codec;

/// Decompresses one file; the caller pushes input and takes output.
class Decompressor {
 public:
  enum class State : uint8_t {
    kMore,     ///< call again: with more input when all was consumed, with free output else
    kEnd,      ///< the file is done; a cut or damaged one has notes
    kDamaged,  ///< the output of this call ends at a gap; call again for what comes behind it
    kLimit,    ///< a limit was passed; nothing more comes, and a note says so
  };
  struct Step {
    size_t consumed = 0;
    size_t produced = 0;
    State state = State::kMore;
  };

  /// A decompressor of the format; with kNone the bytes come out as they are.
  static std::unique_ptr<Decompressor> make(Compression compression,
                                            const DecompressionLimits& limits = {});
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  /// Takes from `input`, writes into `output`, which must not be empty. What was not consumed must
  /// come again at the front of the next call's input. Say kReached with the input that holds the
  /// file's last byte (or with an empty one after it), and go on calling until kEnd or kLimit.
  /// Every call before that consumes, produces, tells damage, or asks for more input. Buffers of 64
  /// KiB and more give full speed; after damage only the input of the same call can be looked at
  /// again.
  Step decompress(std::span<const char> input, std::span<char> output,
                  InputEnd end = InputEnd::kMoreFollows);

  /// The damage met since the last call, in order: offsets and bytes are those of the compressed
  /// file. Past a cap of 64 for one file, bytes are added to the last note.
  std::vector<base::Note> take_notes();

 private:
  enum class Phase : uint8_t { kBetween, kInside, kSearching, kEnded, kLimited };
  enum class Finding : uint8_t { kMember, kNothing, kEndOfFile };
  // One call's buffers and how far it got.
  struct Work {
    std::string_view input;
    std::span<char> output;
    InputEnd end;
    size_t at = 0;
    size_t produced = 0;
    size_t member_from = 0;  // where in the input the member at hand may begin anew
  };

  Decompressor(Compression compression, const DecompressionLimits& limits);

  uint64_t offset(const Work& work) const { return consumed_ + work.at - held_size_; }
  std::string_view held() const { return {held_.data(), held_size_}; }
  void drop_held(size_t count);

  Step finish_step(Work& work, State state);
  Step copy(Work& work);
  bool is_over_limit(const Work& work);
  Finding find_member(Work& work);
  void pass_over(Work& work);
  void fill_head(Work& work);
  void begin_search(uint64_t from, std::string_view reason, uint64_t quiet);
  void end_search(uint64_t to);
  State start_member(Work& work);
  bool run_member(Work& work, State& state);
  State fail_member(Work& work, std::string_view reason);
  void look_back(Work& work);
  void note(uint64_t offset, uint64_t bytes, std::string reason);

  Compression compression_;
  DecompressionLimits limits_;
  std::unique_ptr<Codec> codec_;
  Phase phase_ = Phase::kBetween;
  std::array<char, 64> held_{};  // taken from the input, but not decided on or decoded
  size_t held_size_ = 0;
  uint64_t consumed_ = 0;  // before the call at hand
  uint64_t produced_ = 0;
  uint64_t member_start_ = 0;
  uint64_t members_ = 0;
  uint64_t search_start_ = 0;
  uint64_t search_quiet_ = 0;  // this many bytes are the member's own tail, and no loss
  std::string search_reason_;
  uint64_t look_back_budget_ = 0;  // bytes that may be decoded again
  uint64_t furthest_ = 0;          // how far any member was decoded
  std::vector<base::Note> notes_;
  size_t notes_made_ = 0;
};

}  // namespace genba::parse
