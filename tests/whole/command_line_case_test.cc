// SPDX-License-Identifier: Apache-2.0
//
// What a run was pointed at: a kept case says the same as the run that made it, and warns on its
// first screen when it is not as it was; a tree without a system in it is never "nothing found".
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/run_program.h"
#include "support/small_system.h"
#include "support/triage_output.h"

namespace genba::test {
namespace {

using Words = std::vector<std::string>;

using SourceOfFacts = SmallSystem;

std::string content_of(const std::string& path) {
  std::stringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

/// The warning stands right under the verdict, in red on a terminal, and on the page.
void expect_warning(const std::string& kept, const std::string& words) {
  const Scratch place;
  ProgramOptions terminal;
  terminal.where = Where::kTerminal;
  const auto lines = lines_of(
      run_genba({"triage", "--case", kept, "--report", place.at("page.html")}, terminal).out);
  ASSERT_GT(lines.size(), 2U);
  EXPECT_NE(lines[1].find("\x1b[1;31m" + words), std::string::npos) << lines[1];
  EXPECT_NE(content_of(place.at("page.html")).find(words), std::string::npos);
}

std::vector<std::string> ids_of(const TriageOutput& output) {
  std::vector<std::string> ids;
  for (const Json& finding : output.findings) {
    ids.push_back(finding.at("id"));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

TEST_F(SourceOfFacts, CaseTellsTheSameAsTheRunThatMadeIt) {
  add_impostor(tree_);
  const Scratch place;
  const std::string kept = place.at("case");
  const ProgramResult first = run_genba({"triage", "--root", root(), "--json", "--save", kept});
  const ProgramResult again = run_genba({"triage", "--case", kept, "--json"});
  EXPECT_EQ(first.status, 1);
  EXPECT_EQ(again.status, 1);
  EXPECT_EQ(again.err, "");
  const TriageOutput one = parse_triage(first.out);
  const TriageOutput two = parse_triage(again.out);
  EXPECT_FALSE(one.findings.empty());
  EXPECT_FALSE(one.summary.contains("case"));
  EXPECT_EQ(two.summary.at("case"), "sealed");
  EXPECT_EQ(ids_of(one), ids_of(two));
  EXPECT_EQ(one.summary.at("verdict"), two.summary.at("verdict"));
  EXPECT_EQ(one.incidents.size(), two.incidents.size());
  EXPECT_EQ(one.coverage.size(), two.coverage.size());
  EXPECT_EQ(one.not_judged.size(), two.not_judged.size());
}

TEST_F(SourceOfFacts, CaseWhoseLogWasCutSaysSo) {
  add_impostor(tree_);
  const Scratch place;
  const std::string kept = place.at("case");
  run_genba({"triage", "--root", root(), "--save", kept});
  const std::string log = kept + "/log.jsonl";
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 300);
  const TriageOutput output = parse_triage(run_genba({"triage", "--case", kept, "--json"}).out);
  EXPECT_EQ(output.summary.at("case"), "cut");
  expect_warning(kept, "THE CASE WAS CUT");
  const bool told = std::any_of(
      output.coverage.begin(), output.coverage.end(),
      [](const Json& row) { return row.dump().find("log is cut") != std::string::npos; });
  EXPECT_TRUE(told);
}

TEST_F(SourceOfFacts, CaseWhoseLogWasChangedSaysSo) {
  const Scratch place;
  const std::string kept = place.at("case");
  run_genba({"triage", "--root", root(), "--save", kept});
  std::string log = content_of(kept + "/log.jsonl");
  const size_t name = log.find("hana");
  ASSERT_NE(name, std::string::npos);
  log.replace(name, 4, "hono");
  std::ofstream(kept + "/log.jsonl", std::ios::binary) << log;
  const ProgramResult result = run_genba({"triage", "--case", kept, "--json"});
  EXPECT_EQ(parse_triage(result.out).summary.at("case"), "altered");
  expect_warning(kept, "THE CASE WAS ALTERED");
}

// --- nothing to look at -----------------------------------------------------------------------

void expect_could_not_look(const Words& source) {
  const Scratch place;
  const auto run = [&](const Words& more) {
    Words words = {"triage"};
    words.insert(words.end(), source.begin(), source.end());
    words.insert(words.end(), more.begin(), more.end());
    return run_genba(words);
  };
  const ProgramResult text = run({"--report", place.at("page.html")});
  EXPECT_EQ(text.status, 2);
  EXPECT_TRUE(text.out.starts_with("Verdict: COULD NOT LOOK\n")) << text.out;
  EXPECT_EQ(text.out.find("Files only"), std::string::npos) << text.out;
  const std::string page = content_of(place.at("page.html"));
  EXPECT_NE(page.find("<strong>COULD NOT LOOK</strong>"), std::string::npos);
  EXPECT_EQ(page.find("Files only"), std::string::npos);
  EXPECT_TRUE(run({"--lang", "ja"}).out.starts_with("判定：調査できず\n"));
  const ProgramResult json = run({"--json"});
  EXPECT_EQ(json.status, 2);
  EXPECT_EQ(parse_triage(json.out).summary.at("verdict"), "could_not_look");
}

TEST(NothingToLookAt, EmptyTreeIsNeverNothingFound) {
  const Scratch empty;
  const Words source = {"--root", empty.path()};
  expect_could_not_look(source);
  const ProgramResult result = run_genba({"triage", "--root", empty.path()});
  EXPECT_NE(result.err.find("holds no system"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("is it mounted?"), std::string::npos) << result.err;
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
}

TEST(NothingToLookAt, EmptyDirectoriesMakeNoSystem) {
  Scratch hollow;
  for (const char* directory : {"etc", "usr", "tmp", "home", "root"}) {
    hollow.directory(directory);
  }
  hollow.file("tmp/readme", "x");
  expect_could_not_look({"--root", hollow.path()});
}

TEST(NothingToLookAt, CaseOfAnEmptyTreeSaysSoToo) {
  const Scratch empty;
  const Scratch place;
  EXPECT_EQ(run_genba({"triage", "--root", empty.path(), "--save", place.at("case")}).status, 2);
  expect_could_not_look({"--case", place.at("case")});
}

TEST(NothingToLookAt, QueryOfAnEmptyTreeIsNoEmptyAnswer) {
  const Scratch empty;
  const ProgramResult result = run_genba({"query", "--root", empty.path(), "SELECT * FROM users"});
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.err.find("is it mounted?"), std::string::npos) << result.err;
}

// --- what a person is told to type -------------------------------------------------------------

TEST_F(SourceOfFacts, CommandsBeginWithTheProgramThatWasStarted) {
  add_impostor(tree_);
  const Scratch place;
  const std::string started = place.at("my usb") + "/genba";
  std::filesystem::create_directory(place.at("my usb"));
  std::filesystem::create_symlink(given("GENBA_BINARY"), started);
  const Words words = {started, "triage", "--root", root(), "--report", place.at("page.html")};
  const ProgramResult result = run_program(words);
  EXPECT_EQ(result.status, 1) << result.err;
  const std::string command = "$ '" + started + "' query ";
  EXPECT_NE(result.out.find(command), std::string::npos) << result.out;
  EXPECT_EQ(result.out.find("$ genba "), std::string::npos) << result.out;
  EXPECT_EQ(content_of(place.at("page.html")).find("<code>genba "), std::string::npos);
  const ProgramResult json = run_program({started, "triage", "--root", root(), "--json"});
  EXPECT_NE(json.out.find("\"next\":[\"genba query"), std::string::npos) << json.out;
}

TEST_F(SourceOfFacts, QueryTakesTheRemedyThatItNames) {
  EXPECT_EQ(run_genba({"query", "--deep", "--root", root(), "SELECT username FROM users"}).status,
            0);
}

}  // namespace
}  // namespace genba::test
