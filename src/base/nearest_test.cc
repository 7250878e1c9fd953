// SPDX-License-Identifier: Apache-2.0
#include "base/nearest.h"

#include <gtest/gtest.h>

#include <string>

namespace genba::base {
namespace {

constexpr std::string_view kTables[] = {"processes", "process_envs", "users", "file"};

TEST(Nearest, ATypoIsMended) {
  EXPECT_EQ(nearest("proceses", kTables), "processes");
  EXPECT_EQ(nearest("suers", kTables), "users");
  EXPECT_EQ(nearest("files", kTables), "file");
}

TEST(Nearest, AnotherWordAltogetherIsNotGuessedAt) {
  EXPECT_EQ(nearest("sockets", kTables), "");
  EXPECT_EQ(nearest("", kTables), "");
  EXPECT_EQ(nearest(std::string(100'000, 'x'), kTables), "");
}

}  // namespace
}  // namespace genba::base
