// SPDX-License-Identifier: Apache-2.0
#include "render/wrap.h"

#include <algorithm>

#include "base/text.h"

namespace genba::render {

namespace {

// What must not start a line, and what must not end one (JIS X 4051, without the small kana's
// optional half: they may not start a line either).
constexpr std::u32string_view kNotAtStart =
    U"、。，．・：；？！）」』】〕〉》］｝ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ…‥〜"
    U",.:;?!)]}";
constexpr std::u32string_view kNotAtEnd = U"（「『【〔〈《［｛([{";

bool contains(std::u32string_view set, uint32_t c) {
  return set.find(static_cast<char32_t>(c)) != std::u32string_view::npos;
}

// A piece of text that stays together, and whether a space stood before it.
struct Atom {
  std::string text;
  size_t width = 0;
  bool space_before = false;
};

struct Character {
  std::string_view bytes;
  uint32_t code = 0;
  size_t width = 0;
};

std::vector<Character> characters_of(std::string_view text) {
  std::vector<Character> all;
  size_t at = 0;
  while (at < text.size()) {
    const size_t first = at;
    const uint32_t code = base::next_code_point(text, at);
    const std::string_view bytes = text.substr(first, at - first);
    all.push_back({bytes, code, base::display_width(bytes)});
  }
  return all;
}

bool joins(const Character& previous, const Character& next) {
  if (next.width == 0 || contains(kNotAtStart, next.code) || contains(kNotAtEnd, previous.code)) {
    return true;
  }
  return previous.width < 2 && next.width < 2;
}

std::vector<Atom> atoms_of(std::string_view text) {
  std::vector<Atom> atoms;
  bool space = false;
  Character previous;
  for (const Character& c : characters_of(text)) {
    if (c.code == ' ' || c.code == '\n') {
      space = true;
      continue;
    }
    if (atoms.empty() || space || !joins(previous, c)) {
      atoms.push_back({std::string(c.bytes), c.width, space && !atoms.empty()});
    } else {
      atoms.back().text += c.bytes;
      atoms.back().width += c.width;
    }
    space = false;
    previous = c;
  }
  return atoms;
}

class Lines {
 public:
  explicit Lines(size_t columns) : columns_(columns) {}

  void add(const Atom& atom) {
    const size_t space = atom.space_before && width_ > 0 ? 1 : 0;
    if (width_ + space + atom.width > columns_) {
      end_line();
    } else if (space > 0) {
      line_ += ' ';
      ++width_;
    }
    if (atom.width <= columns_) {
      line_ += atom.text;
      width_ += atom.width;
      return;
    }
    for (const Character& c : characters_of(atom.text)) {
      if (width_ + c.width > columns_) {
        end_line();
      }
      line_ += c.bytes;
      width_ += c.width;
    }
  }

  std::vector<std::string> take() {
    if (!line_.empty() || lines_.empty()) {
      lines_.push_back(std::move(line_));
    }
    return std::move(lines_);
  }

 private:
  void end_line() {
    if (!line_.empty()) {
      lines_.push_back(std::move(line_));
    }
    line_.clear();
    width_ = 0;
  }

  size_t columns_;
  std::vector<std::string> lines_;
  std::string line_;
  size_t width_ = 0;
};

}  // namespace

std::vector<std::string> wrap(std::string_view text, size_t columns) {
  // Two columns hold any one character.
  Lines lines(std::max<size_t>(columns, 2));
  for (const Atom& atom : atoms_of(text)) {
    lines.add(atom);
  }
  return lines.take();
}

}  // namespace genba::render
