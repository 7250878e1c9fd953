// SPDX-License-Identifier: Apache-2.0
#include "collect/file_digest.h"

#include <array>

#include "base/digest.h"
#include "parse/content/content.h"

namespace genba::collect {

base::Result<FileDigest> digest_file(host::FileReader& reader, Digests digests,
                                     std::chrono::steady_clock::time_point deadline) {
  constexpr size_t kPiece = size_t{64} << 10;  // stays in the second-level cache for both digests
  std::array<char, kPiece> buffer;
  std::string start;
  FileDigest result;
  base::Md5 md5;
  base::Sha256 sha256;
  while (true) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return base::fail(base::ErrorCode::kTimedOut, "hashing took longer than the run allows");
    }
    GENBA_TRY(const size_t count, reader.read(buffer));
    if (count == 0) {
      break;
    }
    const std::string_view piece(buffer.data(), count);
    if (start.size() < parse::kContentBytes) {
      start.append(piece.substr(0, parse::kContentBytes - start.size()));
    }
    md5.add(piece);
    if (digests == Digests::kMd5AndSha256) {
      sha256.add(piece);
    }
    result.size += count;
  }
  result.md5 = md5.hex();
  if (digests == Digests::kMd5AndSha256) {
    result.sha256 = sha256.hex();
  }
  result.content = parse::content_kind(start);
  return result;
}

}  // namespace genba::collect
