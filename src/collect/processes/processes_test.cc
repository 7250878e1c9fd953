// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "collect/collector.h"
#include "gtest/gtest.h"
#include "model/tables/process_changes.h"
#include "model/tables/processes.h"
#include "support/run_collector.h"

namespace genba::collect::processes {

const Collector& collector();

namespace {

using test::coverage_of;
using test::FakeHost;
using test::run_collector;
using test::wanting;

constexpr int64_t kHostMnt = 4026531841;
constexpr int64_t kHostPid = 4026531836;

void add_process(FakeHost& host, const test::FakeProcess& process, int64_t mnt = kHostMnt,
                 int64_t pid_namespace = kHostPid) {
  host.add_process(process);
  test::add_namespaces(host, process.pid, mnt, 4026531840, pid_namespace);
}

// A machine with an init, and boot and own namespace told.
void add_machine(FakeHost& host) {
  host.add_file("/proc/stat", "cpu  1 2 3 4\nbtime 1795226400\n");
  host.add_magic_link("/proc/self/ns/mnt", "mnt:[4026531841]");
  host.add_file("/sbin/init", "init");
  add_process(host, {.pid = 1,
                     .ppid = 0,
                     .name = "init",
                     .arguments = {"/sbin/init"},
                     .executable = "/sbin/init"});
}

const model::Process* find(const model::Facts& facts, int64_t pid) {
  for (const model::Process& row : facts.read<model::Process>()) {
    if (row.pid == pid) {
      return &row;
    }
  }
  return nullptr;
}

TEST(Processes, AnOrdinaryProcessFillsItsColumns) {
  FakeHost host;
  add_machine(host);
  host.add_file("/usr/bin/bash", "elf", {.mode = 0755});
  add_process(host, {.pid = 42,
                     .ppid = 1,
                     .name = "bash",
                     .arguments = {"-bash", "-c", "id"},
                     .executable = "/usr/bin/bash",
                     .working_directory = "/root",
                     .uid = 1000,
                     .gid = 100,
                     .start_ticks = 250});
  host.add_file("/proc/42/loginuid", "1000");
  host.add_file("/proc/42/cgroup", "0::/user.slice\n");
  const auto facts = run_collector(collector(), host);
  const model::Process* bash = find(facts, 42);
  ASSERT_NE(bash, nullptr);
  EXPECT_EQ(bash->name, "bash");
  EXPECT_EQ(bash->path, "/usr/bin/bash");
  EXPECT_EQ(bash->cmdline, "-bash -c id");
  EXPECT_EQ(bash->argv0, "-bash");
  EXPECT_EQ(bash->cwd, "/root");
  EXPECT_EQ(bash->root, "/");
  EXPECT_EQ(bash->uid, 1000);
  EXPECT_EQ(bash->gid, 100);
  EXPECT_EQ(bash->loginuid, 1000);
  EXPECT_EQ(bash->exe_kind, "file");
  EXPECT_EQ(bash->deleted, false);
  EXPECT_EQ(bash->on_disk, true);
  EXPECT_FALSE(bash->replaced_by);
  EXPECT_EQ(bash->exe_mode, "0755");
  EXPECT_EQ(bash->cgroup_path, "/user.slice");
  EXPECT_EQ(bash->mnt_namespace, kHostMnt);
  EXPECT_EQ(bash->in_container, false);
  EXPECT_FALSE(bash->kernel_thread);
  EXPECT_FALSE(bash->tracer_pid);
  EXPECT_EQ(base::to_rfc3339(bash->start_time), "2026-11-21T02:00:02.500000000Z");
  EXPECT_TRUE(bash->cpu_percent);
  EXPECT_EQ(coverage_of(facts, "/proc").status, "complete");
  EXPECT_EQ(coverage_of(facts, "/proc").seen, 2);
  EXPECT_EQ(coverage_of(facts, "/proc/PID/cmdline").status, "complete");
  EXPECT_EQ(coverage_of(facts, "/proc/PID/exe").status, "complete");
}

TEST(Processes, StartTimesAreTakenFromTheClocksToTheTickWhereTheyAgreeWithBtime) {
  constexpr int64_t kBoot = 1795226400;
  const auto start_with = [&](int64_t real_offset) {
    FakeHost host;
    add_machine(host);
    add_process(host, {.pid = 42, .name = "bash", .start_ticks = 250});
    constexpr int64_t kUptime = 3'600'000'000'000;
    host.set_clocks(
        {base::Timestamp{kBoot * 1'000'000'000 + real_offset + kUptime}, kUptime, kUptime});
    const auto facts = run_collector(collector(), host);
    return base::to_rfc3339(find(facts, 42)->start_time);
  };
  EXPECT_EQ(start_with(983'000'400), "2026-11-21T02:00:03.480000000Z");
  EXPECT_EQ(start_with(982'999'600), "2026-11-21T02:00:03.480000000Z");
  EXPECT_EQ(start_with(-3'600'000'000'000), "2026-11-21T02:00:02.500000000Z");
}

TEST(Processes, QueryForNamesReadsOnlyStat) {
  FakeHost host;
  add_machine(host);
  const auto facts = run_collector(collector(), host, wanting("processes", {"pid", "name"}));
  ASSERT_EQ(facts.read<model::Process>().size(), 1U);
  for (const test::Access& access : host.accesses()) {
    EXPECT_TRUE(access.path == "/proc" || access.path == "/proc/stat" ||
                access.path == "/proc/1/stat" || access.path.empty())
        << access.operation << " " << access.path;
  }
  EXPECT_FALSE(facts.has(model::tables::process_changes()));
}

TEST(Processes, HostileNamesStayWhole) {
  FakeHost host;
  add_machine(host);
  const std::string name = "a) R 1\n(\x1b[2J\xff";
  const std::string path = "/tmp/" + std::string(250, 'n') + "\n\x1b\xff";
  host.add_file(path, "elf");
  add_process(host, {.pid = 7,
                     .name = name,
                     .arguments = {"\x1b]0;x\x07", "\n", "\xff\xfe"},
                     .executable = path});
  const auto facts = run_collector(collector(), host);
  const model::Process* row = find(facts, 7);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->name, name);
  EXPECT_EQ(row->path, path);
  EXPECT_EQ(row->cmdline, "\x1b]0;x\x07 \n \xff\xfe");
  EXPECT_EQ(row->on_disk, true);
}

TEST(Processes, DeletedExecutableIsKnownByItsLinkCount) {
  FakeHost host;
  add_machine(host);
  add_process(host, {.pid = 7, .executable = "/tmp/.x (deleted)", .executable_bytes = "elf"});
  host.magic_status("/proc/7/exe").hard_links = 0;
  const auto facts = run_collector(collector(), host);
  const model::Process* row = find(facts, 7);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->path, "/tmp/.x");
  EXPECT_EQ(row->exe_kind, "deleted");
  EXPECT_EQ(row->deleted, true);
  EXPECT_EQ(row->on_disk, false);
  EXPECT_FALSE(row->replaced_by);
}

TEST(Processes, FileThatTookTheDeletedOnesPlaceIsNamed) {
  FakeHost host;
  add_machine(host);
  host.add_file("/usr/sbin/nginx", "new");
  add_process(host,
              {.pid = 7, .executable = "/usr/sbin/nginx (deleted)", .executable_bytes = "old"});
  host.magic_status("/proc/7/exe").hard_links = 0;
  host.magic_status("/proc/7/exe").inode = 999'999;
  const auto facts = run_collector(collector(), host);
  const model::Process* row = find(facts, 7);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->on_disk, false);
  EXPECT_EQ(row->replaced_by, "/usr/sbin/nginx");
}

TEST(Processes, FileReallyNamedDeletedIsAFile) {
  FakeHost host;
  add_machine(host);
  host.add_file("/tmp/x (deleted)", "elf");
  add_process(host, {.pid = 7, .executable = "/tmp/x (deleted)"});
  host.magic_status("/proc/7/exe") = host.status("/tmp/x (deleted)");
  const auto facts = run_collector(collector(), host);
  const model::Process* row = find(facts, 7);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->path, "/tmp/x (deleted)");
  EXPECT_EQ(row->exe_kind, "file");
  EXPECT_EQ(row->deleted, false);
  EXPECT_EQ(row->on_disk, true);
}

TEST(Processes, MemoryFileIsKnownAndAFileThatImitatesItIsNot) {
  FakeHost host;
  add_machine(host);
  add_process(host, {.pid = 7, .executable = "/memfd:x (deleted)", .executable_bytes = "elf"});
  host.magic_status("/proc/7/exe").hard_links = 0;
  host.add_file("/memfd:y", "elf");
  add_process(host, {.pid = 8, .executable = "/memfd:y"});
  const auto facts = run_collector(collector(), host);
  ASSERT_NE(find(facts, 7), nullptr);
  EXPECT_EQ(find(facts, 7)->exe_kind, "memfd");
  EXPECT_EQ(find(facts, 7)->path, "/memfd:x");
  EXPECT_EQ(find(facts, 7)->on_disk, false);
  EXPECT_EQ(find(facts, 8)->exe_kind, "file");
  EXPECT_EQ(find(facts, 8)->on_disk, true);
}

TEST(Processes, KernelThreadHasNoExecutableAndCostsNoCoverage) {
  FakeHost host;
  add_machine(host);
  add_process(host, {.pid = 2, .ppid = 0, .name = "kthreadd"}, 4026531900);
  const auto facts = run_collector(collector(), host);
  const model::Process* row = find(facts, 2);
  ASSERT_NE(row, nullptr);
  EXPECT_TRUE(row->kernel_thread);
  EXPECT_EQ(row->exe_kind, "kernel");
  EXPECT_FALSE(row->path);
  EXPECT_FALSE(row->cmdline);
  EXPECT_FALSE(row->deleted);
  EXPECT_EQ(row->in_container, false);
  EXPECT_EQ(coverage_of(facts, "/proc/PID/exe").status, "complete");
}

TEST(Processes, ServiceWithAPrivateTmpIsNoContainer) {
  FakeHost host;
  add_machine(host);
  host.add_file("/usr/bin/app", "the host's own");
  add_process(host, {.pid = 7, .executable = "/usr/bin/app"}, 4026532500);
  host.add_file("/proc/7/root/usr/bin/app", "the host's own");
  host.status("/proc/7/root") = host.status("/");
  const auto facts = run_collector(collector(), host);
  const model::Process* row = find(facts, 7);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->in_container, false);
}

