// SPDX-License-Identifier: Apache-2.0
//
// Facts copied into ordinary SQLite tables: the small ones of a run, and all of them for a file.
// Rows go in by one prepared statement in one transaction. SQLite makes its own index for a join,
// but a NOT EXISTS would scan a table for every row of another: columns that join are indexed after
// the inserts where there are rows enough. Covered by database_test.cc.
#pragma once

#include "base/result.h"
#include "model/facts.h"
#include "sqlite3.h"

namespace genba::store {

/// Longest text that a cell keeps in SQL; longer ones are cut there, at a character, with "…".
inline constexpr size_t kLongestText = 16U << 20;

/// Creates the table. `rows` may be nullptr (not read: empty).
base::Result<void> add_table(sqlite3* handle, const model::TableInfo& info,
                             const model::RowStore* rows);

/// Indexes the columns of a filled table by which facts are joined.
base::Result<void> index_table(sqlite3* handle, const model::TableInfo& info,
                               const model::RowStore* rows);

}  // namespace genba::store
