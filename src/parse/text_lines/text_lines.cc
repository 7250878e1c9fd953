// SPDX-License-Identifier: Apache-2.0
#include "parse/text_lines/text_lines.h"

#include "base/number.h"
#include "fmt/format.h"

namespace genba::parse {

namespace {

// Enough to show what is wrong with a file; more would only repeat it.
constexpr size_t kMaxNotes = 50;

}  // namespace

std::optional<TextLine> TextLines::next() {
  const auto line = lines_.next();
  if (!line) {
    return std::nullopt;
  }
  return TextLine{line->text, line->offset, ++number_};
}

void NoteList::add(const TextLine& line, std::string_view reason) {
  if (notes_.size() >= kMaxNotes) {
    ++dropped_;
    dropped_bytes_ += line.text.size();
    return;
  }
  notes_.push_back(base::Note{source_, line.offset, line.text.size(),
                              fmt::format("line {}: {}", line.number, reason)});
}

std::vector<base::Note> NoteList::take() && {
  if (dropped_ > 0) {
    notes_.push_back(
        base::Note{source_, 0, dropped_bytes_, fmt::format("{} more damaged lines", dropped_)});
  }
  return std::move(notes_);
}

std::string_view trim_front(std::string_view text) {
  size_t start = 0;
  while (start < text.size() && is_blank(text[start])) {
    ++start;
  }
  return text.substr(start);
}

std::string_view trim_back(std::string_view text) {
  size_t length = text.size();
  while (length > 0 && (is_blank(text[length - 1]) || text[length - 1] == '\r')) {
    --length;
  }
  return text.substr(0, length);
}

std::string_view take_field(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view field = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return field;
}

std::string_view take_word(std::string_view& rest) {
  rest = trim_front(rest);
  size_t length = 0;
  while (length < rest.size() && !is_blank(rest[length])) {
    ++length;
  }
  const std::string_view word = rest.substr(0, length);
  rest = rest.substr(length);
  return word;
}

std::optional<int64_t> parse_decimal(std::string_view text) {
  if (!text.empty() && text[0] == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text[0] == '-') {
      return std::nullopt;
    }
  }
  return base::parse_number<int64_t>(text);
}

bool has_control_characters(std::string_view text) {
  if (!text.empty() && text.back() == '\r') {
    text.remove_suffix(1);
  }
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) {
      return true;
    }
  }
  return false;
}

}  // namespace genba::parse
