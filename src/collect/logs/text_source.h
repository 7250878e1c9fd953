// SPDX-License-Identifier: Apache-2.0
//
// The lines of a log file, or of a stretch of it, decompressed as they come. A file that shrinks or
// is rotated while it is read ends where it ends; damage in a compressed file loses what is damaged
// and is noted. Covered by text_source_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "host/host.h"
#include "parse/compressed/compressed.h"
#include "parse/text_scan/text_scan.h"

namespace genba::collect::logs {

/// What to read.
struct TextSource {
  std::string_view path;
  parse::Compression compression = parse::Compression::kNone;
  uint64_t from = 0;         ///< of an uncompressed file: a line's beginning
  uint64_t to = UINT64_MAX;  ///< likewise
};

/// How it went.
struct TextRead {
  uint64_t bytes = 0;  ///< after decompression
  uint64_t lines = 0;
  uint64_t damaged_bytes = 0;
  bool truncated = false;    ///< a compressed file breaks off
  bool out_of_time = false;  ///< the deadline came first
  bool ended = true;         ///< the last line has its newline
  std::vector<parse::NulRun> nul_runs;
  std::vector<base::Note> notes;
  std::optional<base::Error> error;
};

/// Calls `found` with each line, in order; false ends it. Offsets count from the file's beginning
/// (after decompression), line numbers from the stretch's.
TextRead read_text(const host::Host& host, const TextSource& source,
                   std::chrono::steady_clock::time_point deadline,
                   const std::function<bool(const parse::LogLine&)>& found);

/// The beginning of a file.
struct FileHead {
  parse::Compression compression = parse::Compression::kNone;
  std::string bytes;              ///< decompressed
  bool truncated = false;         ///< there is more
  std::vector<base::Note> notes;  ///< of damage in it
};

/// The first bytes of a file, decompressed, at most `most`.
base::Result<FileHead> read_head(const host::Host& host, std::string_view path, size_t most);

}  // namespace genba::collect::logs
