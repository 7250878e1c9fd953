// SPDX-License-Identifier: Apache-2.0
//
// What the tests of collectors share: running one over a fake host and finding its coverage.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "collect/collector.h"
#include "model/tables/users.h"
#include "support/fake_host.h"

namespace genba::test {

/// Wants these columns of one table; no columns means the whole table.
inline collect::Wanted wanting(std::string_view table,
                               std::initializer_list<std::string_view> columns = {}) {
  collect::Wanted wanted;
  for (const std::string_view column : columns) {
    wanted.add(table, column);
  }
  if (columns.size() == 0) {
    wanted.add(table, {});
  }
  return wanted;
}

/// Runs one collector, its second reading too.
inline model::Facts run_collector(const collect::Collector& collector, const host::Host& host,
                                  const collect::Wanted& wanted = collect::Wanted::all(),
                                  int jobs = 2) {
  model::Facts facts;
  std::shared_ptr<void> state;
  collect::Context context{host, facts, wanted};
  context.jobs = jobs;
  context.state = &state;
  collector.collect(context);
  if (collector.finish != nullptr) {
    collector.finish(context);
  }
  return facts;
}

/// The same, after others: `facts` may hold what the collector needs.
inline void run_collector(const collect::Collector& collector, const host::Host& host,
                          model::Facts& facts) {
  const collect::Wanted wanted = collect::Wanted::all();
  collect::Context context{host, facts, wanted};
  collector.collect(context);
}

/// The coverage row of that subject; an empty row when there is none.
inline model::Coverage coverage_of(const model::Facts& facts, std::string_view subject) {
  for (const model::Coverage& row : facts.read<model::Coverage>()) {
    if (row.subject == subject) {
      return row;
    }
  }
  return {};
}

/// The first coverage row whose subject begins so; an empty row when there is none.
inline model::Coverage coverage_starting_with(const model::Facts& facts,
                                              std::string_view beginning) {
  for (const model::Coverage& row : facts.read<model::Coverage>()) {
    if (std::string_view(row.subject).starts_with(beginning)) {
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

/// Gives a process its namespaces, as links under /proc/PID/ns.
inline void add_namespaces(FakeHost& host, int64_t pid, int64_t mnt, int64_t net, int64_t pid_ns) {
  const std::string top = "/proc/" + std::to_string(pid) + "/ns/";
  host.add_magic_link(top + "mnt", "mnt:[" + std::to_string(mnt) + "]");
  host.add_magic_link(top + "net", "net:[" + std::to_string(net) + "]");
  host.add_magic_link(top + "pid", "pid:[" + std::to_string(pid_ns) + "]");
  host.add_magic_link(top + "user", "user:[4026531837]");
}

}  // namespace genba::test
