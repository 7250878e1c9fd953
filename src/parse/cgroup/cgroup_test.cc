// SPDX-License-Identifier: Apache-2.0
#include "parse/cgroup/cgroup.h"

#include <string>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

TEST(Cgroup, UnifiedPathIsPreferred) {
  EXPECT_EQ(parse_cgroup_path("1:name=systemd:/old\n0::/system.slice/ssh.service\n"),
            "/system.slice/ssh.service");
}

TEST(Cgroup, SystemdHierarchyComesNext) {
  EXPECT_EQ(parse_cgroup_path("11:memory:/m\n1:name=systemd:/user.slice\n"), "/user.slice");
}

TEST(Cgroup, FirstHierarchyComesLast) {
  EXPECT_EQ(parse_cgroup_path("11:memory:/docker/abc\n2:cpu,cpuacct:/x\n"), "/docker/abc");
}

TEST(Cgroup, ColonsAndEscapesBelongToThePath) {
  EXPECT_EQ(parse_cgroup_path("0::/a:b\\012c\n"), "/a:b\nc");
}

TEST(Cgroup, NothingWhereThereIsNoHierarchy) {
  EXPECT_FALSE(parse_cgroup_path(""));
  EXPECT_FALSE(parse_cgroup_path("x\n:\n::\n0::nopath\n"));
}

}  // namespace
}  // namespace genba::parse
