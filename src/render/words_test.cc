// SPDX-License-Identifier: Apache-2.0
#include "render/words.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"

namespace genba::render {
namespace {

using model::Language;

std::multiset<std::string> placeholders(std::string_view text) {
  std::multiset<std::string> found;
  for (size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] == '{' && text[i + 2] == '}' && text[i + 1] >= '0' && text[i + 1] <= '9') {
      found.emplace(text.substr(i, 3));
    }
  }
  return found;
}

TEST(Words, EveryWordIsThereInBothLanguagesWithTheSameValues) {
  for (size_t i = 0; i < static_cast<size_t>(Word::kCount); ++i) {
    const auto which = static_cast<Word>(i);
    const std::string_view en = word(which, Language::kEnglish);
    const std::string_view ja = word(which, Language::kJapanese);
    EXPECT_FALSE(en.empty()) << i;
    EXPECT_FALSE(ja.empty()) << en;
    EXPECT_TRUE(base::is_valid_utf8(ja)) << en;
    EXPECT_EQ(placeholders(en), placeholders(ja)) << en << " / " << ja;
  }
}

// DESIGN: "Never clean". The words that promise too much must not come back.
TEST(Words, NoneOfThemPromisesThatAHostIsClean) {
  for (size_t i = 0; i < static_cast<size_t>(Word::kCount); ++i) {
    const auto which = static_cast<Word>(i);
    for (const std::string_view promise : {"clean", "Clean", "safe", "secure"}) {
      EXPECT_EQ(word(which, Language::kEnglish).find(promise), std::string_view::npos) << promise;
    }
    for (const std::string_view promise :
         {"クリーン", "安全", "エビデンス", "発見", "カバレッジ"}) {
      EXPECT_EQ(word(which, Language::kJapanese).find(promise), std::string_view::npos) << promise;
    }
  }
}

TEST(Words, AValueThatLooksLikeAPlaceholderStaysAsItIs) {
  EXPECT_EQ(fill(Word::kShowing, Language::kEnglish, {"{1}", "{0}"}), "showing {1} of {0}");
  EXPECT_EQ(fill(Word::kShowing, Language::kJapanese, {"2", "9"}), "全9件のうち2件を表示");
  EXPECT_EQ(fill(Word::kShowing, Language::kEnglish, {"2"}), "showing 2 of ");
}

TEST(Words, OneAndManyHaveTheirOwnForms) {
  constexpr std::string_view kText = "{0} {0:address|addresses}, {1} {1:was|were}";
  EXPECT_EQ(fill(kText, {"1", "2"}), "1 address, 2 were");
  EXPECT_EQ(fill(kText, {"0", "1"}), "0 addresses, 1 was");
  EXPECT_EQ(fill(kText, {"1,001"}), "1,001 addresses,  were");
  EXPECT_EQ(fill("{0:no end", {"1"}), "{0:no end");
}

TEST(Words, AnUnknownStatusIsShownAsItIs) {
  EXPECT_EQ(status_word("partial", Language::kJapanese), "一部のみ");
  EXPECT_EQ(status_word("strange", Language::kJapanese), "strange");
  EXPECT_EQ(reason_word("not_read", Language::kEnglish), "the table was not read");
}

}  // namespace
}  // namespace genba::render
