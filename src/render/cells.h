// SPDX-License-Identifier: Apache-2.0
//
// Cells of a table that may be large, without making its rows. Covered by log_brief_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "model/facts.h"

namespace genba::render {

/// The rows of a table by number, their cells by the column's number. A table that was not read has
/// no rows. The facts must outlive it, and the texts are theirs.
template <class Row>
class Cells {
 public:
  explicit Cells(const model::Facts& facts) : store_(facts.find(model::TableOf<Row>::info())) {}
  size_t size() const { return store_ == nullptr ? 0 : store_->size(); }
  /// Empty, or nothing, when the cell is absent or of another type.
  std::string_view text(size_t row, int column) const {
    const model::Value value = store_->cell(row, static_cast<size_t>(column));
    const auto* text = std::get_if<std::string_view>(&value);
    return text == nullptr ? std::string_view{} : *text;
  }
  std::optional<int64_t> number(size_t row, int column) const {
    const model::Value value = store_->cell(row, static_cast<size_t>(column));
    const auto* number = std::get_if<int64_t>(&value);
    return number == nullptr ? std::nullopt : std::optional(*number);
  }
  static int column(std::string_view name) {
    return model::TableOf<Row>::info().column_index(name);
  }

 private:
  const model::RowStore* store_;
};

}  // namespace genba::render
