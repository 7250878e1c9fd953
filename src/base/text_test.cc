// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include "gtest/gtest.h"

namespace genba::base {
namespace {

TEST(Utf8, PlainAndJapaneseTextIsValid) {
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8("/etc/passwd"));
  EXPECT_TRUE(is_valid_utf8("/home/現場/ログ"));
  EXPECT_EQ(to_valid_utf8("/home/現場"), "/home/現場");
}

TEST(Utf8, OverlongSlashIsNotASlash) {
  EXPECT_FALSE(is_valid_utf8("\xC0\xAF"));
  EXPECT_EQ(to_valid_utf8("a\xC0\xAF"
                          "b"),
            "a\\xc0\\xafb");
  EXPECT_FALSE(is_valid_utf8("\xE0\x80\xAF"));
  EXPECT_FALSE(is_valid_utf8("\xF0\x80\x80\xAF"));
}

TEST(Utf8, SurrogatesAndBeyondUnicodeAreRefused) {
  EXPECT_EQ(to_valid_utf8("\xED\xA0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(to_valid_utf8("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(to_valid_utf8("\xFF\xFE"), "\\xff\\xfe");
}

TEST(Utf8, CutInTheMiddleOfACharacterKeepsWhatFollows) {
  EXPECT_EQ(to_valid_utf8("\xE7\x8F"
                          "a"),
            "\\xe7\\x8fa");
  EXPECT_EQ(to_valid_utf8("\xE7\x8F"), "\\xe7\\x8f");
}

TEST(Utf8, NextCodePointMovesByOneOverDamage) {
  const std::string_view text = "\xF0\x9F\x98\x80\xFFz";
  size_t offset = 0;
  EXPECT_EQ(next_code_point(text, offset), 0x1F600U);
  EXPECT_EQ(offset, 4U);
  EXPECT_EQ(next_code_point(text, offset), 0xFFFFFFFFU);
  EXPECT_EQ(offset, 5U);
  EXPECT_EQ(next_code_point(text, offset), uint32_t{'z'});
}

TEST(EscapeForTerminal, CleanTextIsUntouched) {
  EXPECT_EQ(escape_for_terminal(""), "");
  EXPECT_EQ(escape_for_terminal("/usr/bin/ls -l & <x>"), "/usr/bin/ls -l & <x>");
  EXPECT_EQ(escape_for_terminal("サーバー é"), "サーバー é");
}

TEST(EscapeForTerminal, EscapeSequencesThatMoveTheCursorAreShown) {
  EXPECT_EQ(escape_for_terminal("\x1b[2J\x1b]0;owned\x07"), "\\x1b[2J\\x1b]0;owned\\x07");
  EXPECT_EQ(escape_for_terminal(std::string_view("a\0b\r\x7f", 5)), "a\\x00b\\x0d\\x7f");
}

TEST(EscapeForTerminal, EightBitControlSequenceIntroducerIsShown) {
  EXPECT_EQ(escape_for_terminal("\xC2\x9B"
                                "2J"),
            "\\u{9B}2J");
  EXPECT_EQ(escape_for_terminal("\x9B"
                                "2J"),
            "\\x9b2J");
}

TEST(EscapeForTerminal, NewlineCannotForgeALogLine) {
  EXPECT_EQ(escape_for_terminal("a\nAccepted\tfor root"), "a\\nAccepted\\tfor root");
  EXPECT_EQ(escape_for_terminal("a\xE2\x80\xA8"
                                "b"),
            "a\\u{2028}b");
}

TEST(EscapeForTerminal, BidiOverrideCannotTurnTheExtensionAround) {
  EXPECT_EQ(escape_for_terminal("invoice\xE2\x80\xAEgpj.sh"), "invoice\\u{202E}gpj.sh");
  EXPECT_EQ(escape_for_terminal("\xE2\x81\xA6\xE2\x81\xA9\xD8\x9C"), "\\u{2066}\\u{2069}\\u{61C}");
}

TEST(EscapeForTerminal, InvisibleCharactersCannotMakeATwinName) {
  EXPECT_EQ(escape_for_terminal("ss\xE2\x80\x8Bhd"), "ss\\u{200B}hd");
  EXPECT_EQ(escape_for_terminal("\xEF\xBB\xBFsshd"), "\\u{FEFF}sshd");
  EXPECT_EQ(escape_for_terminal("x\xF3\xA0\x81\xA1"), "x\\u{E0061}");
}

TEST(EscapeForHtml, MarkupIsText) {
  EXPECT_EQ(escape_for_html("<script>alert(\"1\" & '2')</script>"),
            "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;");
  EXPECT_EQ(escape_for_html("a\x1b\nb"), "a\\x1b\\nb");
}

TEST(DisplayWidth, JapaneseTakesTwoColumnsAndMarksNone) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("現場"), 4U);
  EXPECT_EQ(display_width("ｶﾞ"), 2U);              // half-width katakana with its own sound mark
  EXPECT_EQ(display_width("Ａ！"), 4U);            // full-width forms
  EXPECT_EQ(display_width("e\xCC\x81"), 1U);       // combining acute
  EXPECT_EQ(display_width("か\xE3\x82\x99"), 2U);  // combining voiced sound mark
  EXPECT_EQ(display_width("\xF0\x9F\x98\x80"), 2U);
  EXPECT_EQ(display_width("é…→"), 3U);  // ambiguous counts as one
}

TEST(TruncateToWidth, NeverSplitsAWideCharacter) {
  EXPECT_EQ(truncate_to_width("現場", 4), "現場");
  EXPECT_EQ(truncate_to_width("現場検証", 4), "現…");
  EXPECT_EQ(truncate_to_width("現場検証", 5), "現場…");
  EXPECT_EQ(truncate_to_width("abcdef", 6), "abcdef");
  EXPECT_EQ(truncate_to_width("abcdefg", 6), "abcde…");
  EXPECT_EQ(truncate_to_width("abc", 1), "…");
  EXPECT_EQ(truncate_to_width("abc", 0), "");
}

TEST(PadToWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(pad_to_width("現", 4), "現  ");
  EXPECT_EQ(pad_to_width("abcde", 3), "abcde");
}

}  // namespace
}  // namespace genba::base
