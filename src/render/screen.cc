// SPDX-License-Identifier: Apache-2.0
#include "render/screen.h"

#include <algorithm>

#include "base/text.h"
#include "fmt/format.h"
#include "render/wrap.h"

namespace genba::render {

namespace {

// Narrower than this nothing can be laid out; wider lines are hard to read.
constexpr size_t kMinColumns = 40;
constexpr size_t kMaxColumns = 120;

// Select Graphic Rendition (ECMA-48, 8.3.117).
std::string_view sequence(Paint paint) {
  switch (paint) {
    case Paint::kPlain: return "";
    case Paint::kBold: return "\x1b[1m";
    case Paint::kDim: return "\x1b[2m";
    case Paint::kRed: return "\x1b[1;31m";
    case Paint::kYellow: return "\x1b[1;33m";
    case Paint::kCyan: return "\x1b[36m";
    case Paint::kBadgeRed: return "\x1b[1;37;41m";
    case Paint::kBadgeYellow: return "\x1b[1;30;43m";
  }
  return "";
}

}  // namespace

Screen::Screen(const TerminalStyle& style, std::string_view program)
    : style_(style),
      program_(program),
      columns_(std::clamp(style.columns, kMinColumns, kMaxColumns)) {}

size_t Screen::room(size_t indent) const {
  return columns_ > indent + 2 ? columns_ - indent : 2;
}

std::string Screen::painted(std::string_view shown, Paint paint) const {
  if (style_.colour == Colour::kPlain || paint == Paint::kPlain || shown.empty()) {
    return std::string(shown);
  }
  return fmt::format("{}{}\x1b[0m", sequence(paint), shown);
}

void Screen::add(std::string_view prefix, std::string_view shown, Paint paint) {
  lines_.push_back(std::string(prefix) + painted(shown, paint));
}

void Screen::blank() {
  if (!lines_.empty() && !lines_.back().empty()) {
    lines_.emplace_back();
  }
}

void Screen::heading(std::string_view text) {
  blank();
  for (const auto& line : wrap(text, columns_)) {
    add("", line, Paint::kBold);
  }
}

void Screen::section(std::string_view text) {
  blank();
  heading(text);
  add("", std::string(std::min(columns_, base::display_width(text)), '='), Paint::kDim);
}

void Screen::text(std::string_view raw, size_t indent, Paint paint, size_t max_lines) {
  auto lines = wrap(base::escape_for_terminal(raw), room(indent));
  if (max_lines > 0 && lines.size() > max_lines) {
    // What follows does not fit behind it, so the cut ends in "…".
    lines[max_lines - 1] =
        base::truncate_to_width(lines[max_lines - 1] + " " + lines[max_lines], room(indent));
    lines.resize(max_lines);
  }
  const std::string prefix(indent, ' ');
  for (const auto& line : lines) {
    add(prefix, line, paint);
  }
}

size_t Screen::height(std::string_view raw, size_t indent) const {
  return wrap(base::escape_for_terminal(raw), room(indent)).size();
}

void Screen::labelled(std::string_view label, std::string_view raw, size_t indent,
                      size_t label_width, size_t max_lines) {
  const std::string shown_label = base::escape_for_terminal(label);
  const std::string margin(indent, ' ');
  const size_t hang = indent + label_width + 2;
  // A label too long for its column, or a screen too narrow for two, gets a line of its own.
  if (base::display_width(shown_label) > label_width || room(hang) < columns_ / 2) {
    add(margin, base::truncate_to_width(shown_label, room(indent)), Paint::kDim);
    text(raw, indent + 2, Paint::kPlain, max_lines);
    return;
  }
  const size_t first = lines_.size();
  text(raw, hang, Paint::kPlain, max_lines);
  const std::string padded = base::pad_to_width(shown_label, label_width);
  lines_[first] = margin + painted(padded, Paint::kDim) + "  " + lines_[first].substr(hang);
}

void Screen::labelled_line(std::string_view label, std::string_view shown, size_t indent,
                           size_t label_width) {
  const std::string padded = base::pad_to_width(label, label_width);
  lines_.push_back(std::string(indent, ' ') + painted(padded, Paint::kDim) + "  " +
                   base::truncate_to_width(shown, room(indent + label_width + 2)));
}

void Screen::numbered(size_t number, std::string_view raw, size_t indent) {
  const std::string mark = fmt::format("{}. ", number);
  const size_t first = lines_.size();
  const size_t hang = indent + mark.size();
  text(raw, hang);
  lines_[first] = std::string(indent, ' ') + mark + lines_[first].substr(hang);
}

void Screen::command(std::string_view raw, size_t indent) {
  add(std::string(indent, ' ') + "$ ", base::escape_for_terminal(as_started(raw)), Paint::kCyan);
}

void Screen::badge(std::string_view badge, Paint paint, std::string_view raw) {
  const size_t hang = base::display_width(badge) + 3;
  const size_t first = lines_.size();
  text(raw, hang, Paint::kBold);
  lines_[first] = painted(fmt::format("[{}]", badge), paint) + " " + lines_[first].substr(hang);
}

void Screen::append(Screen&& other) {
  blank();
  for (auto& line : other.lines_) {
    lines_.push_back(std::move(line));
  }
  other.lines_.clear();
}

std::string Screen::take() {
  std::string out;
  for (const auto& line : lines_) {
    out += line;
    out += '\n';
  }
  lines_.clear();
  return out;
}

}  // namespace genba::render
