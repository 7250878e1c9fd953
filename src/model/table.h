// SPDX-License-Identifier: Apache-2.0
//
// A table of facts is declared once: a plain struct, and beside it one TableInfo that names its
// columns, their meaning and the members that hold them. From that one declaration come the SQL
// schema, JSON keys, the reference documentation and the reader of stored cases. Each declaration
// stands in model/tables/<name>.h; CMake generates the sorted list of all of them (all_tables).
// Where osquery has the table or the column, its name and meaning are used.
// Covered by table_test.cc and the meta tests over all tables.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "model/value.h"

namespace genba::model {

struct TableInfo;

/// Whether a column's cell may be absent; one that may not is 0, false or empty instead.
enum class Presence : uint8_t { kAlways, kOptional };

/// One column: its name, type, what it means (one sentence, unit included) and how to reach it in
/// a row. `set` returns false when the value has the wrong type.
struct ColumnInfo {
  std::string_view name;
  ColumnType type;
  Presence presence;
  std::string_view meaning;
  Value (*get)(const void* row);
  bool (*set)(void* row, const Value& value);
};

/// Whether a table is kept as packed columns behind an SQLite virtual table (hundreds of thousands
/// of rows) or as an ordinary SQLite table.
enum class TableSize : uint8_t { kSmall, kLarge };

/// Whether the table needs a running kernel, or can be read from files alone (`--root`).
enum class TableScope : uint8_t { kLiveOnly, kFiles };

/// The rows of one table, type-erased. Rows keep the order in which they were added.
class RowStore {
 public:
  virtual ~RowStore() = default;
  virtual size_t size() const = 0;
  /// The cell of a row; text stays valid until the store changes.
  virtual Value cell(size_t row, size_t column) const = 0;
  /// Appends a row of absent or zero cells and sets the given ones (one per column, in order).
  /// Returns false, adding nothing, when a cell has the wrong type.
  virtual bool append_cells(std::span<const Value> cells) = 0;
  /// Bytes of memory held, about.
  virtual size_t bytes() const = 0;
};

/// Everything that is known of a table besides its rows.
struct TableInfo {
  std::string_view name;
  std::string_view meaning;
  TableScope scope;
  TableSize size;
  std::span<const ColumnInfo> columns;
  /// Names of columns that a large table answers by index (equality; ranges for timestamps).
  std::span<const std::string_view> indexed;
  std::unique_ptr<RowStore> (*make_store)();

  /// The column's position, or -1.
  int column_index(std::string_view column) const;
};

/// All tables, sorted by name. Generated.
std::span<const TableInfo* const> all_tables();

/// The table of that name, or nullptr.
const TableInfo* find_table(std::string_view name);

namespace detail {

template <class Member>
struct MemberOf;
template <class Row, class Field>
struct MemberOf<Field Row::*> {
  using RowType = Row;
  using FieldType = Field;
};

}  // namespace detail

/// Declares a column from a pointer to its member: `column<&Process::pid>("pid", "Process id.")`.
template <auto kMember>
constexpr ColumnInfo column(std::string_view name, std::string_view meaning) {
  using Member = detail::MemberOf<decltype(kMember)>;
  using RowType = typename Member::RowType;
  using CellType = detail::Cell<typename Member::FieldType>;
  return ColumnInfo{
      name,
      CellType::kType,
      detail::kIsOptional<typename Member::FieldType> ? Presence::kOptional : Presence::kAlways,
      meaning,
      [](const void* row) { return CellType::get(static_cast<const RowType*>(row)->*kMember); },
      [](void* row, const Value& value) {
        return CellType::set(static_cast<RowType*>(row)->*kMember, value);
      }};
}

/// Specialised by every model/tables/ header: `static const TableInfo& info();`.
template <class Row>
struct TableOf;

/// Rows of a small table: a vector of its structs.
template <class Row>
class VectorStore final : public RowStore {
 public:
  size_t size() const override { return rows_.size(); }
  Value cell(size_t row, size_t column) const override {
    return TableOf<Row>::info().columns[column].get(&rows_[row]);
  }
  bool append_cells(std::span<const Value> cells) override {
    Row row{};
    const auto columns = TableOf<Row>::info().columns;
    for (size_t i = 0; i < columns.size() && i < cells.size(); ++i) {
      if (!std::holds_alternative<std::monostate>(cells[i]) && !columns[i].set(&row, cells[i])) {
        return false;
      }
    }
    rows_.push_back(std::move(row));
    return true;
  }
  size_t bytes() const override { return rows_.capacity() * sizeof(Row); }
  std::vector<Row>& rows() { return rows_; }
  const std::vector<Row>& rows() const { return rows_; }

 private:
  std::vector<Row> rows_;
};

/// The declaration of a small table. `columns` must outlive it (a static constexpr array).
template <class Row>
TableInfo small_table(std::string_view name, std::string_view meaning, TableScope scope,
                      std::span<const ColumnInfo> columns) {
  return TableInfo{
      name, meaning, scope, TableSize::kSmall, columns, {}, []() -> std::unique_ptr<RowStore> {
        return std::make_unique<VectorStore<Row>>();
      }};
}

}  // namespace genba::model
