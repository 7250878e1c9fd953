// SPDX-License-Identifier: Apache-2.0
//
// May this statement run, and what does it read? SQLite asks for every table, column and function
// while it compiles. Permitted are SELECT, recursion, our tables and the pure functions of an
// allow-list; everything that is not named here is refused, so a new function of a later SQLite is
// refused too. Source: sqlite.org/c3ref/set_authorizer.html. Covered by database_test.cc.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "sqlite3.h"
#include "store/database.h"

namespace genba::store {

/// The watch over one connection. Must outlive its use by the connection.
class Authorizer {
 public:
  /// From now on the connection permits only what this class does.
  void watch(sqlite3* handle);

  /// Tables and columns read by what was compiled since the last call, and forgets them.
  std::set<ColumnUse> take_uses() { return std::exchange(uses_, {}); }
  /// What was refused last ("function random"), empty when nothing was; forgotten by take_uses.
  std::string take_refused() { return std::exchange(refused_, {}); }

 private:
  static int decide(void* self, int action, const char* first, const char* second,
                    const char* database, const char* trigger);
  int read(std::string_view table, std::string_view column);
  int refuse(std::string what);

  std::set<ColumnUse> uses_;
  std::string refused_;
};

}  // namespace genba::store
