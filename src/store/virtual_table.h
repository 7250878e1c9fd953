// SPDX-License-Identifier: Apache-2.0
//
// Large tables as SQL without copying them: a read-only SQLite virtual table over a PackedStore.
// The planner hands us `column = value`, ranges, and the pattern of LIKE and GLOB; one of them may
// be answered by the store's indexes, the others are tested on the packed cells before SQLite sees
// a row. SQLite tests everything again itself, so ours may let through too much but never too
// little: a value whose type differs from the column's is not tested here at all.
// Source: sqlite.org/vtab.html. Covered by virtual_table_test.cc, against ordinary tables.
#pragma once

#include "base/result.h"
#include "model/facts.h"
#include "model/table.h"
#include "sqlite3.h"

namespace genba::store {

/// Makes the large table `info` known to the connection. `rows` may be nullptr (not read: empty);
/// it must outlive the connection.
base::Result<void> add_virtual_table(sqlite3* handle, const model::TableInfo& info,
                                     const model::PackedStore* rows);

/// `CREATE TABLE name(column TYPE, …)` with types that column_type_of understands.
std::string create_table_sql(const model::TableInfo& info);

/// The type behind a declared one; text for anything else, and for nullptr.
model::ColumnType column_type_of(const char* declared);

}  // namespace genba::store
