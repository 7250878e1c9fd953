// SPDX-License-Identifier: Apache-2.0
#include "model/facts.h"

#include <utility>

namespace genba::model {

namespace {

void append_all(RowStore& to, const RowStore& from, const TableInfo& table) {
  std::vector<Value> cells(table.columns.size());
  for (size_t row = 0; row < from.size(); ++row) {
    for (size_t column = 0; column < cells.size(); ++column) {
      cells[column] = from.cell(row, column);
    }
    if (!to.append_cells(cells)) {
      return;  // a packed store that is full refuses every later row too
    }
  }
}

}  // namespace

RowStore& Facts::open(const TableInfo& table) {
  auto& entry = stores_[table.name];
  if (entry.second == nullptr) {
    entry = {&table, table.make_store()};
  }
  return *entry.second;
}

const RowStore* Facts::find(const TableInfo& table) const {
  const auto found = stores_.find(table.name);
  return found == stores_.end() ? nullptr : found->second.second.get();
}

void Facts::share(const TableInfo& table, const Facts& other) {
  const auto found = other.stores_.find(table.name);
  if (found != other.stores_.end()) {
    stores_[table.name] = found->second;
  }
}

void Facts::drop(const TableInfo& table) {
  stores_.erase(table.name);
}

void Facts::merge(Facts&& other) {
  for (auto& [name, entry] : other.stores_) {
    auto& ours = stores_[name];
    if (ours.second == nullptr || ours.second->size() == 0) {
      ours = std::move(entry);
    } else {
      append_all(*ours.second, *entry.second, *entry.first);
    }
  }
  other.stores_.clear();
}

std::vector<const TableInfo*> Facts::tables() const {
  std::vector<const TableInfo*> tables;
  tables.reserve(stores_.size());
  for (const auto& [name, entry] : stores_) {
    tables.push_back(entry.first);
  }
  return tables;
}

}  // namespace genba::model
