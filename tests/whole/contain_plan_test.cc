// SPDX-License-Identifier: Apache-2.0
//
// `genba contain plan` as a person and a program meet it: exit code and headline agree, mistakes
// get one line, and nothing of the machine is changed (the sandbox that only looks is in force).
#include <gtest/gtest.h>
#include <sched.h>

#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "support/run_program.h"

namespace genba::test {
namespace {

using Words = std::vector<std::string>;

// A network of its own, so that the answer does not depend on who runs the test from where.
ProgramOptions in_a_new_network() {
  ProgramOptions options;
  options.before_exec = [] { return unshare(CLONE_NEWNET) == 0; };
  return options;
}

ProgramResult plan(Words words) {
  words.insert(words.begin(), {"contain", "plan"});
  return run_genba(std::move(words), in_a_new_network());
}

TEST(ContainPlan, AnAdminWhoIsNamedStaysAndTheHostsOwnNetworkIsAnotherNamespace) {
  GENBA_NEEDS(is_root(), "root");
  const ProgramResult told =
      plan({"--admin", "203.0.113.0/24", "--allow", "[2001:db8::9]:443", "--timeout", "90"});
  if (told.status == kNotPrepared) {
    GTEST_SKIP() << "SKIPPED: needs network namespaces";
  }
  EXPECT_EQ(told.status, 0) << told.err;
  EXPECT_EQ(told.err, "");
  for (const std::string_view words :
       {"[PLAN]", "Nothing was changed", "this host:22 <-> 203.0.113.0/24 (TCP)",
        "this host <-> [2001:db8::9]:443 (TCP, UDP)", "other network namespace", "1 min 30 s",
        "below IP on no device",
        "contain apply --admin 203.0.113.0/24 --allow '[2001:db8::9]:443' --timeout 90",
        "only the provider can copy disk and memory", "a reboot opens this machine again"}) {
    EXPECT_NE(told.out.find(words), std::string::npos) << words << "\n" << told.out;
  }
}

TEST(ContainPlan, ARefusedPlanSaysWhatToDoAndExitsWithFour) {
  GENBA_NEEDS(is_root(), "root");
  const ProgramResult told = plan({"--admin", "0.0.0.0/1"});
  if (told.status == kNotPrepared) {
    GTEST_SKIP() << "SKIPPED: needs network namespaces";
  }
  EXPECT_EQ(told.status, 4) << told.err;
  EXPECT_EQ(told.out.rfind("[REFUSED]", 0), 0U) << told.out;
  EXPECT_NE(told.out.find("name a smaller network"), std::string::npos) << told.out;
  EXPECT_EQ(told.out.find("contain apply"), std::string::npos) << told.out;
  const ProgramResult metadata =
      plan({"--admin", "203.0.113.7", "--allow", "169.254.169.254:80", "--lang", "ja"});
  EXPECT_EQ(metadata.status, 4);
  EXPECT_EQ(metadata.out.rfind("[拒否]", 0), 0U) << metadata.out;
}

TEST(ContainPlan, JsonLinesSayTheSame) {
  GENBA_NEEDS(is_root(), "root");
  const ProgramResult told = plan({"--admin", "203.0.113.7", "--hold", "--json"});
  if (told.status == kNotPrepared) {
    GTEST_SKIP() << "SKIPPED: needs network namespaces";
  }
  EXPECT_EQ(told.status, 0) << told.err;
  const auto lines = lines_of(told.out);
  ASSERT_GT(lines.size(), 5U) << told.out;
  for (const std::string& line : lines) {
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  }
  const auto first = nlohmann::json::parse(lines.front());
  EXPECT_EQ(first["type"], "plan");
  EXPECT_EQ(first["hold"], true);
  EXPECT_EQ(first["timeout"], 0);
  const auto last = nlohmann::json::parse(lines.back());
  EXPECT_EQ(last["type"], "summary");
  EXPECT_EQ(last["can_be_applied"], true);
}

TEST(ContainPlan, OthersThanRootAreToldThatTheyCannotLook) {
  GENBA_NEEDS(is_root(), "root, to become somebody else");
  ProgramOptions nobody;
  nobody.user = 65534;
  const ProgramResult told = run_genba({"contain", "plan"}, nobody);
  EXPECT_EQ(told.status, 2) << told.out;
  EXPECT_NE(told.err.find("root"), std::string::npos) << told.err;
  EXPECT_EQ(told.out, "");
}

TEST(ContainPlan, MistakesGetOneLineInBothLanguages) {
  struct Mistake {
    Words words;
    std::string_view hint;
  };
  const std::vector<Mistake> mistakes = {
      {{}, "genba help contain"},
      {{"plane"}, "did you mean 'plan'?"},
      {{"plan", "--admin", "host.example"}, "such as 203.0.113.7"},
      {{"plan", "--admin", "192.0.2.0/33"}, "such as 203.0.113.7"},
      {{"plan", "--allow", "host.example:443"}, "names are not resolved"},
      {{"plan", "--timeout", "3"}, "from 30 s to 1 d"},
      {{"plan", "--timeout", "2d"}, "from 30 s to 1 d"},
      {{"plan", "--timeout", "-5"}, "from 30 s to 1 d"},
      {{"plan", "--timeout", "soon"}, "from 30 s to 1 d"},
      {{"plan", "--hold", "--timeout", "5m"}, "--hold has no timer"},
      {{"plan", "--root", "/"}, "leave out --root"},
      {{"plan", "--case", "/tmp"}, "leave out --case"},
      {{"plan", "--yes"}, "does not take --yes"},
      {{"plan", "4242"}, "does not take '4242'"},
      {{"apply"}, "give --yes, or run it on a terminal"},
      {{"freeze", "sshd", "--yes"}, "is no process id"},
      {{"ban"}, "needs an address or a network"},
      {{"ban", "host.example"}, "names are not resolved"},
  };
  for (const Mistake& mistake : mistakes) {
    Words words = {"contain"};
    words.insert(words.end(), mistake.words.begin(), mistake.words.end());
    const ProgramResult told = run_genba(words);
    EXPECT_EQ(told.status, 3) << mistake.hint << told.err;
    EXPECT_EQ(lines_of(told.err).size(), 1U) << told.err;
    EXPECT_NE(told.err.find(mistake.hint), std::string::npos) << told.err;
    words.insert(words.end(), {"--lang", "ja"});
    const ProgramResult japanese = run_genba(words);
    EXPECT_EQ(japanese.status, 3);
    EXPECT_NE(japanese.err, told.err) << "not told in Japanese: " << told.err;
  }
}

}  // namespace
}  // namespace genba::test
