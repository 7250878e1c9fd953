// SPDX-License-Identifier: Apache-2.0
#include "host/rooted_tree.h"

#include <gtest/gtest.h>

#include "host/root_clone.h"
#include "host/tree_backed_host.h"
#include "support/scratch.h"

namespace genba::host {
namespace {

using base::ErrorCode;

// The same hostile tree through both resolvers, with and without a procfs to reopen through.
struct Way {
  Resolver resolver;
  bool procfs;
};

class HostileTree : public ::testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    scratch_.file("secret", "outside");
    scratch_.file("root/etc/passwd", "root:x:0:0");
    scratch_.directory("root/empty");
    scratch_.link("root/etc/absolute", "/etc/passwd");
    scratch_.link("root/etc/relative", "passwd");
    scratch_.link("root/bin", "usr/bin");
    scratch_.file("root/usr/bin/ls", "elf");
    scratch_.link("root/escape", "../secret");
    scratch_.link("root/etc/deep_escape", "../../../../../../../../secret");
    scratch_.link("root/up", "..");
    scratch_.link("root/loop_a", "loop_b");
    scratch_.link("root/loop_b", "/loop_a");
    scratch_.link("root/self_loop", "self_loop/x");
    scratch_.link("root/dangling", "/nowhere/at/all");
    scratch_.link("root/to_proc", "/proc/self/environ");
    scratch_.link("root/to_directory", "/etc");
    scratch_.fifo("root/fifo");
    scratch_.socket("root/s");
    has_device_ = scratch_.device("root/null");
    tree_ = make(scratch_.at("root"));
  }

  std::unique_ptr<RootedTree> make(const std::string& directory) {
    RootedTree::Options options;
    options.resolver = GetParam().resolver;
    options.counters = &counters_;
    if (GetParam().procfs) {
      options.procfs = *open_own_procfs();
    }
    auto root = sys::openat(AT_FDCWD, directory.c_str(), O_PATH | O_DIRECTORY);
    return std::make_unique<RootedTree>(*std::move(root), std::move(options));
  }

  std::string read(std::string_view path) {
    const auto file = tree_->open_regular(path);
    if (!file) {
      return "error " + std::string(to_string(file.error().code));
    }
    const auto bytes = read_open_file(*tree_, *file, 1 << 20);
    return bytes ? bytes->bytes : "error " + std::string(to_string(bytes.error().code));
  }
  std::string canonical(std::string_view path) {
    const auto place = tree_->resolve(path, Follow::kYes);
    return place ? place->canonical : "error " + std::string(to_string(place.error().code));
  }

  test::Scratch scratch_;
  Counters counters_;
  bool has_device_ = false;
  std::unique_ptr<RootedTree> tree_;
};

TEST_P(HostileTree, AbsoluteLinksStayInside) {
  EXPECT_EQ(read("/etc/absolute"), "root:x:0:0");
  EXPECT_EQ(canonical("/etc/absolute"), "/etc/passwd");
  EXPECT_EQ(read("/to_directory/passwd"), "root:x:0:0");
}

TEST_P(HostileTree, RelativeLinksAndMergedUsrAreFollowed) {
  EXPECT_EQ(read("/etc/relative"), "root:x:0:0");
  EXPECT_EQ(read("/bin/ls"), "elf");
  EXPECT_EQ(canonical("/bin/ls"), "/usr/bin/ls");
  EXPECT_EQ(canonical("//bin/./ls/"), "/usr/bin/ls");
}

TEST_P(HostileTree, DotDotNeverLeavesTheRoot) {
  EXPECT_EQ(read("/escape"), "error not_found");
  EXPECT_EQ(read("/etc/deep_escape"), "error not_found");
  EXPECT_EQ(read("/../secret"), "error not_found");
  EXPECT_EQ(read("/up/up/secret"), "error not_found");
  EXPECT_EQ(canonical("/../.."), "/");
  EXPECT_EQ(canonical("/etc/.."), "/");
  EXPECT_EQ(canonical("/usr/bin/../../etc/passwd"), "/etc/passwd");
  EXPECT_EQ(canonical("/bin/.."), "/usr");
}

TEST_P(HostileTree, LoopsEnd) {
  EXPECT_EQ(read("/loop_a"), "error loop");
  EXPECT_EQ(read("/self_loop"), "error loop");
  EXPECT_EQ(canonical("/loop_b/x"), "error loop");
}

