// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <algorithm>
#include <iterator>

#include "base/unicode_ranges.h"
#include "fmt/format.h"

namespace genba::base {

namespace {

constexpr uint32_t kMalformed = 0xFFFFFFFF;
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

enum class Escapes : uint8_t { kTerminal, kHtml };

uint8_t byte_at(std::string_view bytes, size_t offset) {
  return static_cast<uint8_t>(bytes[offset]);
}

bool is_continuation(std::string_view bytes, size_t offset) {
  return offset < bytes.size() && (byte_at(bytes, offset) & 0xC0) == 0x80;
}

template <size_t kCount>
bool contains(const unicode::Range (&ranges)[kCount], uint32_t code_point) {
  const auto* after = std::upper_bound(
      std::begin(ranges), std::end(ranges), code_point,
      [](uint32_t value, const unicode::Range& range) { return value < range.first; });
  return after != std::begin(ranges) && code_point <= std::prev(after)->last;
}

bool is_printable_ascii(char c) {
  return c >= 0x20 && c < 0x7F;
}

bool is_html_special(char c) {
  return c == '&' || c == '<' || c == '>' || c == '"' || c == '\'';
}

void append_byte_escape(std::string& out, uint8_t byte) {
  constexpr char kHex[] = "0123456789abcdef";
  out += "\\x";
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

std::string_view html_reference(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    default: return "&#39;";
  }
}

void append_escaped_ascii(std::string& out, char c, Escapes escapes) {
  if (c == '\n') {
    out += "\\n";
  } else if (c == '\t') {
    out += "\\t";
  } else if (!is_printable_ascii(c)) {
    append_byte_escape(out, static_cast<uint8_t>(c));
  } else if (escapes == Escapes::kHtml && is_html_special(c)) {
    out += html_reference(c);
  } else {
    out += c;
  }
}

std::string escape(std::string_view bytes, Escapes escapes) {
  const auto harmless = [escapes](char c) {
    return is_printable_ascii(c) && !(escapes == Escapes::kHtml && is_html_special(c));
  };
  size_t offset =
      static_cast<size_t>(std::find_if_not(bytes.begin(), bytes.end(), harmless) - bytes.begin());
  std::string out(bytes.substr(0, offset));
  while (offset < bytes.size()) {
    const size_t start = offset;
    const uint32_t code_point = next_code_point(bytes, offset);
    if (code_point == kMalformed) {
      append_byte_escape(out, byte_at(bytes, start));
    } else if (code_point < 0x80) {
      append_escaped_ascii(out, bytes[start], escapes);
    } else if (contains(unicode::kHidden, code_point)) {
      out += fmt::format("\\u{{{:X}}}", code_point);
    } else {
      out += bytes.substr(start, offset - start);
    }
  }
  return out;
}

size_t code_point_width(uint32_t code_point) {
  if (code_point < 0x300) {
    return 1;
  }
  if (contains(unicode::kZeroWidth, code_point)) {
    return 0;
  }
  return contains(unicode::kWide, code_point) ? 2 : 1;
}

bool is_ascii(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return (c & 0x80) == 0; });
}

}  // namespace

uint32_t next_code_point(std::string_view bytes, size_t& offset) {
  const size_t at = offset++;
  const uint8_t lead = byte_at(bytes, at);
  if (lead < 0x80) {
    return lead;
  }
  // RFC 3629 section 4: the second byte's range shuts out overlong forms, surrogates and > 10FFFF.
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || !is_continuation(bytes, at + 1)) {
    return kMalformed;
  }
  const uint8_t second = byte_at(bytes, at + 1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
      (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
    return kMalformed;
  }
  uint32_t code_point = lead & (0x7FU >> length);
  for (size_t i = 1; i < length; ++i) {
    if (!is_continuation(bytes, at + i)) {
      return kMalformed;
    }
    code_point = code_point << 6 | (byte_at(bytes, at + i) & 0x3FU);
  }
  offset = at + length;
  return code_point;
}

bool is_valid_utf8(std::string_view bytes) {
  if (is_ascii(bytes)) {
    return true;
  }
  for (size_t offset = 0; offset < bytes.size();) {
    if (next_code_point(bytes, offset) == kMalformed) {
      return false;
    }
  }
  return true;
}

std::string to_valid_utf8(std::string_view bytes) {
  std::string out;
  size_t clean = 0;
  for (size_t offset = 0; offset < bytes.size();) {
    const size_t start = offset;
    if (next_code_point(bytes, offset) == kMalformed) {
      out += bytes.substr(clean, start - clean);
      append_byte_escape(out, byte_at(bytes, start));
      clean = offset;
    }
  }
  out += bytes.substr(clean);
  return out;
}

std::string escape_for_terminal(std::string_view bytes) {
  return escape(bytes, Escapes::kTerminal);
}

std::string escape_for_html(std::string_view bytes) {
  return escape(bytes, Escapes::kHtml);
}

size_t display_width(std::string_view utf8) {
  if (is_ascii(utf8)) {
    return utf8.size();
  }
  size_t width = 0;
  for (size_t offset = 0; offset < utf8.size();) {
    width += code_point_width(next_code_point(utf8, offset));
  }
  return width;
}

std::string truncate_to_width(std::string_view utf8, size_t columns) {
  // A code point never takes more columns than bytes.
  if (utf8.size() <= columns || display_width(utf8) <= columns) {
    return std::string(utf8);
  }
  if (columns == 0) {
    return {};
  }
  size_t width = 0;
  size_t end = 0;
  for (size_t offset = 0; offset < utf8.size();) {
    width += code_point_width(next_code_point(utf8, offset));
    if (width > columns - 1) {
      break;
    }
    end = offset;
  }
  return std::string(utf8.substr(0, end)).append(kEllipsis);
}

std::string pad_to_width(std::string_view utf8, size_t columns) {
  std::string out(utf8);
  const size_t width = display_width(utf8);
  if (width < columns) {
    out.append(columns - width, ' ');
  }
  return out;
}

}  // namespace genba::base
