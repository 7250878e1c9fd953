// SPDX-License-Identifier: Apache-2.0
#include "render/json_writer.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/text.h"
#include "base/unicode_ranges.h"
#include "fmt/format.h"

namespace genba::render {

namespace {

// What a terminal obeys or does not show; C0 and DEL are not in the Unicode tables of base.
bool must_be_escaped(uint32_t c) {
  if (c < 0x20 || c == 0x7F) {
    return true;
  }
  const auto& hidden = base::unicode::kHidden;
  return std::any_of(std::begin(hidden), std::end(hidden), [c](const base::unicode::Range& range) {
    return c >= range.first && c <= range.last;
  });
}

void append_escape(std::string& out, uint32_t c) {
  if (c >= 0x10000) {
    const uint32_t rest = c - 0x10000;
    fmt::format_to(std::back_inserter(out), "\\u{:04x}\\u{:04x}", 0xD800 + (rest >> 10),
                   0xDC00 + (rest & 0x3FF));
    return;
  }
  fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
}

bool is_plain_ascii(std::string_view text) {
  for (const char each : text) {
    const auto c = static_cast<unsigned char>(each);
    if (c < 0x20 || c >= 0x7F || c == '"' || c == '\\') {
      return false;
    }
  }
  return true;
}

void append_string(std::string& out, std::string_view bytes) {
  if (is_plain_ascii(bytes)) {
    out += bytes;
    return;
  }
  const std::string text = base::to_valid_utf8(bytes);
  size_t at = 0;
  while (at < text.size()) {
    const size_t first = at;
    const uint32_t c = base::next_code_point(text, at);
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (must_be_escaped(c)) {
          append_escape(out, c);
        } else {
          out.append(text, first, at - first);
        }
    }
  }
}

}  // namespace

void JsonWriter::separate() {
  if (needs_comma_) {
    out_ += ',';
  }
  needs_comma_ = true;
}

void JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  needs_comma_ = false;
}

void JsonWriter::close(char bracket) {
  out_ += bracket;
  needs_comma_ = true;
}

void JsonWriter::key(std::string_view name) {
  string(name);
  out_ += ':';
  needs_comma_ = false;
}

void JsonWriter::string(std::string_view bytes) {
  separate();
  out_ += '"';
  append_string(out_, bytes);
  out_ += '"';
}

void JsonWriter::integer(int64_t number) {
  separate();
  fmt::format_to(std::back_inserter(out_), "{}", number);
}

void JsonWriter::integer(uint64_t number) {
  separate();
  fmt::format_to(std::back_inserter(out_), "{}", number);
}

void JsonWriter::real(double number) {
  if (!std::isfinite(number)) {
    null();
    return;
  }
  separate();
  fmt::format_to(std::back_inserter(out_), "{}", number);
}

void JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
}

void JsonWriter::null() {
  separate();
  out_ += "null";
}

void JsonWriter::time(base::Timestamp time) {
  string(base::to_rfc3339(time));
}

void JsonWriter::cell(const model::Value& value, model::ColumnType type) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    if (type == model::ColumnType::kTimestamp) {
      time({*number});
    } else if (type == model::ColumnType::kBoolean) {
      boolean(*number != 0);
    } else {
      integer(*number);
    }
  } else if (const auto* real_number = std::get_if<double>(&value)) {
    real(*real_number);
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    string(*text);
  } else {
    null();
  }
}

void JsonWriter::cell(const model::OwnedValue& value, model::ColumnType type) {
  cell(model::borrow(value), type);
}

void JsonWriter::member(std::string_view name, std::string_view text) {
  key(name);
  string(text);
}

void JsonWriter::optional_member(std::string_view name, std::string_view text) {
  if (!text.empty()) {
    member(name, text);
  }
}

void JsonWriter::boolean_member(std::string_view name, bool value) {
  key(name);
  boolean(value);
}

}  // namespace genba::render
