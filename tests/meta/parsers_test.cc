// SPDX-License-Identifier: Apache-2.0
//
// Every format of src/parse has a fuzz target and seeds for it: bytes of the host are an
// attacker's.
#include <gtest/gtest.h>

#include <filesystem>

#include "meta/source_tree.h"

namespace genba::meta {
namespace {

namespace fs = std::filesystem;

TEST(Parsers, EachFolderHasAFuzzTargetAndSeeds) {
  size_t folders = 0;
  for (const auto& entry : fs::directory_iterator(source_directory() + "/src/parse")) {
    if (!entry.is_directory()) {
      continue;
    }
    ++folders;
    const std::string name = entry.path().filename();
    EXPECT_TRUE(fs::exists(entry.path() / (name + "_fuzz.cc"))) << name;
    const fs::path samples = entry.path() / "samples";
    EXPECT_TRUE(fs::is_directory(samples) && !fs::is_empty(samples)) << name << " has no seeds";
  }
  EXPECT_GT(folders, 0U);
}

}  // namespace
}  // namespace genba::meta
