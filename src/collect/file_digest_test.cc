// SPDX-License-Identifier: Apache-2.0
#include "collect/file_digest.h"

#include <string>

#include "base/digest.h"
#include "gtest/gtest.h"
#include "support/fake_host.h"

namespace genba::collect {
namespace {

constexpr auto kNoDeadline = std::chrono::steady_clock::time_point::max();

TEST(FileDigest, FileOfManyPiecesHasTheDigestOfTheWhole) {
  const std::string bytes = "#!" + std::string(300'000, 'x');
  test::FakeHost host;
  host.add_file("/f", bytes);
  auto reader = host.open_file("/f");
  const auto digest = digest_file(**reader, Digests::kMd5AndSha256, kNoDeadline);
  ASSERT_TRUE(digest);
  EXPECT_EQ(digest->size, bytes.size());
  EXPECT_EQ(digest->md5, base::md5_of(bytes));
  EXPECT_EQ(digest->sha256, base::sha256_of(bytes));
  EXPECT_EQ(digest->content, "script");
}

TEST(FileDigest, EmptyFileIsOther) {
  test::FakeHost host;
  host.add_file("/f", "");
  auto reader = host.open_file("/f");
  const auto digest = digest_file(**reader, Digests::kMd5, kNoDeadline);
  EXPECT_EQ(digest->md5, "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_FALSE(digest->sha256);
  EXPECT_EQ(digest->content, "other");
}

TEST(FileDigest, DeadlineEndsAnEndlessFile) {
  test::FakeHost host;
  host.add_file("/f", "bytes");
  auto reader = host.open_file("/f");
  const auto digest = digest_file(**reader, Digests::kMd5, std::chrono::steady_clock::now());
  ASSERT_FALSE(digest);
  EXPECT_EQ(digest.error().code, base::ErrorCode::kTimedOut);
}

}  // namespace
}  // namespace genba::collect
