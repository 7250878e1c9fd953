// SPDX-License-Identifier: Apache-2.0
//
// A journal's bytes at any offset, without holding the file: 64 pages of 128 KiB, in sets of four
// of which the longest unused one makes room. The walk needs one page at a time, the fields that
// entries share a few older ones. Covered by journal_test.cc (objects across pages).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "parse/journal/journal.h"

namespace genba::parse::journal {

inline constexpr uint64_t kNoOffset = UINT64_MAX;

class Pages {
 public:
  explicit Pages(JournalSource& source);

  /// The size when it was opened.
  uint64_t size() const { return size_; }
  /// Pages read so far: bytes that lead to and fro read one for each step.
  uint64_t loads() const { return loads_; }
  /// `count` bytes at `offset`, fewer at the end of the file. Valid until the next call.
  std::string_view view(uint64_t offset, size_t count) {
    const std::string_view rest = rest_of_page(offset);
    return rest.size() >= count ? rest.substr(0, count) : assemble(offset, count);
  }
  /// What the page that holds `offset` has from there on. Valid until the next call.
  std::string_view rest_of_page(uint64_t offset) {
    const uint64_t number = offset / kPageSize;
    if (number != current_number_) {
      turn_to(number);
    }
    const size_t start = static_cast<size_t>(offset % kPageSize);
    return start < current_.size() ? current_.substr(start) : std::string_view();
  }

 private:
  static constexpr size_t kPageSize = size_t{128} << 10;
  static constexpr size_t kSets = 16;
  static constexpr size_t kWays = 4;

  struct Page {
    uint64_t number = kNoOffset;
    uint64_t last_use = 0;
    size_t filled = 0;
    std::unique_ptr<char[]> bytes;
  };

  void turn_to(uint64_t number);
  std::string_view assemble(uint64_t offset, size_t count);

  JournalSource& source_;
  uint64_t size_;
  uint64_t clock_ = 0;
  uint64_t loads_ = 0;
  uint64_t current_number_ = kNoOffset;
  std::string_view current_;
  std::array<Page, kSets * kWays> pages_;
  std::vector<char> assembled_;
};

}  // namespace genba::parse::journal
