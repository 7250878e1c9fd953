// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "collect/collector.h"
#include "gtest/gtest.h"
#include "model/tables/process_memory_map.h"
#include "support/run_collector.h"

namespace genba::collect::memory_maps {

const Collector& collector();

namespace {

using test::coverage_of;
using test::FakeHost;
using test::run_collector;

std::string cell(const model::Facts& facts, size_t row, std::string_view column) {
  const model::TableInfo& table = model::tables::process_memory_map();
  const model::RowStore* store = facts.find(table);
  if (store == nullptr || row >= store->size()) {
    return "no row";
  }
  const auto value = store->cell(row, static_cast<size_t>(table.column_index(column)));
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    return std::string(*text);
  }
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? "NULL" : std::to_string(*number);
}

TEST(MemoryMaps, ExecutableMappingsFillTheirColumns) {
  FakeHost host;
  host.add_process({.pid = 7});
  host.add_file("/proc/7/maps",
                "1000-2000 r--p 00000000 fe:00 12    /usr/lib/libc.so.6\n"
                "2000-3000 r-xp 00001000 fe:00 12    /usr/lib/libc.so.6\n"
                "3000-4000 rwxp 00000000 00:00 0 \n"
                "4000-5000 r-xp 00000000 00:01 99    /memfd:j (deleted)\n"
                "5000-6000 r-xp 00000000 fe:00 77    /tmp/x\\012\x1b y (deleted)\n"
                "6000-7000 r-xp 00000000 00:00 0    [vdso]\n");
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(facts.find(model::tables::process_memory_map())->size(), 5U);
  EXPECT_EQ(cell(facts, 0, "pid"), "7");
  EXPECT_EQ(cell(facts, 0, "start"), "0x2000");
  EXPECT_EQ(cell(facts, 0, "end"), "0x3000");
  EXPECT_EQ(cell(facts, 0, "permissions"), "r-xp");
  EXPECT_EQ(cell(facts, 0, "offset"), "4096");
  EXPECT_EQ(cell(facts, 0, "device"), "fe:00");
  EXPECT_EQ(cell(facts, 0, "inode"), "12");
  EXPECT_EQ(cell(facts, 0, "path"), "/usr/lib/libc.so.6");
  EXPECT_EQ(cell(facts, 0, "pseudo"), "0");
  EXPECT_EQ(cell(facts, 0, "deleted"), "0");
  EXPECT_EQ(cell(facts, 1, "path"), "NULL");
  EXPECT_EQ(cell(facts, 1, "pseudo"), "1");
  EXPECT_EQ(cell(facts, 2, "path"), "/memfd:j");
  EXPECT_EQ(cell(facts, 2, "deleted"), "1");
  EXPECT_EQ(cell(facts, 3, "path"), "/tmp/x\n\x1b y");
  EXPECT_EQ(cell(facts, 3, "deleted"), "1");
  EXPECT_EQ(cell(facts, 4, "path"), "[vdso]");
  EXPECT_EQ(coverage_of(facts, "/proc/PID/maps").status, "complete");
}

TEST(MemoryMaps, FileReallyNamedDeletedIsNotCalledDeleted) {
  FakeHost host;
  host.add_file("/tmp/x (deleted)", "elf");
  host.status("/tmp/x (deleted)").inode = 77;
  host.add_process({.pid = 7});
  host.add_file("/proc/7/maps", "5000-6000 r-xp 00000000 fe:00 77    /tmp/x (deleted)\n");
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(cell(facts, 0, "path"), "/tmp/x (deleted)");
  EXPECT_EQ(cell(facts, 0, "deleted"), "0");
}

TEST(MemoryMaps, HungDeniedAndDamagedOnesAreCounted) {
  FakeHost host;
  for (int64_t pid = 1; pid <= 4; ++pid) {
    host.add_process({.pid = pid});
    host.add_file("/proc/" + std::to_string(pid) + "/maps", "1-2 r-xp 0 fe:00 5    /x\n");
  }
  host.hang("/proc/1/maps").deny("/proc/2/maps").vanish("/proc/3/maps");
  host.add_file("/proc/4/maps", "1-2 r-xp 0 fe:00 5    /x\nnot a mapping at all\n");
  const auto facts = run_collector(collector(), host);
  const model::Coverage coverage = coverage_of(facts, "/proc/PID/maps");
  EXPECT_EQ(coverage.asked, 4);
  EXPECT_EQ(coverage.seen, 1);
  EXPECT_EQ(coverage.denied, 1);
  EXPECT_EQ(coverage.failed, 2);
  EXPECT_EQ(coverage.gone, 1);
  EXPECT_EQ(facts.find(model::tables::process_memory_map())->size(), 1U);
}

TEST(MemoryMaps, EndlessMappingsOfOneProcessAreCut) {
  FakeHost host;
  host.add_process({.pid = 7});
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += "1000-2000 rwxp 00000000 00:00 0 \n";
  }
  host.add_file("/proc/7/maps", text);
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(facts.find(model::tables::process_memory_map())->size(), 16'384U);
  EXPECT_EQ(coverage_of(facts, "/proc/PID/maps").status, "partial");
}

TEST(MemoryMaps, TreeHasNone) {
  FakeHost host(host::HostKind::kTree);
  const auto facts = run_collector(collector(), host);
  EXPECT_FALSE(facts.has(model::tables::process_memory_map()));
  EXPECT_EQ(coverage_of(facts, "/proc/PID/maps").status, "not_applicable");
}

}  // namespace
}  // namespace genba::collect::memory_maps
