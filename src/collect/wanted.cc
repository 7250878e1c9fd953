// SPDX-License-Identifier: Apache-2.0
#include "collect/collector.h"

namespace genba::collect {

Wanted Wanted::all() {
  Wanted wanted;
  wanted.all_ = true;
  return wanted;
}

void Wanted::add(std::string_view table, std::string_view column) {
  tables_.emplace(table);
  columns_.emplace(table, column);
}

bool Wanted::wants(const model::TableInfo& table) const {
  return all_ || tables_.contains(table.name);
}

bool Wanted::wants(const model::TableInfo& table, std::string_view column) const {
  return all_ || columns_.contains(std::pair(std::string(table.name), std::string())) ||
         columns_.contains(std::pair(std::string(table.name), std::string(column)));
}

}  // namespace genba::collect
