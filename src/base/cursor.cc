// SPDX-License-Identifier: Apache-2.0
#include "base/cursor.h"

namespace genba::base {

// Put together byte by byte: no alignment is needed, and the compiler makes one load of it.
std::optional<uint32_t> Cursor::u32_be() {
  const auto bytes = take(sizeof(uint32_t));
  if (!bytes) {
    return std::nullopt;
  }
  uint32_t value = 0;
  for (const char byte : *bytes) {
    value = value << 8 | static_cast<uint8_t>(byte);
  }
  return value;
}

std::optional<std::string_view> Cursor::take(size_t count) {
  if (count > remaining()) {
    return std::nullopt;
  }
  const std::string_view taken = bytes_.substr(offset_, count);
  offset_ += count;
  return taken;
}

bool Cursor::skip(size_t count) {
  return take(count).has_value();
}

std::optional<Line> Lines::next() {
  if (offset_ >= bytes_.size()) {
    return std::nullopt;
  }
  const size_t start = offset_;
  const size_t newline = bytes_.find('\n', start);
  if (newline == std::string_view::npos) {
    offset_ = bytes_.size();
    return Line{bytes_.substr(start), start, false};
  }
  offset_ = newline + 1;
  return Line{bytes_.substr(start, newline - start), start, true};
}

}  // namespace genba::base
