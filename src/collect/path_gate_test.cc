// SPDX-License-Identifier: Apache-2.0
#include "collect/path_gate.h"

#include <gtest/gtest.h>

#include "model/tables/mounts.h"
#include "support/fake_host.h"

namespace genba::collect {
namespace {

using test::FakeHost;

class PathGateTest : public ::testing::Test {
 protected:
  std::optional<std::string> refusal(std::string_view path) {
    const Wanted wanted = Wanted::all();
    Context context{host_, facts_, wanted};
    PathGate gate(context);
    return gate.refusal(path);
  }
  void mount(std::string_view path, std::string_view type, int64_t mnt_namespace = 7) {
    model::Mount row;
    row.path = path;
    row.type = type;
    row.mnt_namespace = mnt_namespace;
    facts_.rows<model::Mount>().push_back(std::move(row));
  }

  FakeHost host_;
  model::Facts facts_;
};

TEST_F(PathGateTest, LocalHomeIsEntered) {
  host_.add_directory("/home/a");
  EXPECT_FALSE(refusal("/home/a"));
  EXPECT_FALSE(refusal("/"));
  EXPECT_FALSE(refusal("/no/such/home"));
}

TEST_F(PathGateTest, MountPointOfADeadServerIsNotTouched) {
  host_.add_directory("/home/a");
  mount("/home", "nfs4");
  host_.forget_accesses();
  EXPECT_EQ(refusal("/home/a/.ssh"), "nfs4");
  EXPECT_FALSE(host_.touched("/home"));
}

TEST_F(PathGateTest, LinkIntoANetworkFilesystemIsNotFollowed) {
  host_.add_link("/home/a", "../srv/./a");
  host_.add_directory("/srv/a");
  mount("/srv", "fuse.sshfs");
  host_.forget_accesses();
  EXPECT_EQ(refusal("/home/a"), "fuse.sshfs");
  EXPECT_FALSE(host_.touched("/srv"));
}

TEST_F(PathGateTest, FilesystemItselfIsAskedWithoutMountTable) {
  host_.add_directory("/home/a");
  host_.set_filesystem_type("/home", "autofs");
  EXPECT_EQ(refusal("/home/a"), "autofs");
}

TEST_F(PathGateTest, MountsOfAContainerDoNotCount) {
  host_.add_directory("/home/a");
  host_.add_magic_link("/proc/self/ns/mnt", "mnt:[7]");
  mount("/home", "nfs", 8);
  EXPECT_FALSE(refusal("/home/a"));
}

TEST_F(PathGateTest, NetworkRootIsEnteredAllTheSame) {
  host_.add_directory("/home/a");
  host_.set_filesystem_type("/", "nfs");
  mount("/", "nfs");
  EXPECT_FALSE(refusal("/home/a"));
}

TEST_F(PathGateTest, LinkLoopEnds) {
  host_.add_link("/home/a", "/home/b").add_link("/home/b", "/home/a");
  EXPECT_FALSE(refusal("/home/a"));
}

}  // namespace
}  // namespace genba::collect
