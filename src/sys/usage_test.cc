// SPDX-License-Identifier: Apache-2.0
#include "sys/usage.h"

#include <gtest/gtest.h>

#include <vector>

namespace genba::sys {
namespace {

TEST(Usage, PeakGrowsWithTouchedMemory) {
  const uint64_t before = peak_memory();
  ASSERT_GT(before, 0U);
  constexpr size_t kBytes = 64U << 20;
  std::vector<char> touched(before + kBytes, 'x');
  EXPECT_GT(peak_memory(), before);
  EXPECT_EQ(touched.back(), 'x');
}

}  // namespace
}  // namespace genba::sys
