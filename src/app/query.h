// SPDX-License-Identifier: Apache-2.0
//
// `genba query`: one SELECT over the facts of this moment, a tree or a case. Only the collectors
// whose tables and columns the statement names are run. Covered by tests/whole/query_test.cc.
#pragma once

#include <optional>
#include <string>

#include "app/observe.h"

namespace genba::app {

enum class Format : uint8_t { kTable, kJson };

struct QueryOptions {
  ObserveOptions observe;
  std::string sql;
  Format format = Format::kTable;
  /// Columns of the terminal to fit a table into; absent in a pipe: nothing is cut.
  std::optional<size_t> columns;
  model::Language language = model::Language::kEnglish;
  bool quiet = false;
};

/// Whether the tables that the statement names were read at all.
enum class QueryOutcome : uint8_t { kAnswered, kCouldNotLook };

/// Prints the result to stdout, and to stderr what could not be looked at (unless quiet).
/// kInvalid for SQL that is not one permitted SELECT.
base::Result<QueryOutcome> run_query(const QueryOptions& options, Progress& progress);

/// All tables with their columns, for `genba query --tables`.
std::string list_tables();

}  // namespace genba::app
