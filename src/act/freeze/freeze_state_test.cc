// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/freeze_state.h"

#include <gtest/gtest.h>

namespace genba::act {
namespace {

using base::ErrorCode;

FreezeState example() {
  FreezeState state;
  state.id = "case-7";
  state.boot_id = "0d5f3c1e-0000-4000-8000-000000000000";
  state.cgroups = {{FreezeMethod::kCgroup2, "/genba-case-7", true, false},
                   {FreezeMethod::kCgroup1, "/docker/abc", false, true}};
  state.processes = {{{4242, 991},
                      FreezeMethod::kCgroup2,
                      "/a b\n\xFF%/\"x",
                      "/genba-case-7",
                      false,
                      "the process that was named"},
                     {{4243, 992}, FreezeMethod::kStop, "", "", true, "child of 4242"}};
  return state;
}

TEST(FreezeState, ComesBackAsItWasWithHostileNames) {
  const std::string text = to_json(example());
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const auto state = freeze_state_from_json(text);
  ASSERT_TRUE(state) << state.error().what;
  EXPECT_EQ(*state, example());
}

TEST(FreezeState, WhatIsCutOrChangedIsDamaged) {
  const std::string text = to_json(example());
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(freeze_state_from_json(text.substr(0, size)).error().code, ErrorCode::kDamaged);
  }
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return freeze_state_from_json(changed).has_value();
  };
  EXPECT_TRUE(with("4242,", "4241,"));
  EXPECT_FALSE(with("\"pid\":4242", "\"pid\":1"));
  EXPECT_FALSE(with("\"pid\":4242", "\"pid\":-4242"));
  EXPECT_FALSE(with("\"pid\":4242", "\"pid\":4242e3"));
  EXPECT_FALSE(with("\"case-7\"", "\"../etc\""));
  EXPECT_FALSE(with("\"cgroup2\"", "\"cgroup9\""));
  EXPECT_FALSE(with("%ff", "%fz"));
  EXPECT_FALSE(with("\"format\":1", "\"format\":2"));
  EXPECT_FALSE(with("\"made\":true", "\"made\":1"));
}

TEST(FreezeState, AnIdIsSafeAsANameOfADirectory) {
  EXPECT_TRUE(is_freeze_id("2026-11-21-a"));
  EXPECT_FALSE(is_freeze_id(""));
  EXPECT_FALSE(is_freeze_id("a/b"));
  EXPECT_FALSE(is_freeze_id(".."));
  EXPECT_FALSE(is_freeze_id(std::string(65, 'a')));
}

}  // namespace
}  // namespace genba::act
