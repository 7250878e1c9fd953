// SPDX-License-Identifier: Apache-2.0
//
// What `genba query` prints: rows as a text table whose columns are aligned by display width, or as
// JSON lines. Absent cells are empty in the table and null in JSON. On a terminal long cells are
// cut so that a row keeps to one line; in a pipe everything is whole. Covered by table_test.cc.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/value.h"
#include "store/database.h"

namespace genba::render {

/// Rows kept until they are printed, cells owned.
struct ResultRows {
  std::vector<store::ResultColumn> columns;
  std::vector<std::vector<model::OwnedValue>> rows;

  /// Copies one row as Statement::run hands it out.
  void add(std::span<const model::Value> cells);
};

/// A header, a rule and one line a row; the header alone when there are no rows. With `columns`
/// (a terminal's width) wide cells are cut to fit, and when they could not be read then, each row
/// becomes a block of "column  value" lines; without it nothing is cut. Cells are escaped.
std::string render_table(const ResultRows& result, std::optional<size_t> columns);

/// One row as a JSON object with its newline, in the order of the columns; absent is null. Names
/// that two columns share get "_2", "_3" … behind them.
std::string render_row_json(std::span<const store::ResultColumn> columns,
                            std::span<const model::Value> cells);

}  // namespace genba::render
