// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <cerrno>

#include "gtest/gtest.h"

namespace genba::base {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) {
    return fail(ErrorCode::kInvalid, "odd");
  }
  return number / 2;
}

Result<int> quarter(int number) {
  GENBA_TRY(const int first, half(number));
  GENBA_TRY(const int second, half(first));
  return second;
}

TEST(Result, TryHandsTheErrorUp) {
  EXPECT_EQ(quarter(8), 2);
  ASSERT_FALSE(quarter(6));
  EXPECT_EQ(quarter(6).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(quarter(6).error().what, "odd");
}

TEST(Error, GainsContextOnItsWayUp) {
  const Error error = error_from_errno(EACCES, "reading '/proc/1/stat'");
  EXPECT_EQ(error.code, ErrorCode::kDenied);
  EXPECT_EQ(error.sys_errno, EACCES);
  EXPECT_EQ(error.what, "reading '/proc/1/stat': permission denied");
  EXPECT_EQ(error.with_context("process 1").what,
            "process 1: reading '/proc/1/stat': permission denied");
  EXPECT_EQ(error.with_context("x").code, ErrorCode::kDenied);
}

TEST(Error, VanishedIsNotTheSameAsNeverThere) {
  EXPECT_EQ(error_from_errno(ENOENT, "x").code, ErrorCode::kNotFound);
  EXPECT_EQ(error_from_errno(ESRCH, "x").code, ErrorCode::kGone);
  EXPECT_EQ(error_from_errno(ENOSYS, "x").code, ErrorCode::kUnsupported);
  EXPECT_EQ(error_from_errno(ELOOP, "x").code, ErrorCode::kLoop);
  EXPECT_EQ(error_from_errno(99'999, "x").what, "x: unknown error");
}

TEST(ErrorCode, NamesAreStable) {
  EXPECT_EQ(to_string(ErrorCode::kNotFound), "not_found");
  EXPECT_EQ(to_string(ErrorCode::kTimedOut), "timed_out");
  EXPECT_EQ(to_string(ErrorCode::kIo), "io");
}

TEST(CheckDeathTest, BrokenPromiseAborts) {
  EXPECT_DEATH(GENBA_CHECK(1 == 2), "internal error at .*1 == 2");
}

}  // namespace
}  // namespace genba::base
