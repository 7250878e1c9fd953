// SPDX-License-Identifier: Apache-2.0
//
// Lines for a terminal, collected: wrapped to its width, indented, coloured only when the style
// says so. Everything that comes from the host passes through base::escape_for_terminal here, so
// that no caller can forget it. Covered by terminal_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "render/report.h"
#include "render/started_as.h"
#include "render/words.h"

namespace genba::render {

enum class Paint : uint8_t { kPlain, kBold, kDim, kRed, kYellow, kCyan, kBadgeRed, kBadgeYellow };

/// The lines of one output, in order.
class Screen {
 public:
  /// `program` as in RunFigures.
  explicit Screen(const TerminalStyle& style, std::string_view program = "genba");

  model::Language language() const { return style_.language; }
  size_t columns() const { return columns_; }
  size_t line_count() const { return lines_.size(); }
  std::string_view say(Word which) const { return word(which, style_.language); }
  std::string say(Word which, std::initializer_list<std::string_view> values) const {
    return fill(which, style_.language, values);
  }

  /// Words of ours with their commands as this binary was started.
  std::string as_started(std::string_view words) const { return started_as(program_, words); }

  /// "label: value".
  std::string pair(Word label, std::string_view value) const {
    return say(Word::kLabelled, {say(label), value});
  }

  void blank();
  /// A heading within the first screen, and one of a section below it with a rule under it.
  void heading(std::string_view text);
  void section(std::string_view text);
  /// Wrapped text, each line indented by `indent`; at most `max_lines`, the last then ends in "…".
  void text(std::string_view raw, size_t indent, Paint paint = Paint::kPlain,
            size_t max_lines = SIZE_MAX);
  /// "label  value": the label padded to `label_width`, the value wrapped beside it.
  void labelled(std::string_view label, std::string_view raw, size_t indent, size_t label_width,
                size_t max_lines = SIZE_MAX);
  /// The same on exactly one line; `shown` is escaped already and fits, or is cut.
  void labelled_line(std::string_view label, std::string_view shown, size_t indent,
                     size_t label_width);
  /// "1. text", the text wrapped and indented behind the number.
  void numbered(size_t number, std::string_view raw, size_t indent);
  /// A command line of this binary, never wrapped, so that it can be copied.
  void command(std::string_view raw, size_t indent);
  /// One line: a painted badge, then a title in bold, wrapped beside it.
  void badge(std::string_view badge, Paint paint, std::string_view raw);

  /// How many lines `text` would take.
  size_t height(std::string_view raw, size_t indent) const;

  /// The lines of another screen of the same style, behind a blank line.
  void append(Screen&& other);

  /// All lines, each with its newline.
  std::string take();

 private:
  void add(std::string_view prefix, std::string_view shown, Paint paint);
  std::string painted(std::string_view shown, Paint paint) const;
  size_t room(size_t indent) const;

  TerminalStyle style_;
  std::string program_;
  size_t columns_;
  std::vector<std::string> lines_;
};

}  // namespace genba::render
