// SPDX-License-Identifier: Apache-2.0
//
// A line's number while its file is read in parts: which part, and the line within it. The parts
// of a file are read in any order, and not always all of them, so the number in the file is known
// only at the end, or not at all. Covered by logs_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace genba::collect::logs {

/// 0 stands for a line that is not known.
using LineCode = int64_t;

inline constexpr int kLineBits = 40;  ///< a part of 10^12 lines has no terabyte's room

/// `line` counts from 1; anything that does not fit is not known.
constexpr LineCode line_code(uint32_t part, uint64_t line) {
  return line == 0 || line >> kLineBits != 0
             ? 0
             : static_cast<int64_t>(uint64_t{part} << kLineBits | line);
}

/// What parts begin with, by their number: how many lines stand before them, where that is known.
class LineNumbers {
 public:
  explicit LineNumbers(size_t parts) : before_(parts) {}
  void set(uint32_t part, std::optional<int64_t> lines_before) { before_[part] = lines_before; }
  /// The number in the file; nothing when it is not known.
  std::optional<int64_t> number(LineCode code) const {
    const auto part = static_cast<size_t>(static_cast<uint64_t>(code) >> kLineBits);
    if (code <= 0 || part >= before_.size() || !before_[part]) {
      return std::nullopt;
    }
    return *before_[part] + (code & ((int64_t{1} << kLineBits) - 1));
  }
  /// Turns a row's code into its number.
  void resolve(std::optional<int64_t>& line) const { line = line ? number(*line) : line; }

 private:
  std::vector<std::optional<int64_t>> before_;
};

}  // namespace genba::collect::logs
