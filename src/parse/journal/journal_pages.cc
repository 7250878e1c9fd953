// SPDX-License-Identifier: Apache-2.0
#include "parse/journal/journal_pages.h"

#include <algorithm>

namespace genba::parse::journal {

Pages::Pages(JournalSource& source) : source_(source), size_(source.size()) {}

void Pages::turn_to(uint64_t number) {
  Page* const set = &pages_[static_cast<size_t>(number % kSets) * kWays];
  Page* chosen = set;
  for (Page* page = set; page != set + kWays; ++page) {
    if (page->number == number) {
      chosen = page;
      break;
    }
    if (page->last_use < chosen->last_use) {
      chosen = page;
    }
  }
  if (chosen->number != number) {
    if (chosen->bytes == nullptr) {
      chosen->bytes = std::make_unique_for_overwrite<char[]>(kPageSize);
    }
    ++loads_;
    chosen->number = number;
    chosen->filled = 0;
    if (number <= size_ / kPageSize) {
      const uint64_t start = number * kPageSize;
      const size_t wanted = static_cast<size_t>(std::min<uint64_t>(kPageSize, size_ - start));
      chosen->filled =
          std::min(wanted, source_.read_at(start, std::span<char>(chosen->bytes.get(), wanted)));
    }
  }
  chosen->last_use = ++clock_;
  current_number_ = number;
  current_ = std::string_view(chosen->bytes.get(), chosen->filled);
}

std::string_view Pages::assemble(uint64_t offset, size_t count) {
  if (offset >= size_) {
    return {};
  }
  count = static_cast<size_t>(std::min<uint64_t>(count, size_ - offset));
  if (assembled_.size() < count) {
    assembled_.resize(count);
  }
  size_t filled = 0;
  while (filled < count) {
    const std::string_view piece = rest_of_page(offset + filled).substr(0, count - filled);
    if (piece.empty()) {
      break;
    }
    std::copy(piece.begin(), piece.end(), assembled_.begin() + static_cast<ptrdiff_t>(filled));
    filled += piece.size();
  }
  return {assembled_.data(), filled};
}

}  // namespace genba::parse::journal
