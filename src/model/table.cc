// SPDX-License-Identifier: Apache-2.0
#include "model/table.h"

#include <algorithm>

namespace genba::model {

int TableInfo::column_index(std::string_view column) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [column](const ColumnInfo& each) { return each.name == column; });
  return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

const TableInfo* find_table(std::string_view name) {
  const auto tables = all_tables();
  const auto found = std::lower_bound(
      tables.begin(), tables.end(), name,
      [](const TableInfo* table, std::string_view wanted) { return table->name < wanted; });
  return found != tables.end() && (*found)->name == name ? *found : nullptr;
}

}  // namespace genba::model
