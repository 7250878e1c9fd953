// SPDX-License-Identifier: Apache-2.0
//
// What every source file must have: the licence line first, #pragma once in a header, and a size
// that can be read in one sitting.
#include <gtest/gtest.h>

#include <algorithm>

#include "meta/source_tree.h"

namespace genba::meta {
namespace {

constexpr size_t kMostLines = 700;

std::vector<Source> all_sources() {
  return read_sources({"src", "tests", "fuzz", "bench", "tools"});
}

bool is_table(std::string_view path) {
  return path.find("/tables/") != std::string_view::npos || path.ends_with(".skel.h");
}

TEST(Headers, EveryFileNamesItsLicence) {
  for (const Source& source : all_sources()) {
    EXPECT_TRUE(source.text.starts_with("// SPDX-License-Identifier: Apache-2.0\n") ||
                source.path.ends_with(".skel.h"))
        << source.path << ": the first line must be // SPDX-License-Identifier: Apache-2.0";
  }
}

TEST(Headers, EveryHeaderIsReadOnce) {
  for (const Source& source : all_sources()) {
    if (source.path.ends_with(".h") && !source.path.ends_with(".skel.h")) {
      EXPECT_NE(source.code.find("#pragma once"), std::string::npos) << source.path;
    }
  }
}

TEST(Headers, NoFileIsTooLong) {
  for (const Source& source : all_sources()) {
    const auto lines = std::count(source.text.begin(), source.text.end(), '\n');
    if (!is_table(source.path)) {
      EXPECT_LE(static_cast<size_t>(lines), kMostLines) << source.path << ": split it";
    }
  }
}

}  // namespace
}  // namespace genba::meta
