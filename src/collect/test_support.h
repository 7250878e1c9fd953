// SPDX-License-Identifier: Apache-2.0
//
// What the tests of collectors over configuration files share: run one over a fake host, and find
// its rows of coverage.
#pragma once

#include <string_view>

#include "collect/collector.h"
#include "model/tables/users.h"
#include "support/fake_host.h"

namespace genba::collect {

/// Runs the collector over the host; `facts` may hold what it needs.
inline void run_collector(const Collector& collector, const host::Host& host, model::Facts& facts) {
  const Wanted wanted = Wanted::all();
  Context context{host, facts, wanted};
  collector.collect(context);
}

/// The first coverage row whose subject starts so; fails the search with an empty row.
inline model::Coverage coverage_of(const model::Facts& facts, std::string_view subject) {
  for (const auto& row : facts.read<model::Coverage>()) {
    if (std::string_view(row.subject).substr(0, subject.size()) == subject) {
      return row;
    }
  }
  return {};
}

/// An account in the facts that a collector needs.
inline void add_account(model::Facts& facts, std::string_view username, int64_t uid,
                        std::string_view home) {
  model::User user;
  user.username = username;
  user.uid = uid;
  user.directory = home;
  facts.rows<model::User>().push_back(std::move(user));
}

}  // namespace genba::collect
