// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/kinship.h"

#include <gtest/gtest.h>

#include "support/fake_host.h"

namespace genba::act {
namespace {

using test::FakeHost;
using test::FakeProcess;

constexpr uint64_t kBegan = 100'000;  // ticks; the fake's clock says so

class KinshipTest : public testing::Test {
 protected:
  KinshipTest() {
    host_.set_clocks({base::Timestamp{1'700'000'000'000'000'000},
                      static_cast<int64_t>(kBegan) * 10'000'000, 5'000'000'000});
  }
  static ScannedProcess process(int64_t pid, int64_t parent, uint64_t ticks) {
    ScannedProcess one;
    one.key = {pid, ticks};
    one.parent = parent;
    one.session = pid;
    one.pgroup = pid;
    one.state = 'S';
    return one;
  }
  void runs(int64_t pid, uint64_t inode) {
    FakeProcess one;
    one.pid = pid;
    one.arguments = {"x"};
    one.executable = "/tmp/x";
    one.executable_bytes = "bytes";
    host_.remove("/proc/" + std::to_string(pid));
    host_.add_process(one);
    auto& status = host_.magic_status("/proc/" + std::to_string(pid) + "/exe");
    status.device = 8;
    status.inode = inode;
  }
  void is_held_by(int64_t pid, uint64_t start_ticks) {
    FakeProcess one;
    one.pid = pid;
    one.arguments = {"x"};
    one.start_ticks = start_ticks;
    host_.remove("/proc/" + std::to_string(pid));
    host_.add_process(one);
  }

  FakeHost host_;
};

TEST_F(KinshipTest, ChildrenBelongAtAnyDistanceAndInAnyOrder) {
  Kinship kinship(host_, {}, {});
  kinship.add(process(900, 1, 10));
  Scan scan;
  scan[800] = process(800, 850, 12);  // grandchild with the lowest number
  scan[850] = process(850, 900, 11);
  scan[900] = process(900, 1, 10);
  scan[901] = process(901, 1, 10);
  const auto found = kinship.take_newcomers(scan);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].why, "child of 900");
  EXPECT_TRUE(kinship.take_newcomers(scan).empty());
}

TEST_F(KinshipTest, AChildOfANumberThatWasGivenOutAgainIsNoChild) {
  Kinship kinship(host_, {}, {});
  kinship.add(process(900, 1, 10));
  kinship.add(process(950, 1, 10));
  is_held_by(900, kBegan + 5);  // the member died, a stranger has its number
  is_held_by(950, 10);          // the member still
  EXPECT_FALSE(kinship.why(process(901, 900, kBegan + 6)));
  EXPECT_EQ(kinship.why(process(951, 950, kBegan + 6)), "child of 950");
  // Who ended since the look was still the member when it was taken.
  host_.remove("/proc/950");
  EXPECT_TRUE(kinship.why(process(951, 950, kBegan + 6)));
  ScannedProcess of_strangers_session = process(902, 1, kBegan + 7);
  of_strangers_session.session = 900;
  of_strangers_session.pgroup = 900;
  EXPECT_FALSE(kinship.why(of_strangers_session));
}

TEST_F(KinshipTest, TheFamilysFileMakesAMemberAndAYoungProcessIsAskedAgain) {
  Kinship kinship(host_, {{8, 4711, 0, "/tmp/x", false}}, {});
  runs(700, 1);
  EXPECT_FALSE(kinship.why(process(700, 1, kBegan - 10)));
  runs(700, 4711);  // after its execve
  EXPECT_EQ(kinship.why(process(700, 1, kBegan - 10)), "runs the family's executable");
}

TEST_F(KinshipTest, OrphansBornMeanwhileAreKnownByTheirSession) {
  Kinship kinship(host_, {}, {});
  kinship.add(process(900, 1, 10));
  ScannedProcess orphan = process(950, 1, kBegan + 1);
  orphan.session = 900;
  EXPECT_TRUE(kinship.why(orphan));
  orphan.key.start_ticks = kBegan - 1;  // a background job from before
  EXPECT_FALSE(kinship.why(orphan));
}

TEST_F(KinshipTest, TheSparedTheDeadAndTheKernelNeverBelong) {
  Kinship kinship(host_, {}, {{901, "the filesystem of the case"}});
  kinship.add(process(900, 1, 10));
  EXPECT_FALSE(kinship.why(process(901, 900, 11)));
  ScannedProcess zombie = process(902, 900, 11);
  zombie.zombie = true;
  EXPECT_FALSE(kinship.why(zombie));
  ScannedProcess thread = process(903, 900, 11);
  thread.kernel_thread = true;
  EXPECT_FALSE(kinship.why(thread));
}

}  // namespace
}  // namespace genba::act