TEST(Processes, PidNamespaceOfItsOwnIsNoContainer) {
  FakeHost host;
  add_machine(host);
  host.add_file("/tmp/miner", "the host's own");
  // `unshare --pid --fork`, and the same with a mount namespace (`--mount-proc`).
  add_process(host, {.pid = 7, .executable = "/tmp/miner"}, kHostMnt, 4026532501);
  add_process(host, {.pid = 8, .executable = "/tmp/miner"}, 4026532500, 4026532501);
  host.magic_status("/proc/8/root") = host.status("/");
  const auto facts = run_collector(collector(), host);
  ASSERT_NE(find(facts, 7), nullptr);
  ASSERT_NE(find(facts, 8), nullptr);
  EXPECT_EQ(find(facts, 7)->in_container, false);
  EXPECT_EQ(find(facts, 8)->in_container, false);
}

TEST(Processes, SandboxWithAnEmptyRootInOurMountNamespaceIsNoContainer) {
  FakeHost host;
  add_machine(host);
  host.add_file("/opt/browser", "the host's own").add_directory("/run/empty");
  add_process(host, {.pid = 7, .executable = "/opt/browser"}, kHostMnt, 4026532501);
  host.magic_status("/proc/7/root") = host.status("/run/empty");
  const auto facts = run_collector(collector(), host);
  ASSERT_NE(find(facts, 7), nullptr);
  EXPECT_EQ(find(facts, 7)->in_container, false);
}

