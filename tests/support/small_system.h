// SPDX-License-Identifier: Apache-2.0
//
// A small Debian system as a tree for `--root`: accounts, three packages with their lists,
// checksums and files, a cron entry and a unit of theirs. Nothing in it is wrong, and nothing in it
// runs.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/scratch.h"

namespace genba::test {

/// Writes an executable file that looks like a program by its first bytes.
void add_program(Scratch& tree, std::string_view path);

void build_small_system(Scratch& tree);

/// Adds something of medium severity: a program without a package, and a cron entry that runs it.
void add_impostor(Scratch& tree);

/// Tests with such a tree of their own.
class SmallSystem : public testing::Test {
 protected:
  void SetUp() override { build_small_system(tree_); }
  std::string root() const { return tree_.path(); }
  Scratch tree_;
};

}  // namespace genba::test
