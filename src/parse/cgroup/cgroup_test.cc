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

TEST(Cgroup, OneHierarchyIsAskedForByItsController) {
  constexpr std::string_view kBytes = "7:cpu,freezer:/a\n1:name=systemd:/s\n0::/u:x\n";
  EXPECT_EQ(parse_cgroup_path_in(kBytes, "freezer"), "/a");
  EXPECT_EQ(parse_cgroup_path_in(kBytes, ""), "/u:x");
  EXPECT_FALSE(parse_cgroup_path_in(kBytes, "pids"));
  EXPECT_FALSE(parse_cgroup_path_in("0:freezer:x\n0::\n::/\n", "freezer"));
  EXPECT_FALSE(parse_cgroup_path_in("1::/not-unified\n", ""));
}

TEST(Cgroup, NothingWhereThereIsNoHierarchy) {
  EXPECT_FALSE(parse_cgroup_path(""));
  EXPECT_FALSE(parse_cgroup_path("x\n:\n::\n0::nopath\n"));
}

}  // namespace
}  // namespace genba::parse
