// SPDX-License-Identifier: Apache-2.0
#include "sys/file.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <set>

#include "support/scratch.h"

namespace genba::sys {
namespace {

using base::ErrorCode;

TEST(File, OpenSaysWhichErrnoItMet) {
  const auto file = openat(AT_FDCWD, "/nowhere/at/all", O_RDONLY);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(file.error().sys_errno, ENOENT);
}

TEST(File, DescriptorsCloseThemselvesAndAreClosedOnExec) {
  int number = -1;
  {
    const Fd fd = *openat(AT_FDCWD, "/", O_PATH);
    number = fd.get();
    EXPECT_EQ(::fcntl(number, F_GETFD), FD_CLOEXEC);
  }
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

TEST(File, StatusIsToldWithAndWithoutStatx) {
  test::Scratch scratch;
  scratch.file("f", "12345");
  const auto status = statx(AT_FDCWD, scratch.at("f").c_str(), 0, STATX_BASIC_STATS);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->stx_size, 5U);
  EXPECT_TRUE(S_ISREG(status->stx_mode));
  struct stat plain {};
  ASSERT_EQ(::stat(scratch.at("f").c_str(), &plain), 0);
  EXPECT_EQ(status->stx_ino, plain.st_ino);
  EXPECT_EQ(make_device(status->stx_dev_major, status->stx_dev_minor), plain.st_dev);
}

TEST(File, LinksOfAnyLengthAreRead) {
  test::Scratch scratch;
  const std::string target(4000, 'x');
  scratch.link("l", target);
  EXPECT_EQ(*readlinkat(AT_FDCWD, scratch.at("l").c_str()), target);
}

TEST(File, ADirectoryOfThousandsIsListedWhole) {
  test::Scratch scratch;
  std::set<std::string> expected;
  for (int i = 0; i < 3000; ++i) {
    expected.insert("name-" + std::to_string(i));
    scratch.file("name-" + std::to_string(i), "");
  }
  const Fd directory = *openat(AT_FDCWD, scratch.path().c_str(), O_RDONLY | O_DIRECTORY);
  std::set<std::string> seen;
  ASSERT_TRUE(read_directory(directory.get(), [&](std::string_view name, uint8_t, uint64_t) {
    seen.emplace(name);
    return true;
  }));
  EXPECT_EQ(seen, expected);
}

TEST(File, AListingStopsWhenToldTo) {
  const Fd directory = *openat(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY);
  int count = 0;
  ASSERT_TRUE(read_directory(directory.get(),
                             [&](std::string_view, uint8_t, uint64_t) { return ++count < 3; }));
  EXPECT_EQ(count, 3);
}

TEST(File, ProcIsKnownByItsMagic) {
  const Fd proc = *openat(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY);
  EXPECT_EQ(*filesystem_magic(proc.get()), 0x9fa0U);
}

TEST(File, CloseFromKeepsWhatItIsToldTo) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    // Children of a test only: the numbers are chosen far above what the test framework uses.
    for (const int fd : {100, 101, 102, 103}) {
      ::dup2(2, fd);
    }
    close_from(100, std::array{101, 103, 5});
    const bool good = ::fcntl(100, F_GETFD) < 0 && ::fcntl(101, F_GETFD) >= 0 &&
                      ::fcntl(102, F_GETFD) < 0 && ::fcntl(103, F_GETFD) >= 0;
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace genba::sys
