// SPDX-License-Identifier: Apache-2.0
#include "parse/process_status/process_status.h"

#include <string>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

TEST(ProcessStatus, EveryFieldIsTaken) {
  const auto status = parse_process_status(
      "Name:\tsu\nTgid:\t42\nPid:\t42\nPPid:\t7\nTracerPid:\t9\nUid:\t1000\t0\t5\t0\n"
      "Gid:\t100\t1\t6\t1\nNSpid:\t42\t1\nVmSize:\t    8000 kB\nVmRSS:\t    1200 kB\n"
      "Threads:\t3\nCapEff:\t000001ffffffffff\nNoNewPrivs:\t1\nSeccomp:\t2\n");
  ASSERT_TRUE(status);
  EXPECT_EQ(status->uid.real, 1000);
  EXPECT_EQ(status->uid.effective, 0);
  EXPECT_EQ(status->uid.saved, 5);
  EXPECT_EQ(status->gid.real, 100);
  EXPECT_EQ(status->gid.effective, 1);
  EXPECT_EQ(status->gid.saved, 6);
  EXPECT_EQ(status->thread_group, 42);
  EXPECT_EQ(status->parent, 7);
  EXPECT_EQ(status->tracer_pid, 9);
  EXPECT_EQ(status->threads, 3);
  EXPECT_EQ(status->virtual_size, 8000 * 1024);
  EXPECT_EQ(status->resident_size, 1200 * 1024);
  EXPECT_EQ(status->cap_effective, 0x1ffffffffffU);
  EXPECT_EQ(status->no_new_privs, true);
  EXPECT_EQ(status->seccomp, 2);
  EXPECT_EQ(status->namespace_depth, 2);
}

TEST(ProcessStatus, OldKernelLeavesNewFieldsAbsent) {
  const auto status = parse_process_status("Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n");
  ASSERT_TRUE(status);
  EXPECT_FALSE(status->no_new_privs);
  EXPECT_FALSE(status->seccomp);
  EXPECT_FALSE(status->resident_size);
  EXPECT_EQ(status->namespace_depth, 0);
}

TEST(ProcessStatus, FirstOfTwoEqualLinesCounts) {
  const auto status = parse_process_status(
      "Uid:\t1\t1\t1\t1\nGid:\t1\t1\t1\t1\nUid:\t0\t0\t0\t0\nTracerPid:\t5\nTracerPid:\t0\n");
  ASSERT_TRUE(status);
  EXPECT_EQ(status->uid.real, 1);
  EXPECT_EQ(status->tracer_pid, 5);
}

TEST(ProcessStatus, WithoutItsIdsItIsDamaged) {
  for (const char* text : {"", "Name:\tx\n", "Uid:\t0\t0\t0\t0\n", "Uid:\t0\nGid:\t0\t0\t0\t0\n"}) {
    EXPECT_FALSE(parse_process_status(text)) << text;
  }
}

}  // namespace
}  // namespace genba::parse
