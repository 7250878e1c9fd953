// SPDX-License-Identifier: Apache-2.0
//
// The re-enactment on a disk that somebody mounted elsewhere: nothing runs, but the false
// /usr/bin/cd, the key, the cron entry and the service that brings it back are there. One incident
// must hold all four, and the same system without them must be told to hold nothing of the kind.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "support/run_program.h"
#include "support/small_system.h"
#include "support/triage_output.h"

namespace genba::test {
namespace {

// Made for this test; nobody has its private half.
constexpr char kKey[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKi1Nw7nXhYqTz4mSKp2yXfX1R0m0c0yHq5mJ8vB3dQe "
    "genba-test-marker\n";

void break_in(Scratch& tree) {
  add_program(tree, "usr/bin/cd");
  tree.file("root/.ssh/authorized_keys", kKey);
  tree.file("etc/cron.d/genba-test-marker", "* * * * * root /usr/bin/cd >/dev/null 2>&1\n");
  tree.file("etc/systemd/system/cd.service",
            "[Unit]\nDescription=Change directory\n[Service]\nExecStart=/usr/bin/cd\n"
            "Restart=always\n[Install]\nWantedBy=multi-user.target\n");
}

std::string medium_and_above(const TriageOutput& output) {
  std::string text;
  for (const Json& finding : output.findings) {
    if (is_medium_or_above(finding)) {
      text += brief_of(finding) + "\n";
    }
  }
  return text;
}

TEST(TreeReenactment, CleanSystemHasNoFindingOfMediumOrAbove) {
  Scratch tree;
  build_small_system(tree);
  const ProgramResult result = run_genba({"triage", "--root", tree.path(), "--json"});
  const TriageOutput output = parse_triage(result.out);
  EXPECT_EQ(medium_and_above(output), "");
  EXPECT_EQ(output.summary.at("verdict"), "nothing found");
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.err, "");
}

TEST(TreeReenactment, OneIncidentHoldsProgramKeyCronEntryAndService) {
  Scratch tree;
  build_small_system(tree);
  break_in(tree);
  const ProgramResult result = run_genba({"triage", "--root", tree.path(), "--json"});
  const TriageOutput output = parse_triage(result.out);
  SCOPED_TRACE(medium_and_above(output));
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(output.summary.at("verdict"), "nothing found");
  ASSERT_EQ(output.incidents.size(), 1U);
  const Json& ids = output.incidents[0].at("findings");
  const auto held = [&](std::string_view kind, std::string_view path) {
    return std::any_of(output.findings.begin(), output.findings.end(), [&](const Json& finding) {
      return is_medium_or_above(finding) && has_subject(finding, kind, "path", path) &&
             std::find(ids.begin(), ids.end(), finding.at("id")) != ids.end();
    });
  };
  EXPECT_TRUE(held("file", "/usr/bin/cd"));
  EXPECT_TRUE(held("key", "/root/.ssh/authorized_keys"));
  EXPECT_TRUE(held("file", "/etc/cron.d/genba-test-marker"));
  EXPECT_TRUE(held("file", "/etc/systemd/system/cd.service"));
  EXPECT_FALSE(output.incidents[0].at("advice").empty());
}

std::vector<std::string> things_labelled(const std::string& screen, const std::string& label) {
  const size_t at = screen.find("\n  " + label + " ");
  if (at == std::string::npos) {
    return {};
  }
  const size_t start = screen.find_first_not_of(' ', at + 3 + label.size());
  std::vector<std::string> things;
  std::istringstream line(screen.substr(start, screen.find('\n', start) - start));
  for (std::string thing; line >> thing;) {
    things.push_back(thing.back() == ',' ? thing.substr(0, thing.size() - 1) : thing);
  }
  return things;
}

TEST(TreeReenactment, FirstScreenTellsTheProgramApartFromWhatStartsIt) {
  Scratch tree;
  build_small_system(tree);
  break_in(tree);
  const std::string screen = run_genba({"triage", "--root", tree.path(), "--summary"}).out;
  SCOPED_TRACE(screen);
  EXPECT_EQ(things_labelled(screen, "Files"), std::vector<std::string>{"/usr/bin/cd"});
  std::vector<std::string> entries = things_labelled(screen, "Start-up");
  std::sort(entries.begin(), entries.end());
  EXPECT_EQ(entries, (std::vector<std::string>{"/etc/cron.d/genba-test-marker",
                                               "/etc/systemd/system/cd.service"}));
}

TEST(TreeReenactment, ProgramOfARunningSystemIsNotLookedFor) {
  Scratch tree;
  build_small_system(tree);
  const TriageOutput output =
      parse_triage(run_genba({"triage", "--root", tree.path(), "--json"}).out);
  const bool told = std::any_of(output.not_judged.begin(), output.not_judged.end(),
                                [](const Json& rule) { return rule.at("table") == "processes"; });
  EXPECT_TRUE(told) << "rules about processes must be told as not judged in a tree";
}

}  // namespace
}  // namespace genba::test
