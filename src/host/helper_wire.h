// SPDX-License-Identifier: Apache-2.0
//
// How the main process and its helpers talk: frames of a 32-bit length and that many bytes, in the
// machine's own byte order, over a stream socket. The answers of a helper are as little believed as
// any input: it has read what an attacker wrote. Covered by host/helper_wire_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "host/host.h"

namespace genba::host {

/// A frame never exceeds a file read whole, with room for its head.
inline constexpr size_t kFrameLimit = (1ULL << 30) + 4096;

enum class HelperTask : uint8_t { kReadFiles = 1, kSockDiag = 2 };

struct HelperRequest {
  HelperTask task = HelperTask::kReadFiles;
  std::vector<RiskyRead> reads;
  int64_t namespace_pid = 0;
  std::vector<DiagFamily> families;
};

/// Bytes that arrive in pieces, given back as frames.
class FrameStream {
 public:
  void append(std::string_view bytes);
  /// The next complete frame; nothing when more bytes must come. kDamaged when its length is
  /// impossible.
  Result<std::optional<std::string_view>> take();

 private:
  std::string bytes_;
  size_t taken_ = 0;
};

std::string encode_request(const HelperRequest& request);
std::optional<HelperRequest> decode_request(std::string_view frame);

std::string encode_file(const Result<FileBytes>& result);
Result<FileBytes> decode_file(std::string_view frame);

std::string encode_sockets(const Result<std::vector<DiagSocket>>& result);
Result<std::vector<DiagSocket>> decode_sockets(std::string_view frame);

}  // namespace genba::host
