// SPDX-License-Identifier: Apache-2.0
#include "sys/file_writer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "gtest/gtest.h"

namespace genba::sys {
namespace {

namespace fs = std::filesystem;

class FileWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "genba-writer-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    place_ = pattern;
  }
  void TearDown() override { fs::remove_all(place_); }

  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static unsigned mode(const fs::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
  }

  fs::path place_;
};

TEST_F(FileWriterTest, WritesFilesThatOnlyTheOwnerReads) {
  const fs::path path = place_ / "case";
  auto directory = DirectoryWriter::create(path.string() + "/");
  ASSERT_TRUE(directory) << directory.error().what;
  auto file = directory->create_file("log");
  ASSERT_TRUE(file) << file.error().what;
  const std::string large(3 << 20, 'x');
  ASSERT_TRUE(file->append("a"));
  ASSERT_TRUE(file->append(large));
  ASSERT_TRUE(file->append("b"));
  ASSERT_TRUE(file->close_file());
  EXPECT_EQ(content(path / "log"), "a" + large + "b");
  EXPECT_EQ(mode(path), 0700U);
  EXPECT_EQ(mode(path / "log"), 0600U);
}

TEST_F(FileWriterTest, AnEmptyDirectoryIsTakenAndClosedToOthers) {
  fs::create_directory(place_ / "empty");
  EXPECT_TRUE(DirectoryWriter::create((place_ / "empty").string()));
  EXPECT_EQ(mode(place_ / "empty"), 0700U);
}

TEST_F(FileWriterTest, WhatIsThereStays) {
  fs::create_directory(place_ / "full");
  std::ofstream(place_ / "full" / "old") << "old";
  std::ofstream(place_ / "file") << "old";
  fs::create_directory(place_ / "target");
  fs::create_directory_symlink(place_ / "target", place_ / "link");
  for (const char* name : {"full", "file", "link", "link/", "nowhere/below"}) {
    EXPECT_FALSE(DirectoryWriter::create((place_ / name).string())) << name;
  }
  EXPECT_EQ(DirectoryWriter::create((place_ / "full").string()).error().code,
            base::ErrorCode::kInvalid);
}

TEST_F(FileWriterTest, APlantedLinkIsNotFollowed) {
  auto directory = DirectoryWriter::create((place_ / "case").string());
  ASSERT_TRUE(directory);
  fs::create_symlink(place_ / "victim", place_ / "case" / "log");
  EXPECT_FALSE(directory->create_file("log"));
  EXPECT_FALSE(fs::exists(place_ / "victim"));
  for (const char* name : {"", ".", "..", "a/b", "/etc/x"}) {
    EXPECT_FALSE(directory->create_file(name)) << name;
    EXPECT_FALSE(directory->make_directory(name)) << name;
  }
}

TEST_F(FileWriterTest, RenamingNeverReplaces) {
  auto directory = DirectoryWriter::create((place_ / "case").string());
  ASSERT_TRUE(directory);
  for (const char* name : {"a", "b"}) {
    auto file = directory->create_file(name);
    ASSERT_TRUE(file && file->append(name) && file->close_file());
  }
  EXPECT_EQ(directory->rename_file("a", "b").error().code, base::ErrorCode::kInvalid);
  EXPECT_EQ(content(place_ / "case" / "b"), "b");
  EXPECT_TRUE(directory->rename_file("a", "c"));
  EXPECT_EQ(content(place_ / "case" / "c"), "a");
  EXPECT_FALSE(fs::exists(place_ / "case" / "a"));
}

TEST_F(FileWriterTest, OutputKeepsTheOldContentUntilItIsReplaced) {
  const std::string path = place_ / "report.html";
  std::ofstream(path) << "an earlier and longer report";
  {
    auto output = FileWriter::open_output(path);
    ASSERT_TRUE(output);
  }
  EXPECT_EQ(fs::file_size(path), 28U);
  auto output = FileWriter::open_output(path);
  ASSERT_TRUE(output);
  ASSERT_TRUE(output->replace_content("new"));
  EXPECT_EQ(content(path), "new");
}

TEST_F(FileWriterTest, ARunThatFailsOrIsInterruptedLeavesNoEmptyOutput) {
  const std::string path = place_ / "report.html";
  auto output = FileWriter::open_output(path);
  ASSERT_TRUE(output) << output.error().what;
  EXPECT_FALSE(fs::exists(path));
  ASSERT_TRUE(output->replace_content("page"));
  EXPECT_EQ(content(path), "page");
  EXPECT_EQ(mode(path), 0600U);
}

TEST_F(FileWriterTest, ALinkPlantedWhileTheRunLooksIsNotWrittenThrough) {
  const std::string path = place_ / "report.html";
  std::ofstream(place_ / "victim") << "victim";
  auto output = FileWriter::open_output(path);
  ASSERT_TRUE(output);
  fs::create_hard_link(place_ / "victim", path);
  EXPECT_FALSE(output->replace_content("page"));
  EXPECT_EQ(content(place_ / "victim"), "victim");
}

TEST_F(FileWriterTest, OutputThatIsAnothersOrHasAnotherNameIsRefused) {
  std::ofstream(place_ / "victim") << "victim";
  fs::create_hard_link(place_ / "victim", place_ / "report");
  EXPECT_EQ(FileWriter::open_output((place_ / "report").string()).error().code,
            base::ErrorCode::kInvalid);
  if (::geteuid() != 0) {
    GTEST_SKIP() << "SKIPPED: needs root, to make another user's file";
  }
  constexpr unsigned kAnother = 64123;
  std::ofstream(place_ / "theirs") << "theirs";
  ASSERT_EQ(::chown((place_ / "theirs").c_str(), kAnother, kAnother), 0);
  EXPECT_EQ(FileWriter::open_output((place_ / "theirs").string()).error().code,
            base::ErrorCode::kInvalid);
  EXPECT_EQ(content(place_ / "theirs"), "theirs");
  fs::create_directory(place_ / "empty");
  ASSERT_EQ(::chown((place_ / "empty").c_str(), kAnother, kAnother), 0);
  EXPECT_EQ(DirectoryWriter::create((place_ / "empty").string()).error().code,
            base::ErrorCode::kInvalid);
}

TEST_F(FileWriterTest, AnEarlierReportIsClosedToOthers) {
  const std::string path = place_ / "report.html";
  std::ofstream(path) << "old";
  fs::permissions(path, fs::perms{0644});
  ASSERT_TRUE(FileWriter::open_output(path));
  EXPECT_EQ(mode(path), 0600U);
}

TEST_F(FileWriterTest, OutputIsNeverALinkAFifoOrBelowAMissingDirectory) {
  fs::create_symlink("/etc/hostname", place_ / "link");
  ASSERT_EQ(::mkfifo((place_ / "fifo").c_str(), 0600), 0);
  EXPECT_FALSE(FileWriter::open_output((place_ / "link").string()));
  EXPECT_FALSE(FileWriter::open_output((place_ / "fifo").string()));
  EXPECT_FALSE(FileWriter::open_output((place_ / "no" / "report").string()));
}

}  // namespace
}  // namespace genba::sys
