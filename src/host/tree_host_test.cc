// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "host/host.h"
#include "support/scratch.h"

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

}  // namespace
}  // namespace genba::host
