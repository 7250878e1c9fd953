// SPDX-License-Identifier: Apache-2.0
//
// The binary as a tired person meets it: mistakes in the command line get one line that says what
// is wrong and how to mend it, on stderr and with exit code 3; output fits the terminal it goes to;
// pipes that close early make no noise.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "support/run_program.h"
#include "support/small_system.h"

namespace genba::test {
namespace {

using Words = std::vector<std::string>;

struct Mistake {
  std::string situation;
  Words words;
  std::string hint;  ///< part of what stderr must say to mend it
};

std::string joined(const Words& words) {
  std::string text = "genba";
  for (const std::string& word : words) {
    text += " " + word;
  }
  return text;
}

bool has_wide(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c & '\x80') != 0; });
}

void expect_one_line_about(const Mistake& mistake) {
  SCOPED_TRACE(mistake.situation + ": " + joined(mistake.words));
  const ProgramResult result = run_genba(mistake.words);
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  EXPECT_TRUE(result.err.starts_with("genba: ")) << result.err;
  EXPECT_NE(result.err.find(mistake.hint), std::string::npos) << result.err;
  EXPECT_EQ(result.err.find("openat"), std::string::npos) << result.err;
  ProgramOptions japanese;
  japanese.environment = {"LANG=ja_JP.UTF-8"};
  const ProgramResult told = run_genba(mistake.words, japanese);
  EXPECT_EQ(told.status, 3);
  EXPECT_EQ(std::count(told.err.begin(), told.err.end(), '\n'), 1) << told.err;
  const bool other = mistake.words.size() > 2 && mistake.words[1] == "--lang";
  EXPECT_TRUE(other || has_wide(told.err)) << told.err;
}

bool has_escape(std::string_view text) {
  return text.find('\x1b') != std::string_view::npos;
}

bool has_japanese(std::string_view text) {
  return text.find("確認") != std::string_view::npos;
}

// --- mistakes ---------------------------------------------------------------------------------

TEST(CommandLine, MistakesInWordsGetOneLineWithAHint) {
  const std::vector<Mistake> mistakes = {
      {"a verb with a typo", {"traige"}, "did you mean 'genba triage'?"},
      {"an unknown verb", {"frobnicate"}, "'genba help' lists"},
      {"an empty verb", {""}, "'genba help' lists"},
      {"an option before the verb", {"--json"}, "genba triage --json"},
      {"an option with a typo", {"triage", "--jsno"}, "did you mean '--json'?"},
      {"an unknown option", {"triage", "--frobnicate"}, "'genba help triage' lists"},
      {"an option without its value", {"triage", "--jobs"}, "--jobs needs a value: --jobs N"},
      {"an option whose value is empty", {"triage", "--root="}, "--root needs a value: --root DIR"},
      {"an option given twice", {"triage", "--lang", "ja", "--lang", "en"}, "more than once"},
      {"one argument too many", {"triage", "here"}, "genba help triage"},
      {"an unknown language", {"triage", "--lang", "xx"}, "en or ja"},
      {"no jobs", {"triage", "--jobs", "0"}, "1 to 64"},
      {"jobs that are no number", {"triage", "--jobs", "many"}, "1 to 64"},
      {"two sources", {"triage", "--root", "/", "--case", "/tmp"}, "one of them"},
      {"help about an unknown verb", {"help", "frobnicate"}, "'genba help' lists"},
      {"an unknown form of help", {"help", "--format", "pdf"}, "man, bash"},
      {"a query without SQL", {"query"}, "genba help query"},
      {"a verb full of control characters", {"\x1b[2J\x1b]0;x\x07"}, "'genba help' lists"},
  };
  for (const Mistake& mistake : mistakes) {
    expect_one_line_about(mistake);
    EXPECT_FALSE(has_escape(run_genba(mistake.words).err)) << mistake.situation;
  }
}

TEST(CommandLine, MistakesAreToldInTheLanguageThatWasAskedForWhereverItStands) {
  for (const Words& words : {Words{"triage", "--jsno", "--lang", "ja"},
                             Words{"triage", "--lang=ja", "here"}, Words{"traige", "--lang=ja"}}) {
    EXPECT_TRUE(has_wide(run_genba(words).err)) << joined(words);
  }
  ProgramOptions japanese;
  japanese.environment = {"LANG=ja_JP.UTF-8"};
  EXPECT_FALSE(has_wide(run_genba({"traige", "--lang", "en"}, japanese).err));
}

