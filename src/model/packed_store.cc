// SPDX-License-Identifier: Apache-2.0
#include "model/packed_store.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <map>
#include <mutex>

#include "base/result.h"
#include "model/packed_columns.h"

namespace genba::model {

namespace {

using packed::Arena;
using packed::BitColumn;
using packed::HashIndex;
using packed::IntegerColumn;
using packed::Span;
using packed::TextColumn;

struct Column {
  Column(Arena& arena, ColumnType column_type) : type(column_type), texts(arena) {}

  ColumnType type;
  TextColumn texts;
  IntegerColumn numbers;  // a real as its bits
  BitColumn absent;
};

bool fits(ColumnType type, const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) {
    return true;
  }
  switch (type) {
    case ColumnType::kText: return std::holds_alternative<std::string_view>(value);
    case ColumnType::kReal: return !std::holds_alternative<std::string_view>(value);
    case ColumnType::kInteger:
    case ColumnType::kBoolean:
    case ColumnType::kTimestamp: return std::holds_alternative<int64_t>(value);
  }
  return false;
}

int64_t number_of(ColumnType type, const Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  if (type != ColumnType::kReal) {
    return number == nullptr ? 0 : *number;
  }
  const auto* real = std::get_if<double>(&value);
  return std::bit_cast<int64_t>(real != nullptr     ? *real
                                : number != nullptr ? static_cast<double>(*number)
                                                    : 0.0);
}

}  // namespace

struct PackedStore::Impl {
  explicit Impl(const TableInfo& table) : info(table) {
    columns.reserve(table.columns.size());
    for (const ColumnInfo& column : table.columns) {
      columns.emplace_back(arena, column.type);
    }
  }

  // Built once under the lock; a map's nodes never move, so the reference outlives it.
  const HashIndex& hash_index(size_t column) {
    const std::lock_guard lock(index_mutex);
    const auto [found, added] = by_hash.try_emplace(column);
    if (added) {
      std::vector<uint32_t> hashes(rows);
      for (size_t row = 0; row < rows; ++row) {
        hashes[row] = columns[column].type == ColumnType::kText
                          ? packed::hash_of(columns[column].texts.at(row))
                          : packed::hash_of(columns[column].numbers.at(row));
      }
      found->second = HashIndex::build(hashes);
    }
    return found->second;
  }

  const std::vector<uint32_t>& order_index(size_t column) {
    const std::lock_guard lock(index_mutex);
    const auto [found, added] = by_order.try_emplace(column);
    if (added) {
      std::vector<std::pair<int64_t, uint32_t>> sorted;
      sorted.reserve(rows);
      for (size_t row = 0; row < rows; ++row) {
        if (!columns[column].absent.at(row)) {
          sorted.emplace_back(columns[column].numbers.at(row), static_cast<uint32_t>(row));
        }
      }
      std::sort(sorted.begin(), sorted.end());
      found->second.reserve(sorted.size());
      for (const auto& [value, row] : sorted) {
        found->second.push_back(row);
      }
    }
    return found->second;
  }

  const TableInfo& info;
  Arena arena;
  std::vector<Column> columns;
  size_t rows = 0;
  bool full = false;
  std::mutex index_mutex;
  std::map<size_t, HashIndex> by_hash;
  std::map<size_t, std::vector<uint32_t>> by_order;
};

PackedStore::PackedStore(const TableInfo& info) : impl_(std::make_unique<Impl>(info)) {}
PackedStore::~PackedStore() = default;

size_t PackedStore::size() const {
  return impl_->rows;
}

Value PackedStore::cell(size_t row, size_t column) const {
  const Column& cells = impl_->columns[column];
  if (cells.absent.at(row)) {
    return {};
  }
  switch (cells.type) {
    case ColumnType::kText: return cells.texts.at(row);
    case ColumnType::kReal: return std::bit_cast<double>(cells.numbers.at(row));
    case ColumnType::kInteger:
    case ColumnType::kBoolean:
    case ColumnType::kTimestamp: return cells.numbers.at(row);
  }
  return {};
}

bool PackedStore::append_cells(std::span<const Value> cells) {
  Impl& impl = *impl_;
  for (size_t i = 0; i < cells.size() && i < impl.columns.size(); ++i) {
    if (!fits(impl.columns[i].type, cells[i])) {
      return false;
    }
  }
  if (impl.full || impl.rows >= std::numeric_limits<uint32_t>::max()) {
    return false;
  }
  // The first text of a row (a path) lends its bytes to later ones that begin or end it.
  std::optional<Span> host;
  for (size_t i = 0; i < impl.columns.size(); ++i) {
    Column& column = impl.columns[i];
    const Value value = i < cells.size() ? cells[i] : Value{};
    if (std::holds_alternative<std::monostate>(value) &&
        impl.info.columns[i].presence == Presence::kOptional) {
      column.absent.set(impl.rows);
    }
    if (column.type != ColumnType::kText) {
      column.numbers.append(number_of(column.type, value));
      continue;
    }
    const auto* text = std::get_if<std::string_view>(&value);
    if (!column.texts.append(text == nullptr ? std::string_view() : *text, host)) {
      // Columns before this one are a cell ahead now; nothing is ever appended again, so the
      // half row is never seen.
      impl.full = true;
      return false;
    }
    if (!host && text != nullptr) {
      host = column.texts.span(impl.rows);
    }
  }
  ++impl.rows;
  impl.by_hash.clear();
  impl.by_order.clear();
  return true;
}

bool PackedStore::append_row(const void* row) {
  std::array<Value, 64> cells;
  const auto columns = impl_->info.columns;
  GENBA_CHECK(columns.size() <= cells.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    cells[i] = columns[i].get(row);
  }
  return append_cells(std::span(cells).first(columns.size()));
}

size_t PackedStore::bytes() const {
  size_t total = impl_->arena.bytes();
  for (const Column& column : impl_->columns) {
    total += column.texts.bytes() + column.numbers.bytes() + column.absent.bytes();
  }
  for (const auto& [column, index] : impl_->by_hash) {
    total += index.bytes();
  }
  for (const auto& [column, index] : impl_->by_order) {
    total += index.capacity() * sizeof(uint32_t);
  }
  return total;
}

std::vector<uint32_t> PackedStore::rows_equal(size_t column, const Value& value) const {
  std::vector<uint32_t> found;
  const Column& cells = impl_->columns[column];
  if (std::holds_alternative<std::monostate>(value) || !fits(cells.type, value)) {
    return found;
  }
  const auto* text = std::get_if<std::string_view>(&value);
  const int64_t number = number_of(cells.type, value);
  const uint32_t hash = text != nullptr ? packed::hash_of(*text) : packed::hash_of(number);
  for (const uint32_t row : impl_->hash_index(column).bucket(hash)) {
    const bool same =
        text != nullptr ? cells.texts.at(row) == *text : cells.numbers.at(row) == number;
    if (same && !cells.absent.at(row)) {
      found.push_back(row);
    }
  }
  return found;
}

std::vector<uint32_t> PackedStore::rows_between(size_t column, int64_t low, int64_t high) const {
  const Column& cells = impl_->columns[column];
  if (cells.type == ColumnType::kText || cells.type == ColumnType::kReal || low > high) {
    return {};
  }
  const std::vector<uint32_t>& order = impl_->order_index(column);
  const auto first = std::partition_point(
      order.begin(), order.end(), [&](uint32_t row) { return cells.numbers.at(row) < low; });
  const auto last = std::partition_point(
      first, order.end(), [&](uint32_t row) { return cells.numbers.at(row) <= high; });
  std::vector<uint32_t> found(first, last);
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace genba::model
