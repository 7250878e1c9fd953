// SPDX-License-Identifier: Apache-2.0
//
// Reading bytes that lie about their own lengths: a position in a span that never passes its end.
// A read that does not fit gives nothing and leaves the position where it was, so a parser can say
// in a Note how many bytes it could not use. Covered by cursor_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace genba::base {

/// A position in borrowed bytes.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

  size_t offset() const { return offset_; }
  size_t remaining() const { return bytes_.size() - offset_; }
  bool at_end() const { return offset_ == bytes_.size(); }
  /// What has not been read yet.
  std::string_view rest() const { return bytes_.substr(offset_); }

  /// Four bytes, the most significant first.
  std::optional<uint32_t> u32_be();

  /// The next `count` bytes.
  std::optional<std::string_view> take(size_t count);
  /// Moves over `count` bytes; false, without moving, when there are fewer.
  bool skip(size_t count);

 private:
  std::string_view bytes_;
  size_t offset_ = 0;
};

/// A line without its newline, and where in the bytes it starts.
struct Line {
  std::string_view text;
  size_t offset = 0;
  bool ended = true;  ///< false for a last line without a newline
};

/// Lines of a text, in order. A last line without a newline counts; an empty text has none.
class Lines {
 public:
  explicit Lines(std::string_view bytes) : bytes_(bytes) {}
  /// The next line, or nothing at the end.
  std::optional<Line> next();

 private:
  std::string_view bytes_;
  size_t offset_ = 0;
};

}  // namespace genba::base
