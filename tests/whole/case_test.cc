// SPDX-License-Identifier: Apache-2.0
//
// `genba case log` and `genba case verify` over journals and cases that are whole, cut, altered and
// shortened.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "act/journal/journal.h"
#include "support/run_program.h"
#include "support/scratch.h"
#include "support/small_system.h"

namespace genba::test {
namespace {

namespace fs = std::filesystem;

class CaseVerbs : public SmallSystem {
 protected:
  // A containment that was undone, and one that was broken off; returns the chain value behind it.
  std::string write_journal() const {
    auto journal = act::Journal::open({.directory = journal_, .why = "a test"});
    EXPECT_TRUE(journal) << journal.error().what;
    const act::Step apply{"contain apply", "containment", model::ActionEffect::kEstablishes, "",
                          "{}"};
    const act::Step undo{"contain undo", "containment", model::ActionEffect::kLifts, "", "{}"};
    for (const act::Step& step : {apply, undo}) {
      EXPECT_TRUE(journal->end(*journal->begin(step), {model::ActionOutcome::kProven, "{}", ""}));
    }
    EXPECT_TRUE(journal->add_object("a ruleset", "table inet x"));
    EXPECT_TRUE(journal->begin(apply));
    return std::string(journal->chain());
  }
  std::string log() const { return journal_ + "/actions.jsonl"; }
  void replace(std::string_view from, std::string_view to) const {
    std::ifstream file(log(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    text.replace(text.find(from), from.size(), to);
    std::ofstream(log(), std::ios::binary) << text;
  }

  Scratch place_;
  std::string journal_ = place_.at("actions");
};

TEST_F(CaseVerbs, LogTellsWhatWasDone) {
  write_journal();
  const ProgramResult told = run_genba({"case", "log", journal_});
  EXPECT_EQ(told.status, 0) << told.err;
  EXPECT_EQ(told.err, "");
  EXPECT_NE(told.out.find("Begun, without an outcome"), std::string::npos) << told.out;
  EXPECT_NE(told.out.find("contain undo: proven"), std::string::npos) << told.out;
  const ProgramResult json = run_genba({"case", "log", journal_, "--json"});
  EXPECT_EQ(json.status, 0);
  EXPECT_EQ(lines_of(json.out).size(), 5U) << json.out;
}

TEST_F(CaseVerbs, VerifyHoldsOnlyWhatIsAsItWasKept) {
  const std::string chain = write_journal();
  EXPECT_EQ(run_genba({"case", "verify", journal_}).status, 0);
  EXPECT_EQ(run_genba({"case", "verify", journal_, "--chain", chain}).status, 0);
  EXPECT_EQ(run_genba({"case", "verify", journal_, "--chain", std::string(64, '0')}).status, 1);

  const uintmax_t size = fs::file_size(log());
  fs::copy_file(log(), place_.at("copy"));
  fs::resize_file(log(), size - 5);
  const ProgramResult cut = run_genba({"case", "verify", journal_});
  EXPECT_EQ(cut.status, 1);
  EXPECT_NE(cut.out.find("CUT"), std::string::npos) << cut.out;

  fs::copy_file(place_.at("copy"), log(), fs::copy_options::overwrite_existing);
  replace("a test", "A TEST");
  const ProgramResult altered = run_genba({"case", "verify", journal_});
  EXPECT_EQ(altered.status, 1);
  EXPECT_NE(altered.out.find("ALTERED"), std::string::npos) << altered.out;
  EXPECT_EQ(run_genba({"case", "log", journal_}).status, 1);

  fs::copy_file(place_.at("copy"), log(), fs::copy_options::overwrite_existing);
  for (const auto& object : fs::directory_iterator(journal_ + "/objects")) {
    std::ofstream(object.path(), std::ios::binary) << "table inet y";
  }
  EXPECT_EQ(run_genba({"case", "verify", journal_}).status, 1);
}

// The last whole lines taken off: only a value that was noted elsewhere shows it.
TEST_F(CaseVerbs, LinesTakenOffTheEndAreSeenByTheNotedChain) {
  const std::string chain = write_journal();
  std::ifstream file(log(), std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  file.close();
  fs::resize_file(log(), text.rfind('\n', text.size() - 2) + 1);
  EXPECT_EQ(run_genba({"case", "verify", journal_}).status, 0);
  EXPECT_EQ(run_genba({"case", "verify", journal_, "--chain", chain}).status, 1);
}

TEST_F(CaseVerbs, EmptiedJournalIsNotWhole) {
  write_journal();
  fs::resize_file(log(), 0);
  const ProgramResult verified = run_genba({"case", "verify", journal_});
  EXPECT_EQ(verified.status, 1);
  EXPECT_NE(verified.out.find("actions.jsonl: CUT"), std::string::npos) << verified.out;
  const ProgramResult told = run_genba({"case", "log", journal_});
  EXPECT_EQ(told.status, 1);
  EXPECT_NE(told.out.find("LOST ITS BEGINNING"), std::string::npos) << told.out;
}

// All of it written anew by a hand that knows how: no check of the log alone can tell.
TEST_F(CaseVerbs, JournalWrittenAnewIsSeenByTheNotedChainOnly) {
  const std::string chain = write_journal();
  fs::remove_all(journal_);
  write_journal();
  const ProgramResult verified = run_genba({"case", "verify", journal_});
  EXPECT_EQ(verified.status, 0);
  EXPECT_NE(verified.out.find("root can write all of it anew"), std::string::npos) << verified.out;
  EXPECT_EQ(verified.out.find("nothing altered"), std::string::npos) << verified.out;
  EXPECT_EQ(run_genba({"case", "verify", journal_, "--chain", chain}).status, 1);
}

TEST_F(CaseVerbs, CaseAndJournalMayShareADirectory) {
  ASSERT_LT(run_genba({"triage", "--root", root(), "--save", journal_}).status, 2);
  const ProgramResult nothing = run_genba({"case", "log", journal_});
  EXPECT_EQ(nothing.status, 0) << nothing.err;
  EXPECT_NE(nothing.out.find("No action"), std::string::npos);
  write_journal();
  const ProgramResult both = run_genba({"case", "verify", journal_});
  EXPECT_EQ(both.status, 0) << both.out << both.err;
  EXPECT_NE(both.out.find("log.jsonl: whole and sealed"), std::string::npos);
  EXPECT_NE(both.out.find("actions.jsonl: unbroken"), std::string::npos);
}

TEST_F(CaseVerbs, MistakesAreToldInOneLine) {
  struct Mistake {
    std::vector<std::string> words;
    int status;
    std::string_view says;
  };
  const std::string empty = place_.path();
  const Mistake mistakes[] = {
      {{"case"}, 3, "log|verify"},
      {{"case", "vrify"}, 3, "did you mean 'verify'?"},
      {{"case", "verify"}, 3, "needs DIR"},
      {{"case", "log", "a", "b"}, 3, "'b'"},
      {{"case", "log", "--case", empty}, 3, "behind log"},
      {{"case", "log", "--chain", "12"}, 3, "64 hex digits"},
      {{"case", "log", empty}, 2, "no journal"},
      {{"case", "verify", empty}, 2, "no log"},
      {{"case", "log", empty + "/nowhere"}, 2, "give the directory"},
  };
  for (const Mistake& mistake : mistakes) {
    for (const char* language : {"en", "ja"}) {
      std::vector<std::string> words = mistake.words;
      words.insert(words.end(), {"--lang", language});
      const ProgramResult result = run_genba(words);
      EXPECT_EQ(result.status, mistake.status) << result.err;
      EXPECT_EQ(lines_of(result.err).size(), 1U) << result.err;
      if (std::string_view(language) == "en") {
        EXPECT_NE(result.err.find(mistake.says), std::string::npos) << result.err;
      }
    }
  }
}

}  // namespace
}  // namespace genba::test
