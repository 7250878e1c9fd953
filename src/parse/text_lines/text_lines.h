// SPDX-License-Identifier: Apache-2.0
//
// Walks the lines of a configuration file and keeps where each stands, so that a fact or a note can
// lead back to its bytes. A line ends at a newline only: a carriage return belongs to the line,
// because most programs of a host see it so, and hiding behind one is a known trick.
// Covered by text_lines_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cursor.h"
#include "base/result.h"

namespace genba::parse {

/// How many entries one configuration file may give; the rest becomes a note. Far above any honest
/// file, and low enough that a forged one cannot fill the memory.
inline constexpr size_t kMaxEntries = 200'000;

/// One line without its newline.
struct TextLine {
  std::string_view text;
  uint64_t offset = 0;  ///< of its first byte
  int64_t number = 0;   ///< the first line is 1
};

/// Gives the lines of `bytes`, which must outlive it. A last line without newline counts.
class TextLines {
 public:
  explicit TextLines(std::string_view bytes) : lines_(bytes) {}
  std::optional<TextLine> next();

 private:
  base::Lines lines_;
  int64_t number_ = 0;
};

/// Collects the damage of one file. Past a cap it only counts, and says so in a last note.
class NoteList {
 public:
  explicit NoteList(std::string_view source) : source_(source) {}
  void add(const TextLine& line, std::string_view reason);
  /// The notes, in order.
  std::vector<base::Note> take() &&;

 private:
  std::string source_;
  std::vector<base::Note> notes_;
  uint64_t dropped_ = 0;
  uint64_t dropped_bytes_ = 0;
};

/// True for the blanks that configuration files put between words: space and tab.
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/// `text` without spaces and tabs in front.
std::string_view trim_front(std::string_view text);
/// `text` without spaces, tabs and carriage returns behind.
std::string_view trim_back(std::string_view text);

/// Takes the field up to `separator` off the front of `rest`, and the separator with it. Without a
/// separator, takes all.
std::string_view take_field(std::string_view& rest, char separator);
/// Takes the next word, between spaces and tabs, off the front of `rest`. Empty at the end.
std::string_view take_word(std::string_view& rest);

/// The whole text as a decimal number, with an optional sign. Nothing on anything else, or when it
/// does not fit.
std::optional<int64_t> parse_decimal(std::string_view text);

/// Whether the text holds a character that can hide it on a terminal: C0 (tab excepted) or DEL. A
/// carriage return at the very end hides nothing and does not count.
bool has_control_characters(std::string_view text);

}  // namespace genba::parse
