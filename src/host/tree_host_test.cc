// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/host.h"
#include "support/scratch.h"
#include "support/stuck_filesystem.h"

namespace genba::host {
namespace {

using base::ErrorCode;

TEST(TreeHost, AnswersAsIfTheDirectoryWereTheRoot) {
  test::Scratch scratch;
  scratch.file("etc/passwd", "root");
  scratch.link("etc/shadow", "/etc/passwd");
  scratch.link("etc/escape", "/../../../../../../../../etc/hostname");
  const auto host = open_tree_host(scratch.path());
  ASSERT_TRUE(host);
  EXPECT_EQ((*host)->kind(), HostKind::kTree);
  EXPECT_EQ((*host)->read_file("/etc/shadow")->bytes, "root");
  EXPECT_EQ((*host)->read_file("/etc/escape").error().code, ErrorCode::kNotFound);
  EXPECT_EQ((*host)->read_directory("/")->size(), 1U);
  EXPECT_EQ((*host)->read_file("/proc/1/stat").error().code, ErrorCode::kNotFound);
}

TEST(TreeHost, WhatNeedsARunningKernelIsUnsupported) {
  test::Scratch scratch;
  const auto host = *open_tree_host(scratch.path());
  EXPECT_EQ(host->kernel_names().error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(host->read_sock_diag(1).error().code, ErrorCode::kUnsupported);
  EXPECT_TRUE(host->sock_diag_families().empty());
  EXPECT_EQ(host->stat_magic("/proc/1/exe").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(host->open_magic("/proc/1/exe").error().code, ErrorCode::kUnsupported);
}

TEST(TreeHost, AWrongDirectoryIsSaidPlainly) {
  test::Scratch scratch;
  scratch.file("f", "");
  EXPECT_EQ(open_tree_host(scratch.at("absent")).error().code, ErrorCode::kNotFound);
  const auto file = open_tree_host(scratch.at("f"));
  EXPECT_EQ(file.error().code, ErrorCode::kWrongType);
  EXPECT_NE(file.error().what.find(scratch.at("f")), std::string::npos);
}

TEST(TreeHost, RiskyReadsAreOrdinaryOnes) {
  test::Scratch scratch;
  scratch.file("f", "x");
  const auto host = *open_tree_host(scratch.path());
  std::vector<std::string> told;
  const std::vector<RiskyRead> reads{{"/f"}, {"/absent"}};
  host->read_risky(reads, [&](size_t, Result<FileBytes> result) {
    told.push_back(result ? result->bytes : "error");
  });
  EXPECT_EQ(told, (std::vector<std::string>{"x", "error"}));
  EXPECT_EQ(host->footprint().helpers_started, 0U);
}

TEST(TreeHost, AFilesystemThatStoppedAnsweringInsideTheTreeIsNotEntered) {
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    ::alarm(60);  // it hung for ever
    test::Scratch scratch;
    scratch.directory("tree/tmp/x");
    scratch.link("tree/way_in", "/tmp/x/file");
    const bool private_mounts = test::enter_private_mounts();
    auto stuck = std::make_unique<test::StuckFilesystem>(scratch.at("tree/tmp/x"));
    if (!private_mounts || !stuck->mounted()) {
      ::_exit(77);
    }
    stuck->seize();
    const auto host = *open_tree_host(scratch.at("tree"));
    EXPECT_EQ(host->filesystem_type("/tmp/x").value_or(""), "fuse.stuck");
    for (const char* path : {"/tmp/x", "/tmp/x/file", "/tmp/x/other", "/way_in"}) {
      EXPECT_EQ(host->stat(path).error().code, ErrorCode::kUnsupported) << path;
    }
    EXPECT_EQ(host->read_directory("/tmp/x").error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(host->read_directory("/tmp")->size(), 1U);
    stuck.reset();
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
    GTEST_SKIP() << "SKIPPED: needs root, mount namespaces and FUSE";
  }
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace genba::host
