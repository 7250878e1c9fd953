// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "collect/collector.h"
#include "gtest/gtest.h"
#include "model/tables/host_info.h"
#include "support/run_collector.h"

namespace genba::collect::kernel {

const Collector& collector();

namespace {

using test::coverage_of;
using test::FakeHost;
using test::run_collector;

void add_files(FakeHost& host) {
  host.add_file("/etc/hostname", "web1\n");
  host.add_file("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
  host.add_file("/usr/lib/os-release",
                "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12\"\nVERSION_ID=\"12\"\n");
}

model::HostInfo only_row(const model::Facts& facts) {
  EXPECT_EQ(facts.read<model::HostInfo>().size(), 1U);
  return facts.read<model::HostInfo>().empty() ? model::HostInfo{}
                                               : facts.read<model::HostInfo>().front();
}

TEST(Kernel, LiveHostAnswersFromTheKernel) {
  FakeHost host;
  add_files(host);
  host.set_kernel_names({"live-name", "6.1.0-18-amd64", "#1 SMP", "x86_64"});
  host.add_file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz quiet\n");
  host.add_file("/proc/sys/kernel/random/boot_id", "aa-bb\n");
  host.add_file("/proc/stat", "cpu 1\nbtime 1795226400\n");
  host.add_file("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
  host.add_file("/proc/sys/kernel/tainted", "12288\n");
  host.add_file("/proc/sys/kernel/pid_max", "4194304\n");
  host.add_file("/proc/modules", "");
  host.add_magic_link("/proc/self/ns/pid", "pid:[4026531836]");
  host.add_process({.pid = 1});
  host.magic_status("/proc/1/root") = host.status("/");
  const auto facts = run_collector(collector(), host);
  const model::HostInfo row = only_row(facts);
  EXPECT_EQ(row.hostname, "live-name");
  EXPECT_EQ(row.os_id, "debian");
  EXPECT_EQ(row.os_name, "Debian GNU/Linux 12");
  EXPECT_EQ(row.os_version, "12");
  EXPECT_EQ(row.machine_id, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(row.kernel_release, "6.1.0-18-amd64");
  EXPECT_EQ(row.kernel_version, "#1 SMP");
  EXPECT_EQ(row.architecture, "x86_64");
  EXPECT_EQ(row.kernel_arguments, "BOOT_IMAGE=/vmlinuz quiet");
  EXPECT_EQ(row.boot_id, "aa-bb");
  EXPECT_EQ(row.boot_time, base::timestamp_from_unix(1795226400));
  EXPECT_EQ(row.clock_realtime, test::kFakeNow);
  EXPECT_TRUE(row.clock_boottime);
  EXPECT_EQ(row.lockdown, "integrity");
  EXPECT_EQ(row.tainted, 12288);
  EXPECT_EQ(row.modules_loadable, true);
  EXPECT_EQ(row.pid_max, 4194304);
  EXPECT_EQ(row.euid, 0);
  EXPECT_EQ(row.is_container, false);
  EXPECT_EQ(coverage_of(facts, "host_info").status, "complete");
}

TEST(Kernel, KernelWithoutModulesOrLockdownSaysSo) {
  FakeHost host;
  const model::HostInfo row = only_row(run_collector(collector(), host));
  EXPECT_EQ(row.modules_loadable, false);
  EXPECT_FALSE(row.lockdown);
  EXPECT_FALSE(row.tainted);
  EXPECT_FALSE(row.machine_id);
  EXPECT_FALSE(row.is_container);
}

TEST(Kernel, InnerPidNamespaceIsAContainer) {
  FakeHost host;
  host.add_magic_link("/proc/self/ns/pid", "pid:[4026532500]");
  EXPECT_EQ(only_row(run_collector(collector(), host)).is_container, true);
}

TEST(Kernel, OtherRootThanTheFirstProcessIsAContainer) {
  FakeHost host;
  host.add_magic_link("/proc/self/ns/pid", "pid:[4026531836]");
  host.add_process({.pid = 1});
  auto& root = host.magic_status("/proc/1/root");
  root.device = 99;
  root.inode = 2;
  EXPECT_EQ(only_row(run_collector(collector(), host)).is_container, true);
}

TEST(Kernel, TreeAnswersFromItsFilesAlone) {
  FakeHost host(host::HostKind::kTree);
  add_files(host);
  host.add_file("/proc/cmdline", "of another machine");
  const auto facts = run_collector(collector(), host);
  const model::HostInfo row = only_row(facts);
  EXPECT_EQ(row.hostname, "web1");
  EXPECT_EQ(row.os_id, "debian");
  EXPECT_FALSE(row.kernel_release);
  EXPECT_FALSE(row.kernel_arguments);
  EXPECT_FALSE(row.clock_realtime);
  EXPECT_FALSE(row.euid);
  EXPECT_FALSE(row.modules_loadable);
  EXPECT_FALSE(host.touched("/proc"));
}

TEST(Kernel, RefusedFilesAreCounted) {
  FakeHost host;
  add_files(host);
  host.deny("/etc/machine-id");
  const auto facts = run_collector(collector(), host);
  EXPECT_FALSE(only_row(facts).machine_id);
  EXPECT_EQ(coverage_of(facts, "host_info").denied, 1);
  EXPECT_EQ(coverage_of(facts, "host_info").status, "partial");
}

}  // namespace
}  // namespace genba::collect::kernel