TEST_F(SmallSystem, PlacesThatCannotBeUsedGetOneLineWithAHint) {
  tree_.file("srv/rules/broken.yaml", "id: [unclosed\n");
  std::string wrong = "id: x\n";
  for (int i = 0; i < 9; ++i) {
    wrong += "mystery" + std::to_string(i) + ": 1\n";
  }
  tree_.file("srv/wrong/wrong.yaml", wrong);
  tree_.directory("srv/empty");
  tree_.file("srv/used/file", "x");
  const std::string inside = root() + "/srv/";
  const std::vector<Mistake> mistakes = {
      {"no such root", {"triage", "--root", inside + "none"}, "give a directory"},
      {"a file as root", {"triage", "--root", inside + "used/file"}, "give a directory"},
      {"no such case", {"triage", "--case", inside + "none"}, "--save"},
      {"a case that is none",
       {"triage", "--case", inside + "empty"},
       "'" + inside + "empty/log.jsonl'"},
      {"no such rules", {"triage", "--root", root(), "--rules", inside + "none"}, "give a dir"},
      {"no rule in it", {"triage", "--root", root(), "--rules", inside + "empty"}, "*.yaml"},
      {"a broken rule", {"triage", "--root", root(), "--rules", inside + "rules"}, "broken.yaml"},
      {"a rule with many mistakes",
       {"triage", "--root", root(), "--rules", inside + "wrong"},
       " more)"},
      {"a report to nowhere",
       {"triage", "--root", root(), "--report", inside + "none/page.html"},
       "may write"},
      {"a used directory", {"triage", "--root", root(), "--save", inside + "used"}, "not exist"},
      {"a table unknown", {"query", "--root", root(), "SELECT * FROM nosuch"}, "--tables"},
      {"a table with a typo", {"query", "SELECT * FROM proceses"}, "did you mean 'processes'?"},
      {"a column unknown", {"query", "--root", root(), "SELECT nosuch FROM file"}, "--tables"},
      {"no query", {"query", "--root", root(), "frobnicate"}, "genba help query"},
      {"a change", {"query", "--root", root(), "DELETE FROM file"}, "file"},
      {"two queries", {"query", "--root", root(), "SELECT 1; SELECT 2"}, "one statement"},
      {"another database", {"query", "--root", root(), "ATTACH 'x' AS y"}, "genba: "},
  };
  for (const Mistake& mistake : mistakes) {
    expect_one_line_about(mistake);
  }
}

TEST_F(SmallSystem, QueryForWhatOnlyARunningSystemHasSaysSo) {
  const ProgramResult result =
      run_genba({"query", "--root", root(), "SELECT pid, name FROM processes"});
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.err.find("processes"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("running system"), std::string::npos) << result.err;
}

// --- what is only printed -----------------------------------------------------------------------

TEST_F(SmallSystem, CoverageAskedAloneIsOfEverything) {
  const ProgramResult result =
      run_genba({"query", "--root", root(), "SELECT area, subject, status FROM coverage"});
  EXPECT_EQ(result.status, 0) << result.err;
  for (const char* area : {"accounts", "filesystem", "processes"}) {
    EXPECT_NE(result.out.find(area), std::string::npos) << result.out;
  }
}

TEST(CommandLine, HelpVersionManAndCompletionsPrint) {
  const std::vector<std::pair<Words, std::string>> asked = {
      {{}, "triage"},
      {{"help"}, "triage"},
      {{"--help"}, "triage"},
      {{"-h"}, "triage"},
      {{"help", "triage"}, "--report"},
      {{"triage", "--help"}, "--report"},
      {{"help", "--lang", "ja"}, "表示"},
      {{"version"}, "commit"},
      {{"--version"}, "commit"},
      {{"query", "--tables"}, "process_open_sockets"},
      {{"help", "--format", "man"}, ".TH"},
      {{"help", "--format", "bash"}, "complete "},
      {{"help", "--format", "zsh"}, "#compdef"},
      {{"help", "--format", "fish"}, "complete -c genba"},
  };
  for (const auto& [words, part] : asked) {
    SCOPED_TRACE(joined(words));
    const ProgramResult result = run_genba(words);
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
    EXPECT_NE(result.out.find(part), std::string::npos) << result.out.substr(0, 400);
  }
}

// What bash offers for the last of the words.
std::vector<std::string> offered(const std::string& words) {
  Scratch place;
  place.file("completion", run_genba({"help", "--format", "bash"}).out);
  const ProgramResult result =
      run_program({"/bin/bash", "-c",
                   ". " + place.at("completion") + "; COMP_WORDS=(" + words +
                       " ''); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _genba; printf '%s\\n' "
                       "\"${COMPREPLY[@]}\""});
  EXPECT_EQ(result.err, "");
  return lines_of(result.out);
}

TEST(CommandLine, CompletionsOfferVerbsAndTheValuesOfOptions) {
  const auto verbs = offered("genba");
  EXPECT_NE(std::find(verbs.begin(), verbs.end(), "triage"), verbs.end());
  const auto helped = offered("genba help");
  EXPECT_NE(std::find(helped.begin(), helped.end(), "query"), helped.end());
  EXPECT_EQ(offered("genba triage --lang"), (Words{"en", "ja"}));
  const auto formats = offered("genba help --format");
  EXPECT_NE(std::find(formats.begin(), formats.end(), "zsh"), formats.end());
}

TEST_F(SmallSystem, ReaderThatIsGoneMakesNoNoise) {
  add_impostor(tree_);
  ProgramOptions options;
  options.where = Where::kClosed;
  for (const Words& words :
       {Words{"triage", "--root", root()}, Words{"triage", "--root", root(), "--json"},
        Words{"query", "--tables"}, Words{"help"}}) {
    SCOPED_TRACE(joined(words));
    const ProgramResult result = run_genba(words, options);
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
  }
}

