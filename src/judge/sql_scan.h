// SPDX-License-Identifier: Apache-2.0
//
// What can be learnt from a rule's SQL without running it: its :parameters, and the table that it
// is mainly about. A word scanner that skips strings, quoted names and comments, not a parser:
// SQLite itself decides what is valid. Source: SQLite's "SQL Language Expressions" (literals,
// parameters). Covered by sql_scan_test.cc.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace genba::judge {

/// Names used as `:name`, without the colon.
std::set<std::string> parameters_in(std::string_view sql);

/// That of `tables` which stands behind FROM or JOIN in the fewest parentheses, of several the
/// first; for a query that names none so, the first of `tables`. Empty when there are no tables.
std::string main_table(std::string_view sql, const std::set<std::string>& tables);

}  // namespace genba::judge