TEST(Processes, ProcessOfAContainerIsLookedUpBelowItsRoot) {
  FakeHost host;
  add_machine(host);
  host.add_file("/usr/bin/app", "the host's own");
  add_process(host, {.pid = 7, .executable = "/usr/bin/app", .executable_bytes = "container's"},
              4026532500, 4026532501);
  host.add_file("/proc/7/root/usr/bin/app", "container's");
  auto& inside = host.status("/proc/7/root/usr/bin/app");
  inside.device = 77;
  inside.inode = 5;
  host.magic_status("/proc/7/exe").device = 77;
  host.magic_status("/proc/7/exe").inode = 5;
  host.magic_status("/proc/7/root").device = 77;
  const auto facts = run_collector(collector(), host);
  const model::Process* row = find(facts, 7);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->in_container, true);
  EXPECT_EQ(row->on_disk, true);
  EXPECT_FALSE(row->replaced_by);
}

TEST(Processes, ProcessThatVanishesWhileBeingReadIsCountedGone) {
  FakeHost host;
  add_machine(host);
  add_process(host, {.pid = 7, .executable = "/sbin/init"});
  host.vanish("/proc/7", 2);  // after its stat
  const auto facts = run_collector(collector(), host, wanting("processes"), 1);
  EXPECT_EQ(find(facts, 7), nullptr);
  EXPECT_EQ(coverage_of(facts, "/proc").gone, 1);
  EXPECT_EQ(coverage_of(facts, "/proc").status, "complete");
}