TEST_F(SmallSystem, DiskWithoutRoomForTheResultIsAFailureThatIsTold) {
  const std::string genba = given("GENBA_BINARY");
  for (const char* words : {"triage", "triage --json", "query 'SELECT path FROM file'",
                            "query --json 'SELECT path FROM file'"}) {
    SCOPED_TRACE(words);
    const ProgramResult result =
        run_program({"/bin/sh", "-c", genba + " " + words + " --root " + root() + " >/dev/full"});
    EXPECT_EQ(result.status, 4);
    EXPECT_NE(result.err.find("no space left"), std::string::npos) << result.err;
  }
}

// --- on a terminal -----------------------------------------------------------------------------

TEST_F(SmallSystem, ProgressIsShownOnATerminalAndWipedAndQuietHidesIt) {
  ProgramOptions options;
  options.where = Where::kTerminal;
  const ProgramResult shown = run_genba({"triage", "--root", root()}, options);
  EXPECT_EQ(shown.status, 0);
  EXPECT_NE(shown.err.find("looking"), std::string::npos) << shown.err;
  EXPECT_TRUE(shown.err.ends_with("\r\x1b[K")) << "progress was left on the screen: " << shown.err;
  EXPECT_EQ(run_genba({"triage", "--root", root(), "--quiet"}, options).err, "");
  EXPECT_EQ(run_genba({"triage", "--root", root()}).err, "") << "progress went into a pipe";
}

TEST_F(SmallSystem, ColourComesOnlyWhereItWasNotDeclined) {
  add_impostor(tree_);
  const Words words = {"triage", "--root", root(), "--quiet"};
  ProgramOptions options;
  EXPECT_FALSE(has_escape(run_genba(words, options).out)) << "colour went into a pipe";
  options.where = Where::kTerminal;
  EXPECT_TRUE(has_escape(run_genba(words, options).out));
  Words declined = words;
  declined.emplace_back("--no-color");
  EXPECT_FALSE(has_escape(run_genba(declined, options).out));
  options.environment = {"TERM=xterm", "NO_COLOR=1"};
  EXPECT_FALSE(has_escape(run_genba(words, options).out));
  options.environment = {"TERM=dumb"};
  EXPECT_FALSE(has_escape(run_genba(words, options).out));
  options.environment = {};
  EXPECT_FALSE(has_escape(run_genba(words, options).out)) << "TERM is not even set";
}

TEST_F(SmallSystem, ColourlessTerminalsGetNoEscapesAsProgressEither) {
  ProgramOptions options;
  options.where = Where::kTerminal;
  options.environment = {"TERM=dumb"};
  const ProgramResult result = run_genba({"triage", "--root", root()}, options);
  EXPECT_FALSE(has_escape(result.err)) << result.err;
}

TEST_F(SmallSystem, LanguageFollowsTheOptionThenTheEnvironment) {
  const Words plain = {"triage", "--root", root()};
  Words asked = plain;
  asked.insert(asked.end(), {"--lang", "ja"});
  ProgramOptions options;
  EXPECT_FALSE(has_japanese(run_genba(plain, options).out));
  EXPECT_TRUE(has_japanese(run_genba(asked, options).out));
  options.environment = {"LANG=ja_JP.UTF-8"};
  EXPECT_TRUE(has_japanese(run_genba(plain, options).out));
  options.environment = {"LANG=ja_JP.UTF-8", "LC_ALL=C"};
  EXPECT_FALSE(has_japanese(run_genba(plain, options).out)) << "LC_ALL goes before LANG";
  asked.back() = "en";
  options.environment = {"LC_ALL=ja_JP.UTF-8"};
  EXPECT_FALSE(has_japanese(run_genba(asked, options).out));
}

// In the terminal's cells; wide characters take two. A command stays on one line, to be copied.
size_t widest_line(std::string_view text) {
  size_t widest = 0;
  for (const std::string& line : lines_of(text)) {
    if (!line.starts_with("    $ ")) {
      widest = std::max(widest, base::display_width(line));
    }
  }
  return widest;
}

TEST_F(SmallSystem, NoLineIsWiderThanTheTerminal) {
  add_impostor(tree_);
  tree_.file("root/.ssh/authorized_keys",
             "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKi1Nw7nXhYqTz4mSKp2yXfX1R0m0c0yHq5mJ8vB3dQe "
             "genba-test-marker\n");
  ProgramOptions options;
  options.where = Where::kTerminal;
  for (const uint16_t columns : {uint16_t{60}, uint16_t{80}, uint16_t{132}}) {
    for (const char* language : {"en", "ja"}) {
      SCOPED_TRACE(std::to_string(columns) + " columns, " + language);
      options.columns = columns;
      const ProgramResult result = run_genba(
          {"triage", "--root", root(), "--lang", language, "--no-color", "--quiet"}, options);
      EXPECT_EQ(result.status, 1);
      EXPECT_LE(widest_line(result.out), columns) << result.out;
    }
  }
}

}  // namespace
}  // namespace genba::test
