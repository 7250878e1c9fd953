// SPDX-License-Identifier: Apache-2.0
//
// What the tests of the live collectors share: running one over a fake host and finding its
// coverage. Not part of the library. Covered by those tests.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "collect/collector.h"
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

/// The coverage row of that subject; an empty row when there is none.
inline model::Coverage coverage_of(const model::Facts& facts, std::string_view subject) {
  for (const model::Coverage& row : facts.read<model::Coverage>()) {
    if (row.subject == subject) {
      return row;
    }
  }
  return {};
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
