// SPDX-License-Identifier: Apache-2.0
#include "base/cursor.h"

namespace genba::base {

namespace {

// Put together byte by byte: no alignment is needed, and the compiler makes one load of it.
template <class Integer>
Integer from_little_endian(std::string_view bytes) {
  Integer value = 0;
  for (size_t i = bytes.size(); i > 0; --i) {
    value = static_cast<Integer>(static_cast<uint64_t>(value) << 8 |
                                 static_cast<uint8_t>(bytes[i - 1]));
  }
  return value;
}

template <class Integer>
Integer from_big_endian(std::string_view bytes) {
  Integer value = 0;
  for (const char byte : bytes) {
    value = static_cast<Integer>(static_cast<uint64_t>(value) << 8 | static_cast<uint8_t>(byte));
  }
  return value;
}

template <class Integer>
std::optional<Integer> read_le(Cursor& cursor) {
  const auto bytes = cursor.take(sizeof(Integer));
  return bytes ? std::optional(from_little_endian<Integer>(*bytes)) : std::nullopt;
}

template <class Integer>
std::optional<Integer> read_be(Cursor& cursor) {
  const auto bytes = cursor.take(sizeof(Integer));
  return bytes ? std::optional(from_big_endian<Integer>(*bytes)) : std::nullopt;
}

}  // namespace

std::optional<uint8_t> Cursor::u8() {
  return read_le<uint8_t>(*this);
}
std::optional<uint16_t> Cursor::u16_le() {
  return read_le<uint16_t>(*this);
}
std::optional<uint32_t> Cursor::u32_le() {
  return read_le<uint32_t>(*this);
}
std::optional<uint64_t> Cursor::u64_le() {
  return read_le<uint64_t>(*this);
}
std::optional<uint16_t> Cursor::u16_be() {
  return read_be<uint16_t>(*this);
}
std::optional<uint32_t> Cursor::u32_be() {
  return read_be<uint32_t>(*this);
}
std::optional<uint64_t> Cursor::u64_be() {
  return read_be<uint64_t>(*this);
}

std::optional<std::string_view> Cursor::take(size_t count) {
  if (count > remaining()) {
    return std::nullopt;
  }
  const std::string_view taken = bytes_.substr(offset_, count);
  offset_ += count;
  return taken;
}

std::optional<std::string_view> Cursor::take_until(char stop) {
  const size_t at = bytes_.find(stop, offset_);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view taken = bytes_.substr(offset_, at - offset_);
  offset_ = at + 1;
  return taken;
}

bool Cursor::skip(size_t count) {
  return take(count).has_value();
}

bool Cursor::seek(size_t offset) {
  if (offset > bytes_.size()) {
    return false;
  }
  offset_ = offset;
  return true;
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
