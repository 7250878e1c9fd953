// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "parse/web_request/web_request.h"

namespace genba::parse {

namespace {

constexpr size_t kNone = std::string_view::npos;

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// 0-15, or -1 when `c` is no hex digit.
constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The value of `count` hex digits at `text`; -1 when one is none.
int hex_number(const char* text, int count) {
  int value = 0;
  for (int i = 0; i < count; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) {
      return -1;
    }
    value = value * 16 + digit;
  }
  return value;
}

/// Bytes that grow in place, folded as they come: lower case, and what UTF-8 writes too long.
class Output {
 public:
  /// `size` bytes stand there already.
  Output(char* begin, size_t size, size_t limit) : begin_(begin), limit_(limit), size_(size) {}

  size_t size() const { return size_; }
  bool full() const { return size_ == limit_; }

  void put(char c) {
    if ((static_cast<uint8_t>(c) & 0xC0U) == 0x80U && fold(static_cast<uint8_t>(c))) {
      return;
    }
    begin_[size_++] = to_lower(c);
  }

 private:
  /// RFC 3629 forbids the long forms of ASCII, "C0 AF" and "E0 80 AF" for "/"; old decoders read
  /// them all the same (CVE-2000-0884).
  bool fold(uint8_t last) {
    const auto back = [&](size_t n) { return static_cast<uint8_t>(begin_[size_ - n]); };
    size_t length = 0;
    unsigned value = last & 0x3FU;
    if (size_ >= 1 && (back(1) == 0xC0 || back(1) == 0xC1)) {
      length = 1;
      value |= (back(1) & 1U) << 6U;
    } else if (size_ >= 2 && back(2) == 0xE0 && (back(1) == 0x80 || back(1) == 0x81)) {
      length = 2;
      value |= (back(1) & 1U) << 6U;
    } else {
      return false;
    }
    size_ -= length;
    begin_[size_++] = to_lower(static_cast<char>(value));
    return true;
  }

  char* begin_;
  size_t limit_;
  size_t size_;
};

/// Copies `raw`, with the log's own escapes undone: Apache's \" and \\, and \xNN of both servers.
/// Gives how much of `raw` fitted.
size_t copy_plain(std::string_view raw, Output& out) {
  size_t at = 0;
  while (at < raw.size() && !out.full()) {
    char c = raw[at];
    size_t length = 1;
    if (c == '\\' && at + 1 < raw.size()) {
      const char next = raw[at + 1];
      const int value =
          next == 'x' && raw.size() - at >= 4 ? hex_number(raw.data() + at + 2, 2) : -1;
      if (value >= 0) {
        c = static_cast<char>(value);
        length = 4;
      } else if (next == '"' || next == '\\') {
        c = next;
        length = 2;
      }
    }
    out.put(c);
    at += length;
  }
  return at;
}

/// The byte that an escape at the front of `text` stands for, and the escape's length; 0 for none.
size_t read_escape(std::string_view text, char& byte) {
  if (text.size() >= 6 && text[1] == 'u') {  // what IIS and old scripts write; lower case by now
    const int value = hex_number(text.data() + 2, 4);
    const bool full_width = value >= 0xFF01 && value <= 0xFF5E;  // Unicode's forms of "!" to "~"
    if ((value >= 0 && value <= 0xFF) || full_width) {
      byte = static_cast<char>(full_width ? value - 0xFF01 + '!' : value);
      return 6;
    }
  }
  const int value = text.size() >= 3 ? hex_number(text.data() + 1, 2) : -1;
  byte = static_cast<char>(value);
  return value >= 0 ? 3 : 0;
}

/// Undoes percent encoding once, in place. Gives the new size, which is no larger.
size_t decode_once(char* text, size_t size, bool& changed) {
  const size_t begin = std::string_view(text, size).find('%');
  if (begin == kNone) {
    return size;
  }
  Output out(text, begin, size);
  size_t at = begin;
  while (at < size) {
    char byte = text[at];
    const size_t length = byte == '%' ? read_escape({text + at, size - at}, byte) : 0;
    changed = changed || length != 0;
    out.put(length == 0 ? text[at] : byte);
    at += length == 0 ? 1 : length;
  }
  return out.size();
}

enum class Part { kPath, kQuery };

/// Decodes one part of the target to the front of `buffer`; gives its size there.
size_t decode_part(std::string_view raw, std::span<char> buffer, Part part, DecodedTarget& target) {
  Output out(buffer.data(), 0, buffer.size());
  target.was_cut = copy_plain(raw, out) != raw.size() || target.was_cut;
  size_t size = out.size();
  if (part == Part::kQuery) {
    std::replace(buffer.data(), buffer.data() + size, '+', ' ');
  }
  int rounds = 0;
  for (bool changed = true; changed && rounds < kMaxDecodingRounds;) {
    changed = false;
    size = decode_once(buffer.data(), size, changed);
    rounds += changed ? 1 : 0;
  }
  target.rounds = std::max(target.rounds, rounds);
  return size;
}

}  // namespace

DecodedTarget decode_target(std::string_view target, std::span<char> buffer) {
  DecodedTarget decoded;
  const size_t mark = target.find('?');
  size_t size = decode_part(target.substr(0, mark), buffer, Part::kPath, decoded);
  decoded.path_size = size;
  if (mark != kNone && size < buffer.size()) {
    buffer[size++] = '?';
    size += decode_part(target.substr(mark + 1), buffer.subspan(size), Part::kQuery, decoded);
  } else if (mark != kNone) {
    decoded.was_cut = true;
  }
  decoded.text = {buffer.data(), size};
  return decoded;
}

}  // namespace genba::parse
