// SPDX-License-Identifier: Apache-2.0
//
// Rows of a large table as packed columns: text lies once in a shared arena (equal strings that
// follow each other, or were seen before in an interned column, share their bytes), numbers in 8
// bytes, absence in a bit. 300,000 rows of `file` as structs with their own strings would take
// three times the memory. Rows cannot be changed once added. Covered by packed_store_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/table.h"

namespace genba::model {

/// The packed columns of one table. Texts of at most 4 GiB in all; a row past that is refused.
class PackedStore final : public RowStore {
 public:
  explicit PackedStore(const TableInfo& info);
  ~PackedStore() override;
  PackedStore(const PackedStore&) = delete;
  PackedStore& operator=(const PackedStore&) = delete;

  size_t size() const override;
  Value cell(size_t row, size_t column) const override;
  bool append_cells(std::span<const Value> cells) override;
  size_t bytes() const override;

  /// Appends a struct of the table's row type (`row` points to it). False when the arena is full.
  bool append_row(const void* row);

  /// Row numbers whose column equals the value, in ascending order. The index of a column is
  /// built at its first use; any number of threads may ask, while none appends.
  std::vector<uint32_t> rows_equal(size_t column, const Value& value) const;
  /// Row numbers whose integer column lies in [low, high], ascending by row number.
  std::vector<uint32_t> rows_between(size_t column, int64_t low, int64_t high) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The declaration of a large table, kept as packed columns. `columns` and `indexed` must outlive
/// it (static constexpr arrays).
template <class Row>
TableInfo large_table(std::string_view name, std::string_view meaning, TableScope scope,
                      std::span<const ColumnInfo> columns,
                      std::span<const std::string_view> indexed) {
  return TableInfo{
      name, meaning, scope, TableSize::kLarge, columns, indexed, []() -> std::unique_ptr<RowStore> {
        return std::make_unique<PackedStore>(TableOf<Row>::info());
      }};
}

}  // namespace genba::model
