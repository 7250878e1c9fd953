// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "base/text.h"
#include "fmt/format.h"
#include "model/tables/host_info.h"
#include "render/report.h"
#include "render/words.h"
#include "support/compromised_report.h"
#include "support/golden.h"

namespace genba::render {
namespace {

using model::Language;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::string_view name(Language language) {
  return language == Language::kJapanese ? "ja" : "en";
}

constexpr Language kBoth[] = {Language::kEnglish, Language::kJapanese};

TEST(Terminal, CompromisedHostInBothLanguages) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  for (const Language language : kBoth) {
    test::expect_golden(
        fmt::format("src/render/samples/compromised.{}.txt", name(language)),
        render_terminal(fixture.report, {Colour::kPlain, 80, language, Detail::kFull}));
  }
}

TEST(Terminal, NothingFoundInBothLanguages) {
  test::ReportFixture fixture;
  test::make_quiet(fixture);
  for (const Language language : kBoth) {
    test::expect_golden(
        fmt::format("src/render/samples/nothing_found.{}.txt", name(language)),
        render_terminal(fixture.report, {Colour::kPlain, 80, language, Detail::kFull}));
  }
}

TEST(Terminal, FirstScreenFitsOnTwentyFourLines) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  for (const Language language : kBoth) {
    const std::string out =
        render_terminal(fixture.report, {Colour::kPlain, 80, language, Detail::kSummary});
    EXPECT_LE(lines_of(out).size(), 24U) << out;
    for (const std::string_view fact :
         {"4242", "/usr/bin/cd", "203.0.113.77", "/etc/cron.d/cd", "SHA256:", "root"}) {
      EXPECT_NE(out.find(fact), std::string::npos) << fact << "\n" << out;
    }
  }
}

// 24 lines, however much there is to tell and whatever could not be read.
TEST(Terminal, FirstScreenOfAHugeStoryBreaksOffAtAClause) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  model::Incident& incident = fixture.judgement.incidents.front();
  for (int i = 0; i < 30; ++i) {
    incident.says.en += fmt::format(" The program number {} runs as root, and it is there.", i);
    incident.says.ja += fmt::format("プログラム{}がrootで動作中、そこにあります。", i);
  }
  for (const Language language : kBoth) {
    const std::string out =
        render_terminal(fixture.report, {Colour::kPlain, 80, language, Detail::kSummary});
    EXPECT_LE(lines_of(out).size(), 24U) << out;
    const size_t story = out.find(word(Word::kWhatHappened, language));
    const size_t end = out.find(word(Word::kProcesses, language), story);
    EXPECT_EQ(out.substr(story, end - story).find("…"), std::string::npos) << out;
  }
}

TEST(Terminal, FullDetailBeginsWithTheFirstScreen) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  TerminalStyle style{Colour::kPlain, 80, Language::kEnglish, Detail::kSummary};
  std::string summary = render_terminal(fixture.report, style);
  // Only where the rest is to be found differs.
  const std::string_view elsewhere = word(Word::kStepsElsewhere, style.language);
  const size_t at = summary.find(elsewhere);
  ASSERT_NE(at, std::string::npos);
  summary.replace(at, elsewhere.size(), word(Word::kStepsBelow, style.language));
  style.detail = Detail::kFull;
  EXPECT_EQ(render_terminal(fixture.report, style).rfind(summary, 0), 0U);
}

// Commands are the exception: they are never wrapped, so that they can be copied.
TEST(Terminal, NoLineIsWiderThanTheTerminal) {
  test::ReportFixture fixture;
  test::make_hostile(fixture);
  for (const Language language : kBoth) {
    for (const size_t columns : {40U, 60U, 80U, 120U, 200U}) {
      const std::string out =
          render_terminal(fixture.report, {Colour::kPlain, columns, language, Detail::kFull});
      for (const auto& line : lines_of(out)) {
        if (line.find("$ ") == std::string::npos) {
          EXPECT_LE(base::display_width(line), columns) << line;
        }
      }
    }
  }
}

TEST(Terminal, AnAttackersNamesCannotDriveTheTerminal) {
  test::ReportFixture fixture;
  test::make_hostile(fixture);
  for (const Language language : kBoth) {
    const std::string out =
        render_terminal(fixture.report, {Colour::kPlain, 80, language, Detail::kFull});
    EXPECT_TRUE(base::is_valid_utf8(out));
    for (const auto& line : lines_of(out)) {
      EXPECT_EQ(base::escape_for_terminal(line), line);
      EXPECT_NE(line.rfind("[fake line]", 0), 0U);
    }
  }
}

// "/tmp/a b" would be another file.
TEST(Terminal, ANewlineInAPathIsNoBlank) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  fixture.judgement.incidents.front().says.en = "The program /tmp/a\nb runs.";
  fixture.judgement.findings.front().says.en = "Process 7 runs /tmp/a\nb.";
  const std::string out = render_terminal(fixture.report, {});
  EXPECT_EQ(out.find("/tmp/a b"), std::string::npos);
  EXPECT_NE(out.find("/tmp/a\\"), std::string::npos);
}

TEST(Terminal, ColourOnlyWhenTheStyleAsksForIt) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  TerminalStyle style{Colour::kAnsi, 80, Language::kEnglish, Detail::kFull};
  const std::string coloured = render_terminal(fixture.report, style);
  style.colour = Colour::kPlain;
  const std::string plain = render_terminal(fixture.report, style);
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  std::string stripped;
  for (size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\x1b') {
      i = coloured.find('m', i);
      continue;
    }
    stripped += coloured[i];
  }
  EXPECT_EQ(stripped, plain);
}

TEST(Terminal, AReportWithoutFactsIsStillHonest) {
  test::ReportFixture fixture;
  fixture.report.facts = &fixture.facts;
  fixture.report.judgement = &fixture.judgement;
  fixture.report.run.source = "root /mnt/x";
  fixture.judgement.verdict = model::Verdict::kCouldNotLook;
  const std::string out = render_terminal(fixture.report, {});
  EXPECT_EQ(out.rfind("Verdict: COULD NOT LOOK\n", 0), 0U) << out;
  EXPECT_EQ(out.find("NOTHING FOUND"), std::string::npos);
  EXPECT_EQ(out.find("nothing of medium"), std::string::npos);
}

TEST(Terminal, GapsBeginWithTheContainerAroundUs) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  fixture.facts.rows<model::HostInfo>().front().is_container = true;
  for (const Language language : kBoth) {
    const auto lines =
        lines_of(render_terminal(fixture.report, {Colour::kPlain, 80, language, Detail::kSummary}));
    const auto gaps = std::find(lines.begin(), lines.end(), word(Word::kNotLookedAt, language));
    ASSERT_LT(gaps + 1, lines.end());
    EXPECT_EQ(*(gaps + 1), "  " + std::string(word(Word::kContainerYes, language)));
  }
}

}  // namespace
}  // namespace genba::render
