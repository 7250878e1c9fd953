// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "collect/collector.h"
#include "gtest/gtest.h"
#include "model/tables/mounts.h"
#include "support/run_collector.h"

namespace genba::collect::mounts {

const Collector& collector();

namespace {

using test::coverage_of;
using test::FakeHost;
using test::run_collector;

void add_process(FakeHost& host, int64_t pid, int64_t mnt, const std::string& mountinfo) {
  host.add_process({.pid = pid});
  test::add_namespaces(host, pid, mnt, 1, 2);
  host.add_file("/proc/" + std::to_string(pid) + "/mountinfo", mountinfo);
}

TEST(Mounts, EachNamespaceIsReadOnce) {
  FakeHost host;
  add_process(host, 1, 100, "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n");
  add_process(host, 2, 100, "must not be read");
  add_process(host, 3, 200, "50 49 0:5 /sub /a\\040b ro - tmpfs x rw,size=1k\n");
  const auto facts = run_collector(collector(), host);
  const auto& rows = facts.read<model::Mount>();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].device, "/dev/vda");
  EXPECT_EQ(rows[0].path, "/");
  EXPECT_EQ(rows[0].type, "ext4");
  EXPECT_EQ(rows[0].flags, "rw,relatime");
  EXPECT_EQ(rows[0].super_options, "rw");
  EXPECT_EQ(rows[0].mount_id, 22);
  EXPECT_EQ(rows[0].parent_id, 1);
  EXPECT_EQ(rows[0].root, "/");
  EXPECT_EQ(rows[0].device_number, "254:0");
  EXPECT_EQ(rows[0].mnt_namespace, 100);
  EXPECT_EQ(rows[0].pid, 1);
  EXPECT_EQ(rows[1].path, "/a b");
  EXPECT_EQ(rows[1].mnt_namespace, 200);
  EXPECT_EQ(host.access_count("/proc/2/mountinfo"), 0);
  EXPECT_EQ(coverage_of(facts, "mountinfo").status, "complete");
  EXPECT_EQ(coverage_of(facts, "mountinfo").asked, 2);
}

TEST(Mounts, NamespaceIsReadThroughTheNextProcessWhenOneEnds) {
  FakeHost host;
  add_process(host, 1, 100, "x");
  add_process(host, 2, 100, "22 1 254:0 / / rw - ext4 /dev/vda rw\n");
  host.vanish("/proc/1/mountinfo");
  const auto facts = run_collector(collector(), host);
  ASSERT_EQ(facts.read<model::Mount>().size(), 1U);
  EXPECT_EQ(facts.read<model::Mount>()[0].pid, 2);
  EXPECT_EQ(coverage_of(facts, "mountinfo").status, "complete");
}

TEST(Mounts, RefusedAndHungNamespacesAreCounted) {
  FakeHost host;
  add_process(host, 1, 100, "22 1 254:0 / / rw - ext4 /dev/vda rw\n");
  add_process(host, 2, 200, "");
  add_process(host, 3, 300, "");
  add_process(host, 4, 400, "");
  host.hang("/proc/2/mountinfo").deny("/proc/3/mountinfo").deny("/proc/4/ns/mnt");
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(facts.read<model::Mount>().size(), 1U);
  EXPECT_EQ(coverage_of(facts, "mountinfo").failed, 1);
  EXPECT_EQ(coverage_of(facts, "mountinfo").denied, 1);
  EXPECT_EQ(coverage_of(facts, "mountinfo").status, "partial");
  EXPECT_EQ(coverage_of(facts, "/proc/PID/ns/mnt").denied, 1);
}

TEST(Mounts, AProcThatListsNobodyLeavesTheTableUnread) {
  FakeHost host;
  host.add_file("/proc/version", "x");
  const auto facts = run_collector(collector(), host);
  EXPECT_FALSE(facts.has(model::tables::mounts()));
  EXPECT_EQ(coverage_of(facts, "mountinfo").status, "failed");
}

TEST(Mounts, TreeHasNone) {
  FakeHost host(host::HostKind::kTree);
  const auto facts = run_collector(collector(), host);
  EXPECT_FALSE(facts.has(model::tables::mounts()));
  EXPECT_EQ(coverage_of(facts, "mountinfo").status, "not_applicable");
}

}  // namespace
}  // namespace genba::collect::mounts
