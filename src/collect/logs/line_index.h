// SPDX-License-Identifier: Apache-2.0
//
// Every line of every log in a stretch of time, for the timeline: an entry of 24 bytes each; its
// text is read again when it is shown, or kept where the file cannot be read at any place
// (compressed files, journals). Lines without a time of their own belong to the line before them.
// Covered by line_index_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/certainty.h"
#include "collect/collector.h"
#include "host/host.h"

namespace genba::collect::logs {

/// What is wanted.
struct LineWindow {
  int64_t since = INT64_MIN;  ///< nanoseconds since 1970
  int64_t until = INT64_MAX;
  /// Whether a line is of interest; called from several threads.
  std::function<bool(std::string_view path, std::string_view text)> wanted;
};

/// One line.
struct IndexedLine {
  int64_t time = 0;    ///< nanoseconds since 1970
  uint64_t place = 0;  ///< offset in the file, or in the kept text
  uint32_t length = 0;
  uint16_t file = 0;
  base::Certainty certainty = base::Certainty::kExact;
  bool kept = false;
};

/// The lines found, by time, and what shows them.
struct LineIndex {
  static constexpr size_t kMostLines = 4'000'000;  // 100 MB
  static constexpr size_t kMostKeptBytes = 96UL << 20;

  std::vector<IndexedLine> lines;
  std::vector<std::string> paths;  ///< by file number
  std::vector<std::string> sources;
  std::string kept;
  bool cut = false;  ///< there are more than are kept
};

/// Shows the lines of an index; the files that it reads them from stay open, kMostOpen at once.
class LineTexts {
 public:
  /// Both must outlive this.
  LineTexts(const host::Host& host, const LineIndex& index) : host_(host), index_(index) {}

  /// The line's text, at most 64 KiB; read again from the host when it was not kept, and empty when
  /// that fails.
  std::string text(const IndexedLine& line);
  const LineIndex& index() const { return index_; }

 private:
  static constexpr size_t kMostOpen = 64;

  const host::Host& host_;
  const LineIndex& index_;
  std::map<uint16_t, std::unique_ptr<host::FileReader>> open_;
};

/// Indexes all logs of the host. Coverage of what could not be read goes to the context's facts.
LineIndex index_lines(Context& context, const LineWindow& window);

}  // namespace genba::collect::logs
