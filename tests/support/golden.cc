// SPDX-License-Identifier: Apache-2.0
#include "support/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace genba::test {

void expect_golden(const std::string& path, std::string_view actual) {
  const char* bless = std::getenv("GENBA_BLESS");
  if (bless != nullptr && std::string_view(bless) == "1") {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing: GENBA_BLESS=1 writes it";
  const std::string expected((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(actual, expected) << path << ": read the difference; GENBA_BLESS=1 rewrites it";
}

}  // namespace genba::test
