// SPDX-License-Identifier: Apache-2.0
#include "act/respawn/restart_policy.h"

#include <gtest/gtest.h>

namespace genba::act {
namespace {

TEST(RestartPolicy, ThePolicyIsReadFromTheDaemonsFile) {
  EXPECT_EQ(docker_restart_policy(
                R"({"Binds":null,"RestartPolicy":{"Name":"always","MaximumRetryCount":0}})"),
            "always");
  EXPECT_EQ(docker_restart_policy(R"({"RestartPolicy":{"Name":""}})"), "no");
  EXPECT_EQ(docker_restart_policy(R"({"RestartPolicy":{"Name":"no"}})"), "no");
}

TEST(RestartPolicy, WhatIsNoSuchFileSaysNothing) {
  for (const char* text :
       {"", "{", "[]", "{}", R"({"RestartPolicy":"always"})", R"({"RestartPolicy":{"Name":1}})",
        R"({"RestartPolicy":{"Name":"sometimes"}})"}) {
    EXPECT_FALSE(docker_restart_policy(text)) << text;
  }
  EXPECT_FALSE(docker_restart_policy(std::string(100'000, '[')));
}

}  // namespace
}  // namespace genba::act
