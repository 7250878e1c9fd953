// SPDX-License-Identifier: Apache-2.0
//
// What the four formats have in common, for compressed.cc alone: a codec knows how its members
// begin and decodes one of them at a time; the Decompressor knows where members stand, what was
// lost between them, and when to stop. A member is a gzip member, an xz stream, a zstd frame, a
// bzip2 stream. Covered by compressed_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace genba::parse {

/// What some bytes are at the place where a member might begin.
enum class Head : uint8_t {
  kMember,
  kNotMember,
  kTooShort,  ///< more bytes are needed to say
  kTail,      ///< the end of a damaged stream, whose content is known already
};

/// How a head is looked at.
enum class HeadPlace : uint8_t {
  kExpected,   ///< where one must stand
  kAnywhere,   ///< in damaged bytes: more of it has to make sense
  kSwallowed,  ///< in bytes that a failed member was decoded from: nothing that is part of a member
};

enum class Outcome : uint8_t {
  kGoesOn,  ///< wants more input or more output
  kMemberEnds,
  kDamaged,
  kWrongChecksum,  ///< all of the member was given, but some of it is not what was written
  kTooMuchMemory,
  kUnsupported,  ///< an option that the library does not know
};

struct Progress {
  size_t consumed = 0;
  size_t produced = 0;
  Outcome outcome = Outcome::kGoesOn;
};

/// A decoder of one format. Heads are at most 64 bytes.
class Codec {
 public:
  virtual ~Codec() = default;

  /// "gzip member", "xz stream" …
  virtual std::string_view member_name() const = 0;
  /// Whether NUL bytes may stand behind a member.
  virtual bool allows_padding() const = 0;
  /// The first place in `bytes` where a member might begin, or their size.
  virtual size_t next_candidate(std::string_view bytes) const = 0;
  virtual Head look(std::string_view bytes, HeadPlace place) = 0;
  /// Makes ready for the member that `look` last said kMember for; its head comes to `run` again.
  virtual Outcome start() = 0;
  virtual Progress run(std::string_view input, std::span<char> output) = 0;
};

std::unique_ptr<Codec> make_gzip_codec();
std::unique_ptr<Codec> make_bzip2_codec();
std::unique_ptr<Codec> make_zstd_codec(size_t memory);
std::unique_ptr<Codec> make_xz_codec(size_t memory);

}  // namespace genba::parse