TEST(Processes, UnreadableExecutableIsAbsentAndCounted) {
  FakeHost host;
  host.set_euid(1000);
  add_machine(host);
  add_process(host, {.pid = 7, .executable = "/sbin/init"});
  host.deny("/proc/7/exe");
  const auto facts = run_collector(collector(), host);
  const model::Process* row = find(facts, 7);
  ASSERT_NE(row, nullptr);
  EXPECT_FALSE(row->path);
  EXPECT_FALSE(row->exe_kind);
  EXPECT_FALSE(row->deleted);
  const model::Coverage coverage = coverage_of(facts, "/proc/PID/exe");
  EXPECT_EQ(coverage.denied, 1);
  EXPECT_EQ(coverage.status, "partial");
  EXPECT_EQ(coverage.remedy, "run as root");
}

TEST(Processes, StuckCommandLineCostsOnlyItself) {
  FakeHost host;
  add_machine(host);
  add_process(host, {.pid = 7, .arguments = {"stuck"}, .executable = "/sbin/init"});
  host.hang("/proc/7/cmdline");
  const auto facts = run_collector(collector(), host);
  ASSERT_NE(find(facts, 7), nullptr);
  EXPECT_FALSE(find(facts, 7)->cmdline);
  EXPECT_EQ(find(facts, 1)->cmdline, "/sbin/init");
  EXPECT_EQ(coverage_of(facts, "/proc/PID/cmdline").failed, 1);
}

TEST(Processes, CutCommandLineKeepsItsBeginningAndSaysSo) {
  FakeHost host;
  add_machine(host);
  add_process(host, {.pid = 7, .arguments = {"program", "x"}, .executable = "/sbin/init"});
  host.truncate("/proc/7/cmdline", 4);
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(find(facts, 7)->cmdline, "prog");
  EXPECT_EQ(coverage_of(facts, "/proc/PID/cmdline").status, "partial");
}

TEST(Processes, RestrictedViewIsSaidWithItsRemedy) {
  FakeHost host;
  add_process(host, {.pid = 7, .executable = "/bin/x", .executable_bytes = "x"});
  const auto facts = run_collector(collector(), host);
  const model::Coverage coverage = coverage_of(facts, "/proc");
  EXPECT_EQ(coverage.status, "partial");
  EXPECT_EQ(coverage.remedy, "run as root");
}

TEST(Processes, DamagedStatIsCountedAndLosesOnlyItsProcess) {
  FakeHost host;
  add_machine(host);
  add_process(host, {.pid = 7});
  host.add_file("/proc/7/stat", "7 (x");
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(find(facts, 7), nullptr);
  EXPECT_EQ(coverage_of(facts, "/proc").failed, 1);
  EXPECT_EQ(coverage_of(facts, "/proc").status, "partial");
}

TEST(Processes, UnreadableProcIsAFailureNotAnEmptyHost) {
  FakeHost host;
  add_machine(host);
  host.deny("/proc");
  const auto facts = run_collector(collector(), host);
  EXPECT_FALSE(facts.has(model::tables::processes()));
  EXPECT_EQ(coverage_of(facts, "/proc").status, "failed");
}

