// SPDX-License-Identifier: Apache-2.0
#include "render/table.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"
#include "fmt/format.h"
#include "render/json_writer.h"

namespace genba::render {

namespace {

constexpr std::string_view kGap = "  ";
// A column cut below this tells nothing: the rows are then shown as blocks.
constexpr size_t kNarrowest = 8;
// Lines of the terminal that one value of a block may take.
constexpr size_t kMostLinesOfValue = 10;

struct Cell {
  std::string text;
  bool number = false;
};

// Six digits say what a measurement says; JSON has them all.
std::string real_text(double real) {
  return std::abs(real) >= 1e6 && std::abs(real) < 1e15 ? fmt::format("{:.0f}", real)
                                                        : fmt::format("{:.6g}", real);
}

Cell to_cell(const model::OwnedValue& value, model::ColumnType type) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    if (type == model::ColumnType::kTimestamp) {
      return {base::to_rfc3339({*number}), false};
    }
    return {fmt::format("{}", *number), true};
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return {real_text(*real), true};
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return {base::escape_for_terminal(*text), false};
  }
  return {};
}

enum class Fit : uint8_t { kReadable, kTooNarrow };

// Takes columns away from the widest until the row fits, as long as it can be read.
Fit shrink(std::vector<size_t>& widths, size_t columns) {
  const size_t gaps = widths.empty() ? 0 : (widths.size() - 1) * kGap.size();
  size_t total = gaps;
  for (const size_t width : widths) {
    total += width;
  }
  while (total > columns) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kNarrowest) {
      return Fit::kTooNarrow;
    }
    // Down to the second widest at once, so that a cell of megabytes does not take as many rounds.
    size_t second = kNarrowest;
    for (auto each = widths.begin(); each != widths.end(); ++each) {
      if (each != widest) {
        second = std::max(second, std::min(*each, *widest - 1));
      }
    }
    const size_t step = std::min(total - columns, *widest - std::min(second, *widest - 1));
    *widest -= step;
    total -= step;
  }
  return Fit::kReadable;
}

std::string line_of(const std::vector<Cell>& cells, const std::vector<size_t>& widths) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string cut = base::truncate_to_width(cells[i].text, widths[i]);
    if (i > 0) {
      line += kGap;
    }
    if (cells[i].number) {
      line += std::string(widths[i] - std::min(widths[i], base::display_width(cut)), ' ') + cut;
    } else {
      line += i + 1 == cells.size() ? cut : base::pad_to_width(cut, widths[i]);
    }
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

// "column  value" on a line each, a blank line between rows; `lines` begins with the header.
std::string blocks_of(const std::vector<std::vector<Cell>>& lines, size_t columns) {
  size_t width = 0;
  for (const Cell& name : lines.front()) {
    width = std::max(width, base::display_width(name.text));
  }
  std::string out;
  for (size_t row = 1; row < lines.size(); ++row) {
    out += row > 1 ? "\n" : "";
    for (size_t i = 0; i < lines[row].size(); ++i) {
      std::string line = base::pad_to_width(lines.front()[i].text, width);
      line += kGap;
      line += base::truncate_to_width(lines[row][i].text, columns * kMostLinesOfValue);
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + '\n';
    }
  }
  return out;
}

}  // namespace

void ResultRows::add(std::span<const model::Value> cells) {
  auto& row = rows.emplace_back();
  row.reserve(cells.size());
  for (const auto& cell : cells) {
    std::visit(
        [&row](const auto& value) {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string_view>) {
            row.emplace_back(std::string(value));
          } else {
            row.emplace_back(value);
          }
        },
        cell);
  }
}

std::string render_table(const ResultRows& result, std::optional<size_t> columns) {
  if (result.columns.empty()) {
    return {};
  }
  std::vector<std::vector<Cell>> lines(1);
  for (const auto& column : result.columns) {
    lines.front().push_back({base::escape_for_terminal(column.name), false});
  }
  for (const auto& row : result.rows) {
    auto& cells = lines.emplace_back();
    for (size_t i = 0; i < result.columns.size(); ++i) {
      cells.push_back(i < row.size() ? to_cell(row[i], result.columns[i].type) : Cell{});
    }
  }
  std::vector<size_t> widths(result.columns.size(), 1);
  for (const auto& cells : lines) {
    for (size_t i = 0; i < cells.size(); ++i) {
      widths[i] = std::max(widths[i], base::display_width(cells[i].text));
    }
  }
  if (columns && shrink(widths, *columns) == Fit::kTooNarrow && lines.size() > 1) {
    return blocks_of(lines, *columns);
  }
  std::vector<Cell> rule;
  for (const size_t width : widths) {
    rule.push_back({std::string(width, '-'), false});
  }
  lines.insert(lines.begin() + 1, std::move(rule));
  std::string out;
  for (const auto& cells : lines) {
    out += line_of(cells, widths);
  }
  return out;
}

std::string render_row_json(std::span<const store::ResultColumn> columns,
                            std::span<const model::Value> cells) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  std::map<std::string_view, int> times;
  for (size_t i = 0; i < columns.size() && i < cells.size(); ++i) {
    const int time = ++times[columns[i].name];
    json.key(time == 1 ? columns[i].name : fmt::format("{}_{}", columns[i].name, time));
    json.cell(cells[i], columns[i].type);
  }
  json.end_object();
  return out + '\n';
}

}  // namespace genba::render
