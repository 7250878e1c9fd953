// SPDX-License-Identifier: Apache-2.0
//
// In a hierarchy that the machine has mounted, with a group of its own that is gone at the end.
#include "sys/cgroup.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <sstream>

#include "sys/process.h"

namespace genba::sys {
namespace {

using base::ErrorCode;

// Where mountinfo says that the hierarchy is; plain names only, as a machine's own mounts have.
std::optional<std::string> mount_point(const std::string& type, const std::string& option) {
  std::ifstream file("/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string id;
    std::string parent;
    std::string device;
    std::string root;
    std::string path;
    words >> id >> parent >> device >> root >> path;
    if (line.find(" - " + type + " ") != std::string::npos &&
        line.find(option, line.find(" - ")) != std::string::npos) {
      return path;
    }
  }
  return std::nullopt;
}

class CgroupTest : public testing::TestWithParam<CgroupVersion> {
 protected:
  void SetUp() override {
    const bool v2 = GetParam() == CgroupVersion::kV2;
    const auto where = v2 ? mount_point("cgroup2", "") : mount_point("cgroup", "freezer");
    if (!where) {
      GTEST_SKIP() << "SKIPPED: needs a mounted cgroup hierarchy of this version";
    }
    root_ = *open_cgroup_mount(*where, GetParam());
    auto made = make_cgroup(root_, name_);
    if (!made) {
      GTEST_SKIP() << "SKIPPED: needs the right to make a cgroup: " << made.error().what;
    }
    group_ = *std::move(made);
  }
  void TearDown() override {
    if (group_.valid()) {
      EXPECT_TRUE(remove_cgroup(root_, name_));
    }
  }

  const std::string name_ = "genba-test-sys-" + std::to_string(::getpid());
  Fd root_;
  Fd group_;
};

TEST_P(CgroupTest, AGroupIsMadeFoundAndListed) {
  EXPECT_EQ(make_cgroup(root_, name_).error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(open_cgroup(root_, "/" + name_));
  EXPECT_TRUE(open_cgroup(root_, "/"));
  EXPECT_EQ(open_cgroup(root_, "/" + name_ + "/..").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(open_cgroup(root_, "/genba-test-not-there").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(make_cgroup(group_, "below"));
  EXPECT_EQ(*child_cgroups(group_), std::vector<std::string>{"below"});
  EXPECT_FALSE(remove_cgroup(root_, name_));
  EXPECT_TRUE(remove_cgroup(group_, "below"));
}

TEST_P(CgroupTest, AProcessMovesInAndDiesThere) {
  const pid_t child = *fork();
  if (child == 0) {
    ::alarm(30);
    while (true) {
      ::pause();
    }
  }
  EXPECT_EQ(*read_cgroup_file(group_, "cgroup.procs"), "");
  EXPECT_TRUE(write_cgroup_file(group_, "cgroup.procs", std::to_string(child)));
  EXPECT_EQ(*read_cgroup_file(group_, "cgroup.procs"), std::to_string(child) + "\n");
  EXPECT_EQ(read_cgroup_file(group_, "cgroup.procs", 1).error().code, ErrorCode::kTooLarge);
  ::kill(child, SIGKILL);
  ASSERT_TRUE(wait_for(child));
  EXPECT_EQ(write_cgroup_file(group_, "cgroup.procs", std::to_string(child)).error().code,
            ErrorCode::kGone);
  EXPECT_EQ(write_cgroup_file(group_, "genba.none", "1").error().code, ErrorCode::kNotFound);
}

INSTANTIATE_TEST_SUITE_P(, CgroupTest, testing::Values(CgroupVersion::kV1, CgroupVersion::kV2),
                         [](const auto& one) {
                           return std::string(one.param == CgroupVersion::kV1 ? "V1" : "V2");
                         });

TEST(Cgroup, WhatIsNoHierarchyIsRefused) {
  EXPECT_EQ(open_cgroup_mount("/proc", CgroupVersion::kV2).error().code, ErrorCode::kWrongType);
}

}  // namespace
}  // namespace genba::sys
