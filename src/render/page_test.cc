// SPDX-License-Identifier: Apache-2.0
#include "render/page.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace genba::render {
namespace {

using model::Language;

TEST(Page, TextIsCutBetweenCharactersAndEscaped) {
  EXPECT_EQ(cut("abc", 3), "abc");
  EXPECT_EQ(cut("abcd", 3), "abc…");
  EXPECT_EQ(cut("a日本", 3), "a…");
  EXPECT_EQ(cut("a日本", 4), "a日…");
  Page page(Language::kEnglish);
  page.text("<b>\"'&\x1b\xE2\x80\xAE");
  EXPECT_EQ(page.take(), "&lt;b&gt;&quot;&#39;&amp;\\x1b\\u{202E}");
}

TEST(Page, BrokenUtf8AtTheCutDoesNotRunAway) {
  const std::string bytes(1000, '\x80');
  EXPECT_TRUE(base::is_valid_utf8(base::escape_for_html(cut(bytes, 100))));
  EXPECT_LT(cut(bytes, 100).size(), 110U);
}

TEST(Page, ATableStopsWhenItsSectionIsFullAndSaysSo) {
  Page page(Language::kEnglish);
  page.open_section("x", Word::kCoverage, 2000);
  TableView view;
  view.caption = Word::kCoverage;
  view.headers = {Word::kArea};
  view.total = view.rows = 12'345;
  view.fill = [](size_t, Row& row) { row.words(std::string(300, '<')); };
  page.table(view);
  EXPECT_TRUE(page.full());
  const std::string out = page.take();
  EXPECT_LT(out.size(), 5000U);
  EXPECT_NE(out.find("of 12,345"), std::string::npos);
}

TEST(Page, AnEmptyTableSaysThatItWasRead) {
  Page page(Language::kJapanese);
  page.table({Word::kCron, {Word::kName}, 0, 0, {}});
  EXPECT_NE(page.take().find("該当する項目はありません"), std::string::npos);
}

TEST(Page, AMarkedRowCarriesItsSeverity) {
  Page page(Language::kEnglish);
  TableView view;
  view.caption = Word::kCron;
  view.headers = {Word::kName};
  view.total = view.rows = 1;
  view.fill = [](size_t, Row& row) { row.absent(); };
  view.mark = [](size_t) { return model::Severity::kHigh; };
  page.table(view);
  EXPECT_NE(page.take().find("<tr class=\"marked high\">"), std::string::npos);
}

}  // namespace
}  // namespace genba::render
