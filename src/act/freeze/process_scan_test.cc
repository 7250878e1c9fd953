// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/process_scan.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "support/fake_host.h"

namespace genba::act {
namespace {

using base::ErrorCode;
using test::FakeHost;
using test::FakeProcess;

FakeProcess process(int64_t pid, int64_t parent, uint64_t ticks, char state = 'S') {
  FakeProcess one;
  one.pid = pid;
  one.ppid = parent;
  one.name = "a) b (";
  one.executable = "/tmp/x";
  one.executable_bytes = "bytes";
  one.arguments = {"x"};
  one.start_ticks = ticks;
  one.state = state;
  return one;
}

TEST(ProcessScan, ANumberAndAStartMakeAProcess) {
  FakeHost host;
  host.add_process(process(7, 1, 4711));
  const auto scan = scan_processes(host);
  ASSERT_TRUE(scan);
  ASSERT_EQ(scan->count(7), 1U);
  EXPECT_EQ(scan->at(7).key, (ProcessKey{7, 4711}));
  EXPECT_EQ(scan->at(7).name, "a) b (");
  EXPECT_TRUE(is_alive(host, {7, 4711}));
  EXPECT_FALSE(is_alive(host, {7, 4712}));
  EXPECT_FALSE(is_alive(host, {8, 4711}));
}

TEST(ProcessScan, WhoHasEndedIsGoneAndAZombieIsNotAlive) {
  FakeHost host;
  host.add_process(process(7, 1, 10, 'Z'));
  EXPECT_TRUE(scan_process(host, 7)->zombie);
  EXPECT_FALSE(is_alive(host, {7, 10}));
  EXPECT_EQ(scan_process(host, 8).error().code, ErrorCode::kGone);
}

TEST(ProcessScan, WhoVanishesMeanwhileIsLeftOutAndAnEmptyProcIsAnError) {
  FakeHost host;
  host.add_process(process(7, 1, 10)).add_process(process(8, 1, 10));
  host.vanish("/proc/8/stat");
  EXPECT_EQ(scan_processes(host)->count(8), 0U);
  FakeHost empty;
  empty.add_directory("/proc");
  EXPECT_EQ(scan_processes(empty).error().code, ErrorCode::kUnsupported);
}

TEST(ProcessScan, AnExecutableIsKnownByDeviceAndInode) {
  FakeHost host;
  host.add_process(process(7, 1, 10)).add_process(process(8, 1, 10));
  host.magic_status("/proc/7/exe").inode = 99;
  host.magic_status("/proc/8/exe").inode = 99;
  const auto one = executable_of(host, 7);
  const auto other = executable_of(host, 8);
  ASSERT_TRUE(one && other);
  EXPECT_EQ(one->path, "/tmp/x");
  EXPECT_TRUE(one->same_file(*other));
  host.magic_status("/proc/8/exe").inode = 100;
  EXPECT_FALSE(one->same_file(*executable_of(host, 8)));
}

TEST(ProcessScan, GenbaAndWhoStartedItMustNotBeTouched) {
  const auto host = host::open_live_host({});
  ASSERT_TRUE(host);
  const auto scan = scan_processes(**host);
  ASSERT_TRUE(scan);
  const auto ours = untouchable(**host, *scan);
  EXPECT_TRUE(ours.contains(1));
  EXPECT_TRUE(ours.contains(::getpid()));
  EXPECT_TRUE(::getppid() == 0 || ours.contains(::getppid()));
}

}  // namespace
}  // namespace genba::act
