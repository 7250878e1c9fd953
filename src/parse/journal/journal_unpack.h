// SPDX-License-Identifier: Apache-2.0
//
// Compressed fields of a journal: an xz stream, an LZ4 block behind its length in 8 bytes, or a
// zstd frame. Only as much is unpacked as was asked for, and the libraries' memory is limited (xz
// 10 MiB, zstd windows of 4 MiB), so a bomb costs no more than its head. Source: systemd's format
// document and what its files hold. Covered by journal_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace genba::parse::journal {

/// The object flags that announce a compression.
enum class Packing : uint8_t { kXz = 1, kLz4 = 2, kZstd = 4 };

/// Whether what lies behind the limit of an xz stream is counted: that has to be decoded.
enum class PackedRest : uint8_t { kCounted, kLeft };

/// What was unpacked; valid until the next call.
struct Unpacked {
  std::string_view bytes;
  uint64_t whole_size = 0;  ///< as the packed bytes tell it; else at least this, of xz as counted
};

class Unpacker {
 public:
  Unpacker();
  ~Unpacker();

  /// The first `limit` bytes of what `packed` holds; nothing when it is damaged before that.
  std::optional<Unpacked> unpack(Packing packing, std::string_view packed, size_t limit,
                                 PackedRest rest);
  /// What the last call cost, successful or not, in bytes that take as long to hash.
  uint64_t work() const { return work_; }

 private:
  struct Contexts;
  std::optional<Unpacked> unpack_xz(std::string_view packed, size_t limit, PackedRest rest);
  std::optional<Unpacked> unpack_lz4(std::string_view packed, size_t limit);
  std::optional<Unpacked> unpack_zstd(std::string_view packed, size_t limit);
  char* room(size_t size);

  std::unique_ptr<Contexts> contexts_;
  std::vector<char> output_;
  uint64_t work_ = 0;
};

}  // namespace genba::parse::journal
