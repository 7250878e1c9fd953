// SPDX-License-Identifier: Apache-2.0
#include "judge/words.h"

#include "gtest/gtest.h"

namespace genba::judge {
namespace {

using model::ColumnType;
using model::Field;
using model::Language;

std::vector<Field> cells() {
  return {{"pid", int64_t{4242}, ColumnType::kInteger},
          {"path", std::string("/tmp/.x"), ColumnType::kText},
          {"start_time", int64_t{1795230729120000000}, ColumnType::kTimestamp},
          {"share", 97.25, ColumnType::kReal},
          {"whole", 3.0, ColumnType::kReal},
          {"missing", {}, ColumnType::kText}};
}

TEST(Words, ValuesStandInTheSentence) {
  EXPECT_EQ(fill_text("Process {pid} runs {path} since {start_time}.", cells(), Language::kEnglish),
            "Process 4242 runs /tmp/.x since 2026-11-21 03:12:09 UTC.");
  EXPECT_EQ(fill_text("{share} {whole}", cells(), Language::kEnglish), "97.2 3");
}

TEST(Words, AbsentValueIsSaidToBeUnknown) {
  EXPECT_EQ(fill_text("by {missing}", cells(), Language::kEnglish), "by unknown");
  EXPECT_EQ(fill_text("{missing} による", cells(), Language::kJapanese), "不明 による");
}

TEST(Words, DoubledBracesAreBraces) {
  EXPECT_EQ(fill_text("{{pid}} {pid}", cells(), Language::kEnglish), "{pid} 4242");
}

TEST(Words, WordGoesWithItsNumber) {
  const auto times = [](int64_t count) {
    const std::vector<Field> row = {{"times", count, ColumnType::kInteger}};
    return fill_text("{times} {times:time|times}.", row, Language::kEnglish);
  };
  EXPECT_EQ(times(1), "1 time.");
  EXPECT_EQ(times(0), "0 times.");
  EXPECT_EQ(times(11), "11 times.");
  EXPECT_EQ(*placeholders_of("{times} {times:time|times}"),
            (std::vector<std::string>{"times", "times"}));
  EXPECT_EQ(fill_command("genba {pid:a|b}", cells()), std::nullopt);
}

TEST(Words, LoneBraceIsAProblem) {
  EXPECT_FALSE(placeholders_of("{a:b}"));
  EXPECT_FALSE(placeholders_of("{a:b|c"));
  EXPECT_FALSE(placeholders_of("{a:b|c|d}"));
  EXPECT_FALSE(placeholders_of("{:b|c}"));
  EXPECT_FALSE(placeholders_of("a { b"));
  EXPECT_FALSE(placeholders_of("a } b"));
  EXPECT_FALSE(placeholders_of("{}"));
  EXPECT_FALSE(placeholders_of("{pid"));
  EXPECT_EQ(*placeholders_of("{a} {b_2} {{c}}"), (std::vector<std::string>{"a", "b_2"}));
}

TEST(Words, EndlessCommandLineIsCutBetweenCharacters) {
  std::string endless;
  for (int i = 0; i < 1000; ++i) {
    endless += "あ";
  }
  const std::vector<Field> row = {{"cmdline", endless, ColumnType::kText}};
  const std::string text = fill_text("{cmdline}", row, Language::kEnglish);
  EXPECT_EQ(text.size(), 240 + std::string("…").size());
  EXPECT_EQ(text.substr(text.size() - 6), "あ…");
}

TEST(Words, ValueWithBracesIsNotFilledAgain) {
  const std::vector<Field> row = {{"path", std::string("/tmp/{pid}"), ColumnType::kText},
                                  {"pid", int64_t{1}, ColumnType::kInteger}};
  EXPECT_EQ(fill_text("{path}", row, Language::kEnglish), "/tmp/{pid}");
}

TEST(Command, TimesAreRfc3339AndPlainValuesStayPlain) {
  EXPECT_EQ(*fill_command("genba collect --pid {pid} --since {start_time} {path}", cells()),
            "genba collect --pid 4242 --since 2026-11-21T03:12:09.120000000Z /tmp/.x");
}

TEST(Command, AbsentValueGivesNoCommand) {
  EXPECT_FALSE(fill_command("genba collect {missing}", cells()));
}

TEST(Command, FileNameWithACommandInItIsQuoted) {
  EXPECT_EQ(quote_for_shell("/tmp/x; rm -rf /"), "'/tmp/x; rm -rf /'");
  EXPECT_EQ(quote_for_shell("/tmp/$(id)"), "'/tmp/$(id)'");
  EXPECT_EQ(quote_for_shell("/tmp/it's"), "\"/tmp/it's\"");
  EXPECT_EQ(quote_for_shell("/tmp/it's $(id)"), R"('/tmp/it'\''s $(id)')");
  EXPECT_EQ(quote_for_shell(""), "''");
}

TEST(Command, ValueInAQueryIsAnSqlStringInsideAShellWord) {
  const auto command = [](std::string path) {
    const std::vector<Field> row = {{"path", std::move(path), ColumnType::kText}};
    return *fill_command("genba query \"SELECT * FROM file WHERE path = '{path}'\"", row);
  };
  EXPECT_EQ(command("/usr/bin/cd"),
            "genba query \"SELECT * FROM file WHERE path = '/usr/bin/cd'\"");
  EXPECT_EQ(command("/tmp/$(id)"),
            R"(genba query 'SELECT * FROM file WHERE path = '\''/tmp/$(id)'\''')");
  EXPECT_EQ(command("/tmp/x' OR '1"),
            "genba query \"SELECT * FROM file WHERE path = '/tmp/x'' OR ''1'\"");
  EXPECT_EQ(command("/tmp/x\"; id; \""),
            R"(genba query 'SELECT * FROM file WHERE path = '\''/tmp/x"; id; "'\''')");
}

TEST(Command, TermsInQuotesAreOneWord) {
  EXPECT_EQ(*split_command("genba query \"SELECT  1\" 'a b'c"),
            (std::vector<std::string>{"genba", "query", "SELECT  1", "a bc"}));
  EXPECT_FALSE(split_command("genba query \"SELECT 1"));
}

TEST(Command, NewlineAndEscapeSequencesCannotReachTheTerminal) {
  EXPECT_EQ(quote_for_shell("/tmp/a\nid\x1b[2J"), "$'/tmp/a\\x0aid\\x1b[2J'");
}

TEST(Command, RightToLeftOverrideIsSpelledOut) {
  EXPECT_EQ(quote_for_shell("/tmp/\xE2\x80\xAEgpj.x"), "$'/tmp/\\xe2\\x80\\xaegpj.x'");
}

TEST(Command, JapaneseNameStaysReadable) {
  EXPECT_EQ(quote_for_shell("/home/鈴木/表"), "'/home/鈴木/表'");
}

}  // namespace
}  // namespace genba::judge
