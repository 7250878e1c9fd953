// SPDX-License-Identifier: Apache-2.0
#include "sys/append_file.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "gtest/gtest.h"
#include "support/scratch.h"

namespace genba::sys {
namespace {

namespace fs = std::filesystem;

class AppendFileTest : public testing::Test {
 protected:
  void SetUp() override {
    auto directory = DirectoryWriter::open_or_create(place_.at("a/b/c/"));
    ASSERT_TRUE(directory) << directory.error().what;
    directory_ = *std::move(directory);
  }
  base::Result<AppendFile> open() const { return AppendFile::open(directory_, "log"); }

  test::Scratch place_;
  DirectoryWriter directory_;
};

TEST_F(AppendFileTest, KeepsWhatWasThereAndAddsToIt) {
  ASSERT_TRUE(open()->append("one\n"));
  const auto file = open();
  ASSERT_TRUE(file) << file.error().what;
  ASSERT_TRUE(file->append("two\n"));
  EXPECT_EQ(file->read_all(100), "one\ntwo\n");
  ASSERT_TRUE(file->cut(4));
  EXPECT_EQ(file->read_all(100), "one\n");
  EXPECT_EQ(file->read_all(3).error().code, base::ErrorCode::kTooLarge);
  struct stat status {};
  ASSERT_EQ(::stat(place_.at("a/b/c/log").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  ASSERT_EQ(::stat(place_.at("a/b").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0700U);
}

TEST_F(AppendFileTest, LockHoldsAgainstThisProcessToo) {
  auto first = open();
  const auto second = open();
  EXPECT_EQ(first->try_lock(), Lock::kOurs);
  EXPECT_EQ(second->try_lock(), Lock::kTaken);
  first = base::fail(base::ErrorCode::kGone, "closed");
  EXPECT_EQ(second->try_lock(), Lock::kOurs);
}

TEST_F(AppendFileTest, LockOfAKilledWriterIsFree) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto file = open();
    const bool ours = file && file->try_lock() == Lock::kOurs;
    (void)!::write(ready[1], ours ? "y" : "n", 1);
    ::pause();
    ::_exit(0);
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  const auto file = open();
  EXPECT_EQ(file->try_lock(), Lock::kTaken);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(file->try_lock(), Lock::kOurs);
  ::close(ready[0]);
  ::close(ready[1]);
}

// A file size limit stops a write in its middle as a full disk does.
TEST_F(AppendFileTest, PieceThatDoesNotFitLeavesNothingBehind) {
  const auto file = open();
  ASSERT_TRUE(file->append("whole\n"));
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{10, 10};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::_exit(file->append("more than fits\n") ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(file->read_all(100), "whole\n");
}

TEST_F(AppendFileTest, WhatMayBeSomebodyElsesIsRefused) {
  place_.file("other", "x");
  fs::create_hard_link(place_.at("other"), place_.at("a/b/c/log"));
  EXPECT_EQ(open().error().code, base::ErrorCode::kInvalid);
  fs::remove(place_.at("a/b/c/log"));
  place_.link("a/b/c/log", place_.at("other"));
  EXPECT_EQ(open().error().code, base::ErrorCode::kLoop);
  fs::remove(place_.at("a/b/c/log"));
  place_.fifo("a/b/c/log");
  EXPECT_EQ(open().error().code, base::ErrorCode::kWrongType);
}

TEST_F(AppendFileTest, DirectoryThatOthersWriteIntoIsRefused) {
  place_.directory("open");
  ASSERT_EQ(::chmod(place_.at("open").c_str(), 0777), 0);
  const auto directory = DirectoryWriter::open_or_create(place_.at("open"));
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().code, base::ErrorCode::kInvalid);
}

}  // namespace
}  // namespace genba::sys
