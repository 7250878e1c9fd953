// SPDX-License-Identifier: Apache-2.0
#include "parse/text_scan/text_scan.h"

namespace genba::parse {

namespace {

// Small enough to be still in the first cache when the lines are looked for.
constexpr size_t kNulPiece = size_t{16} << 10;

// How many NULs `bytes` begins with, eight at a time: holes may be gigabytes.
size_t leading_nuls(std::string_view bytes) {
  size_t count = 0;
  for (uint64_t word = 0; count + sizeof word <= bytes.size(); count += sizeof word) {
    std::memcpy(&word, bytes.data() + count, sizeof word);
    if (word != 0) {
      break;
    }
  }
  while (count < bytes.size() && bytes[count] == '\0') {
    ++count;
  }
  return count;
}

}  // namespace

bool LineSplitter::NulSearch::search(size_t from, size_t stop) {
  if (clean_ < from) {
    clean_ = from;
    is_nul_ = false;
  }
  if (!is_nul_) {
    const size_t limit = std::min(buffer_.size(), std::max(stop, clean_ + kNulPiece));
    const size_t found = buffer_.substr(clean_, limit - clean_).find('\0');
    is_nul_ = found != std::string_view::npos;
    clean_ = is_nul_ ? clean_ + found : limit;
  }
  return clean_ < stop;
}

void LineSplitter::keep(std::string_view part, uint64_t offset) {
  if (length_ == 0) {
    open_offset_ = offset;
    kept_.reserve(kKeptLine);
  }
  length_ += part.size();
  kept_.append(part.substr(0, kKeptLine - kept_.size()));
}

void LineSplitter::keep_nuls() {
  static constexpr char kNuls[kNulRun] = {};
  keep({kNuls, static_cast<size_t>(nuls_)}, nuls_offset_);
}

size_t LineSplitter::take_nuls(std::string_view part, uint64_t offset) {
  const size_t count = leading_nuls(part);
  if (count != 0 && nuls_ == 0) {
    nuls_offset_ = offset;
  }
  nuls_ += count;
  return count;
}

void LineSplitter::note_hole() {
  ++nul_runs_met_;
  if (nul_runs_.size() < kMaxNulRuns) {
    nul_runs_.push_back({nuls_offset_, nuls_});
  }
}

}  // namespace genba::parse