TEST(Processes, ShareOfTheProcessorComesFromTwoReadings) {
  FakeHost host;
  add_machine(host);
  const std::string tail = " 0 0 20 0 1 0 100 0 0 1 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0\n";
  const std::string head = "7 (miner) R 1 7 7 0 -1 4194304 0 0 0 0 ";
  add_process(host, {.pid = 7, .executable = "/sbin/init"});
  host.add_file("/proc/7/stat", head + "100 0" + tail);
  host.then_bytes("/proc/7/stat", head + "160 10" + tail);
  const auto facts = run_collector(collector(), host, wanting("processes", {"pid", "cpu_percent"}));
  // 70 ticks of 10 ms in 700 ms.
  ASSERT_TRUE(find(facts, 7)->cpu_percent);
  EXPECT_NEAR(*find(facts, 7)->cpu_percent, 100.0, 1.0);
  EXPECT_NEAR(*find(facts, 1)->cpu_percent, 0.0, 0.01);
}

TEST(Processes, WhatCameAndWentIsSeenBetweenTheReadings) {
  FakeHost host;
  add_machine(host);
  add_process(host, {.pid = 7, .name = "leaver", .executable = "/sbin/init", .uid = 33});
  add_process(host, {.pid = 8, .name = "old", .executable = "/sbin/init", .start_ticks = 100});
  host.on_sleep([](FakeHost& machine) {
    machine.remove("/proc/7");
    machine.remove("/proc/8");
    add_process(machine,
                {.pid = 8, .name = "reused", .executable = "/sbin/init", .start_ticks = 999});
    add_process(machine, {.pid = 9, .name = "comer", .executable = "/sbin/init"});
  });
  const auto facts = run_collector(collector(), host);
  std::string seen;
  for (const model::ProcessChange& row : facts.read<model::ProcessChange>()) {
    seen += row.change + " " + row.name + ";";
  }
  EXPECT_EQ(seen, "started reused;started comer;ended leaver;ended old;");
  const auto& ended = facts.read<model::ProcessChange>()[2];
  EXPECT_EQ(ended.uid, 33);
  EXPECT_EQ(ended.path, "/sbin/init");
  EXPECT_GT(ended.seen_at.nanoseconds, test::kFakeNow.nanoseconds);
}

TEST(Processes, ProcessMissedByOneListingHasNotEnded) {
  FakeHost host;
  add_machine(host);
  add_process(host, {.pid = 7, .executable = "/sbin/init"});
  // Its stat fails once in the second listing's reading, then answers again.
  host.before_access("/proc/7/stat", 2,
                     [](FakeHost& machine) { machine.add_file("/proc/7/stat", "damaged"); });
  host.before_access("/proc/7/stat", 3, [](FakeHost& machine) {
    machine.add_process({.pid = 7, .executable = "/sbin/init"});
  });
  const auto facts = run_collector(collector(), host, wanting("process_changes"));
  EXPECT_TRUE(facts.has(model::tables::process_changes()));
  EXPECT_TRUE(facts.read<model::ProcessChange>().empty());
  EXPECT_FALSE(facts.has(model::tables::processes()));
}

TEST(Processes, TreeHasNone) {
  FakeHost host(host::HostKind::kTree);
  const auto facts = run_collector(collector(), host);
  EXPECT_FALSE(facts.has(model::tables::processes()));
  EXPECT_EQ(coverage_of(facts, "/proc").status, "not_applicable");
}

TEST(Processes, ManyThreadsGiveTheSameRowsInTheSameOrder) {
  FakeHost host;
  add_machine(host);
  for (int64_t pid = 100; pid < 400; ++pid) {
    add_process(host,
                {.pid = pid, .arguments = {"p" + std::to_string(pid)}, .executable = "/sbin/init"});
  }
  const auto facts = run_collector(collector(), host, Wanted::all(), 4);
  const auto& rows = facts.read<model::Process>();
  ASSERT_EQ(rows.size(), 301U);
  for (size_t i = 1; i < rows.size(); ++i) {
    EXPECT_LT(rows[i - 1].pid, rows[i].pid);
    EXPECT_EQ(rows[i].cmdline, "p" + std::to_string(rows[i].pid));
  }
}

}  // namespace
}  // namespace genba::collect::processes
