// SPDX-License-Identifier: Apache-2.0
//
// One reading of a file, all that can be said of its bytes: size, MD5, SHA-256, content kind. Read
// in pieces, so that a file of any size costs no memory, and given up at a deadline.
// Covered by file_digest_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/host.h"

namespace genba::collect {

enum class Digests { kMd5, kMd5AndSha256 };

struct FileDigest {
  uint64_t size = 0;  ///< bytes read
  std::string md5;
  std::optional<std::string> sha256;
  std::string_view content;  ///< elf, script or other
};

/// Reads to the end. kTimedOut when the deadline came first.
base::Result<FileDigest> digest_file(host::FileReader& reader, Digests digests,
                                     std::chrono::steady_clock::time_point deadline);

}  // namespace genba::collect
