// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "collect/collector.h"
#include "gtest/gtest.h"
#include "model/tables/process_envs.h"
#include "support/run_collector.h"

namespace genba::collect::environment {

const Collector& collector();

namespace {

using test::coverage_of;
using test::FakeHost;
using test::run_collector;

TEST(Environment, OnlyVariablesThatInjectCodeAreKept) {
  FakeHost host;
  host.add_process({.pid = 7,
                    .environment = {"PATH=/bin", "API_TOKEN=secret", "LD_PRELOAD=/tmp/a b\n.so",
                                    "HISTSIZE=0", "LD_PRELOADX=/x", "BASH_ENV="}});
  host.add_process({.pid = 8, .environment = {"HISTSIZE=1000", "HISTFILE=/dev/null"}});
  const auto facts = run_collector(collector(), host);
  std::string seen;
  for (const model::ProcessEnv& row : facts.read<model::ProcessEnv>()) {
    seen += std::to_string(row.pid) + " " + row.key + "=" + row.value + ";";
  }
  EXPECT_EQ(seen, "7 LD_PRELOAD=/tmp/a b\n.so;7 HISTSIZE=0;7 BASH_ENV=;8 HISTFILE=/dev/null;");
  EXPECT_EQ(coverage_of(facts, "/proc/PID/environ").status, "complete");
  EXPECT_EQ(coverage_of(facts, "/proc/PID/environ").seen, 2);
}

TEST(Environment, DeniedHungAndVanishedProcessesAreCountedApart) {
  FakeHost host;
  for (int64_t pid = 1; pid <= 4; ++pid) {
    host.add_process({.pid = pid, .environment = {"LD_AUDIT=/x"}});
  }
  host.deny("/proc/2/environ").hang("/proc/3/environ").vanish("/proc/4/environ");
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(facts.read<model::ProcessEnv>().size(), 1U);
  const model::Coverage coverage = coverage_of(facts, "/proc/PID/environ");
  EXPECT_EQ(coverage.asked, 4);
  EXPECT_EQ(coverage.seen, 1);
  EXPECT_EQ(coverage.denied, 1);
  EXPECT_EQ(coverage.failed, 1);
  EXPECT_EQ(coverage.gone, 1);
  EXPECT_EQ(coverage.status, "partial");
}

TEST(Environment, CutBlockSaysSo) {
  FakeHost host;
  host.add_process({.pid = 7, .environment = {"LD_AUDIT=/x", "LD_PRELOAD=/y"}});
  host.truncate("/proc/7/environ", 14);
  const auto facts = run_collector(collector(), host);
  ASSERT_FALSE(facts.read<model::ProcessEnv>().empty());
  EXPECT_EQ(facts.read<model::ProcessEnv>()[0].value, "/x");
  EXPECT_EQ(coverage_of(facts, "/proc/PID/environ").status, "partial");
}

TEST(Environment, TreeHasNone) {
  FakeHost host(host::HostKind::kTree);
  const auto facts = run_collector(collector(), host);
  EXPECT_FALSE(facts.has(model::tables::process_envs()));
  EXPECT_EQ(coverage_of(facts, "/proc/PID/environ").status, "not_applicable");
}

}  // namespace
}  // namespace genba::collect::environment