TEST_P(HostileTree, DanglingLinksAndLinksToProcAreNotFound) {
  EXPECT_EQ(read("/dangling"), "error not_found");
  EXPECT_EQ(read("/to_proc"), "error not_found");
  EXPECT_EQ(*tree_->read_link("/dangling"), "/nowhere/at/all");
}

TEST_P(HostileTree, NothingButRegularFilesIsOpened) {
  EXPECT_EQ(read("/fifo"), "error wrong_type");
  EXPECT_EQ(read("/s"), "error wrong_type");
  EXPECT_EQ(read("/etc"), "error wrong_type");
  EXPECT_EQ(tree_->open_directory("/fifo", Follow::kYes).error().code, ErrorCode::kWrongType);
  EXPECT_EQ(tree_->open_directory("/etc/passwd", Follow::kYes).error().code, ErrorCode::kWrongType);
  EXPECT_EQ(tree_->status("/fifo", Follow::kYes)->type, FileType::kFifo);
  EXPECT_EQ(tree_->status("/s", Follow::kYes)->type, FileType::kSocket);
  if (has_device_) {
    EXPECT_EQ(read("/null"), "error wrong_type");
    EXPECT_EQ(tree_->status("/null", Follow::kNo)->type, FileType::kCharacter);
  }
}

TEST_P(HostileTree, AFileIsNotADirectoryOnTheWay) {
  EXPECT_EQ(read("/etc/passwd/x"), "error not_found");
  EXPECT_EQ(read("/fifo/x"), "error not_found");
}

TEST_P(HostileTree, StatusAndLinkTextAreOfTheLinkItself) {
  EXPECT_EQ(tree_->status("/bin", Follow::kNo)->type, FileType::kSymlink);
  EXPECT_EQ(tree_->status("/bin", Follow::kYes)->type, FileType::kDirectory);
  EXPECT_EQ(*tree_->read_link("/bin"), "usr/bin");
  EXPECT_EQ(tree_->read_link("/etc").error().code, ErrorCode::kWrongType);
  EXPECT_EQ(tree_->open_directory("/bin", Follow::kNo).error().code, ErrorCode::kLoop);
  EXPECT_TRUE(tree_->open_directory("/bin", Follow::kYes));
}

TEST_P(HostileTree, NamesOfAnyLengthAndBytesAreHandled) {
  const std::string odd("\x1b[2J\n\xff \xe2\x80\xae", 10);
  scratch_.file("root/" + odd, "odd");
  EXPECT_EQ(read("/" + odd), "odd");
  EXPECT_EQ(read("/" + std::string(300, 'x')).substr(0, 5), "error");
  EXPECT_EQ(read(std::string("/etc/passwd\0x", 13)), "error invalid");
  EXPECT_EQ(read("etc/passwd"), "error invalid");
  EXPECT_EQ(read(""), "error invalid");
  std::string longer;
  while (longer.size() < 9000) {
    longer += "/./etc/..";
  }
  EXPECT_EQ(read(longer + "/etc/passwd"), "root:x:0:0");
}

TEST_P(HostileTree, ATreeDeeperThanPathMaxIsReached) {
  // Made through descriptors, as an attacker would.
  sys::Fd at = *sys::openat(AT_FDCWD, scratch_.at("root").c_str(), O_PATH | O_DIRECTORY);
  const std::string name(200, 'd');
  std::string path;
  for (int i = 0; i < 25; ++i) {
    ASSERT_EQ(::mkdirat(at.get(), name.c_str(), 0700), 0);
    at = *sys::openat(at.get(), name.c_str(), O_PATH | O_DIRECTORY);
    path += "/" + name;
  }
  { sys::Fd file = *sys::openat(at.get(), "f", O_WRONLY | O_CREAT, 0600); }
  EXPECT_EQ(read(path + "/f"), "");
}

INSTANTIATE_TEST_SUITE_P(BothWays, HostileTree,
                         ::testing::Values(Way{Resolver::kKernel, true}, Way{Resolver::kWalk, true},
                                           Way{Resolver::kKernel, false},
                                           Way{Resolver::kWalk, false}));

}  // namespace
}  // namespace genba::host
